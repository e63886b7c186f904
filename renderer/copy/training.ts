import type {
  RunHappening,
  TrainingBase,
  TrainingMethod,
  TrainingRunInfo,
  TrainingRunState,
} from '../../core/contract/index.ts';
import { formatCount, pluralize } from '../lib/format-values.ts';
import { trainingSetupCopy } from './training-facts.ts';

const states: Record<TrainingRunState, string> = {
  preparing: 'Preparing',
  waiting: 'Waiting',
  running: 'Running',
  stopping: 'Stopping',
  unreachable: 'Unreachable',
  paused: 'Paused',
  finished: 'Finished',
  stopped: 'Stopped',
  stopped_early: 'Stopped early',
  cancelled: 'Cancelled',
  failed: 'Failed',
  lost: 'Lost',
};

const stateHints: Record<TrainingRunState, string> = {
  preparing: 'Environment, code and data are brought to where it runs.',
  waiting: 'Waits for something outside the app.',
  running: 'The trainer is at work.',
  stopping: 'The trainer finishes its step and saves a checkpoint.',
  unreachable: 'The machine does not answer; the run may go on there.',
  paused: 'Needs you before anything more can be known or brought.',
  finished: 'Done to its limit.',
  stopped: 'Saved and ended before its limit; it can go on.',
  stopped_early: 'Ended as validation got no better.',
  cancelled: 'Ended at once; its last checkpoint stays.',
  failed: 'The trainer said why it ended.',
  lost: 'Its process ended without a word.',
};

const methods: Record<TrainingMethod, string> = {
  lora: 'LoRA',
  qlora: 'QLoRA',
  full: 'All weights',
  scratch: 'From scratch',
};

const bases: Record<TrainingBase['kind'], string> = {
  starter: 'The embedded starter',
  folder: 'A local folder',
  hub: 'Hugging Face hub',
  scratch: 'No base: from scratch',
};

const kinds: Record<RunHappening['kind'], string> = {
  started: 'Started',
  resumed: 'Resumed',
  checkpoint: 'Checkpoint',
  artifact: 'File',
  warning: 'Warning',
  finished: 'Finished',
  failed: 'Failed',
  app: 'The app',
};

const artifactKinds: Record<TrainingRunInfo['artifacts'][number]['kind'], string> = {
  adapter: 'Adapter',
  model: 'Merged model',
  gguf: 'GGUF file',
  manifest: 'Manifest',
  model_card: 'Model card',
  predictions: 'Predictions',
};

/** What the interface says: the runs of trainings. The wizard and the closed loop have files of their own. */
export const trainingCopy = {
  intro:
    'Train a model on your own examples: on this machine, on one behind SSH, or on Colab. A run goes on when this window or the app is closed, and is found again when it opens.',
  runs: 'Runs',
  runsFailed: 'The runs cannot be read',
  runFailed: 'The run cannot be read',
  watchFailed: 'What is new of this run cannot be read',
  disconnected: 'The app is away. Runs are shown as they were; trainings go on without it.',
  runDisconnected: 'The app is away. The run is shown as it was; the training itself goes on without it.',
  none: 'No run yet',
  noneHint:
    'The wizard takes you from a dataset to a better model in seven short steps, checks what would waste money, and shows what it will cost. Runs that are started on the command line appear here too.',
  newRun: 'New training',
  allRuns: 'All runs',
  find: 'Find a run',
  noMatch: 'No run has these words.',
  outside: 'Started outside the app',
  states,
  stateHints,
  methods,
  bases,
  columns: {
    choose: 'Compare',
    name: 'Run',
    state: 'State',
    where: 'Where',
    progress: 'Steps',
    training: 'Training loss',
    validation: 'Validation loss',
    accuracy: 'Execution accuracy',
    when: 'Started',
  },
  columnHints: {
    training: 'Mean cross-entropy of a completion token at the last step, in nats',
    validation: 'The same on the validation examples, at the last evaluation',
    accuracy: 'Execution accuracy on the executed validation examples, on PostgreSQL, at the last evaluation',
  },
  choose: (name: string) => `Compare ${name}`,
  compareHint: 'Tick two to five runs to compare them.',
  missing: '–',
  stepOf: (step: number, total: number | undefined) =>
    total === undefined ? pluralize(step, 'step') : `${formatCount(step)} of ${pluralize(total, 'step')}`,
  left: (duration: string) => `about ${duration} left`,
  progressOf: (name: string) => `Progress of ${name}`,
  on: (where: string, device: string | undefined) =>
    device === undefined ? `on ${where}` : `on ${where}, ${device}`,
  startedAt: (moment: string) => `started ${moment}`,
  createdAt: (moment: string) => `asked for ${moment}`,
  ended: ({ name, state }: Pick<TrainingRunInfo, 'name' | 'state'>) => `${states[state]}: ${name}`,
  resumedAt: (moment: string) => `resumed ${moment}`,
  takes: (duration: string) => `for ${duration}`,
  took: (duration: string) => `took ${duration}`,
  lastHeard: (duration: string) => `last heard of ${duration} ago`,
  openJob: 'Job',
  views: {
    label: 'Parts of the run',
    overview: 'Overview',
    checkpoints: 'Checkpoints',
    log: 'Log',
    events: 'Events',
    setup: 'Setup',
    count: (name: string, count: number) => (count === 0 ? name : `${name} (${formatCount(count)})`),
    warnings: (name: string, count: number) =>
      count === 0 ? name : `${name} (${pluralize(count, 'warning')})`,
  },
  verbs: {
    stop: 'Stop after checkpoint',
    stopHint: 'The trainer finishes its step, saves a checkpoint and ends. It can be resumed.',
    cancel: 'Cancel…',
    resume: 'Resume…',
    further: 'Train further…',
    startAgain: 'Start again…',
    export: 'Export to GGUF…',
    clone: 'Clone with changes…',
    cloneName: (name: string) => `${name}, changed`,
    tensorBoard: 'Open TensorBoard',
    fetch: 'Fetch all checkpoints',
    cleanUp: (where: string) => `Clean up on ${where}…`,
    remove: 'Remove the run…',
    more: 'More',
    ofThisRun: (label: string) => `This run: ${label.replace('…', '')}`,
    stopping: 'It saves a checkpoint and ends',
    cancelling: 'It is being ended',
    gaveUp: 'The cancel was given up',
    resumed: 'It goes on from its last checkpoint',
    fetching: 'Checkpoints are on their way; see Jobs',
    exporting: 'The export runs as a job',
    cleaned: 'Nothing of the run is left there',
    removed: 'The run is gone',
  },
  ask: {
    cancel: {
      title: 'Cancel this run?',
      text: (step: number | undefined) =>
        step === undefined
          ? 'It is ended within seconds. There is no checkpoint yet: what the trainer cannot save by then is lost. “Stop after checkpoint” keeps it.'
          : `It is ended within seconds. The checkpoint of step ${formatCount(step)} stays; what the trainer cannot save by then is lost. “Stop after checkpoint” loses nothing.`,
      action: 'Cancel the run',
      keep: 'Keep it running',
    },
    giveUp: {
      title: 'Give the cancel up?',
      text: (where: string) =>
        `${where} has not heard it yet, and is no longer told. If it is there, the run may train on: see to it there.`,
      action: 'Give up',
      keep: 'Keep trying',
    },
    cleanUp: {
      title: 'Clean up where it ran?',
      text: (where: string) =>
        `What the run left on ${where} is removed: its code, data and checkpoints. What was fetched to this machine stays.`,
      action: 'Clean up',
    },
    remove: {
      title: 'Remove this run?',
      text: (folder: string, size: string) =>
        `The folder ${folder} is deleted with all its checkpoints and files (${size} that are known of). This cannot be undone.`,
      leftThere: (where: string) =>
        ` What it left on ${where} stays there, and the app knows nothing of it then: clean up first to remove that too.`,
      action: 'Remove',
    },
    resume: {
      title: 'Resume this run',
      againTitle: 'Start this run again',
      furtherTitle: 'Train this run further',
      further: (step: number) =>
        `It reached its end at step ${formatCount(step)}. Its weights and the optimiser’s state go on from there; the learning rate’s curve is stretched to the new end, so it begins again higher than it ended.`,
      furtherEarly: (step: number) =>
        `It ended at step ${formatCount(step)}, because nothing got better. It goes on from there without watching for that.`,
      furtherFiles: 'Files that were exported stay as they are; the new end is exported beside them.',
      from: (step: number | undefined) =>
        step === undefined
          ? 'There is no checkpoint: it begins anew.'
          : `It goes on from the checkpoint of step ${formatCount(step)}, as if it had never stopped.`,
      steps: 'Until step',
      hint: (total: number) =>
        `It was to end at step ${formatCount(total)}. With another end the learning rate’s schedule changes too.`,
      hintNone: 'Left empty, it ends where its recipe says.',
      needed: (step: number) =>
        `It has reached step ${formatCount(step)}: write a later one to train it further.`,
      noNumber: 'Write a whole number of steps.',
      tooMany: (most: number) => `At most ${formatCount(most)} steps.`,
      action: 'Resume',
      againAction: 'Start again',
      furtherAction: 'Train further',
    },
    export: {
      title: 'Export to GGUF',
      intro:
        'The adapter is merged into its base, written as GGUF and quantized. The files appear on the Models page, ready to be used in Ask.',
      introWhole:
        'The trained model is written as GGUF and quantized. The files appear on the Models page, ready to be used in Ask.',
      types: 'Types',
      about: {
        Q4_K_M: 'Smallest: about 0.6 bytes a parameter; for little memory.',
        Q5_K_M: 'A little larger and closer to the original.',
        Q6_K: 'Close to the original.',
        Q8_0: 'As good as the original, about 1.1 bytes a parameter.',
        F16: 'Not quantized, 2 bytes a parameter; to quantize from later.',
      },
      none: 'Choose at least one type.',
      from: 'From the checkpoint',
      best: (name: string | undefined) => (name === undefined ? 'The best one' : `The best one (${name})`),
      isBest: (name: string) => `${name}, the best`,
      action: 'Export',
    },
  },
  notices: {
    unreachable: (where: string) => `No answer from ${where}`,
    cancelPending: (where: string) => `Cancelled here; ${where} has not heard it yet`,
    heard: (moment: string) => `Last heard of: ${moment}.`,
    neverHeard: 'Nothing was heard of it yet.',
    triesAgain: 'The app tries again by itself.',
    paused: 'This run needs you',
    pausedHint: 'Nothing is lost. Mend what is said here, then go on.',
    failed: 'The trainer failed',
    lost: 'The trainer is gone without a word',
    goOn: 'Go on',
    logEnd: 'End of the log',
    loading: 'The trainer is loading the model and the data',
    loadingHint: 'Its first step follows; a large model takes minutes.',
    cancelling: 'Being cancelled',
    cancellingHint: 'The trainer is told to end; what still runs after some seconds is killed.',
    stopping: 'Being stopped',
    stoppingHint: 'The trainer finishes its step, saves a checkpoint and ends.',
    stopped: (step: number | undefined) =>
      step === undefined ? 'Stopped' : `Stopped at step ${formatCount(step)}`,
    stoppedHint: ({ export: canExport, fetch }: TrainingRunInfo['can']) => {
      const saved = 'Everything is saved. Resume it to go on from there';
      if (canExport) return `${saved}, or export what it has learned so far.`;
      return fetch ? `${saved}, or fetch its checkpoints to export what it has learned so far.` : `${saved}.`;
    },
    cancelled: 'Cancelled',
    cancelledHint: (step: number | undefined) =>
      step === undefined
        ? 'There was no checkpoint yet: nothing is kept but its log.'
        : `The checkpoint of step ${formatCount(step)} is kept. Resume it to go on from there.`,
    stoppedEarly: 'Ended as validation got no better',
    stoppedEarlyHint: 'The best checkpoint is the one that is exported and evaluated.',
    queued: 'Waiting for its turn',
    queuedHint: 'Another job uses what this one needs. It begins by itself.',
    preparing: 'Being prepared',
    preparingHint: (where: string) =>
      `The environment, the code and the data are brought to ${where}. The first time takes minutes.`,
    preparingLog: 'What is being done, line by line',
  },
  colab: {
    title: 'Start it on Colab',
    hint: 'The notebook has everything: this page becomes live as soon as it runs, through the bucket.',
    saveNotebook: 'Save the notebook',
    saved: (fileName: string) => `${fileName} is saved`,
    saveFailed: 'The notebook could not be written',
    openColab: 'Open Colab',
    steps: {
      save: 'Save the notebook; the project and the bucket are filled in.',
      open: 'In Colab choose File, Upload notebook. Choose a GPU under Runtime, Change runtime type.',
      run: 'Choose Runtime, Run all, and sign in with Google when it asks.',
      watch: 'Leave that tab open. Come back here: steps, losses and checkpoints appear as they are made.',
    },
    bucket: (project: string, bucket: string, prefix: string) =>
      `Project ${project}, bucket gs://${bucket}/${prefix}`,
  },
  overview: {
    training: 'Training loss, last step',
    validation: 'Validation loss',
    accuracy: 'Execution accuracy, validation',
    best: 'Best checkpoint, step',
    atStep: (step: string) => `at step ${step}; lower is better`,
    noEvaluation: 'not evaluated yet',
    executed: (count: number) => `of ${pluralize(count, 'executed question')}, PostgreSQL`,
    notExecuted: 'no SQL was executed',
    byAccuracy: (value: string) => `execution accuracy ${value}`,
    byLoss: (value: string) => `validation loss ${value}`,
    noCheckpoint: 'by its score, once there is one',
    tensorBoard: 'TensorBoard is running',
    tensorBoardHint: 'It ends with the app. Where no window opened, follow the link.',
  },
  charts: {
    title: 'Charts of the run',
    toolbar: 'How the charts are shown',
    none: 'No step was measured yet. Charts appear with the first one.',
    axis: 'Along',
    axes: { step: 'Step', time: 'Time' },
    smoothing: 'Smoothing',
    smoothingHint: 'Weight of the moving mean of the training loss: 0 shows the loss itself',
    log: 'Log scale',
    logHint: 'Losses on a logarithmic scale',
    zoom: 'What is shown of the run',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    earlier: 'Earlier',
    later: 'Later',
    latest: 'The latest tenth, going on',
    showWhole: 'The whole run',
    whole: 'The whole run',
    range: (from: string, to: string) => `${from} to ${to}`,
    gestures:
      'Drag to zoom in, Shift and drag to move, Ctrl and wheel to zoom, double click for the whole run. Keys: + − ← → 0 End.',
    showAs: (title: string) => `${title}: show as`,
    chart: 'Chart',
    table: 'Table',
    tableNote: (rows: number) =>
      `${pluralize(rows, 'row')} of what is shown, evenly spread; zoom in for more.`,
    describe: (title: string, latest: string) => `${title}. Latest: ${latest}.`,
    lines: {
      training: 'Each step',
      smoothed: 'Training, smoothed',
      validation: 'Validation',
      execution: 'Execution accuracy',
      tokens: 'Token accuracy',
    },
    plots: {
      loss: { title: 'Loss', hint: 'Mean cross-entropy of a completion token, in nats' },
      accuracy: {
        title: 'Accuracy on validation',
        hint: 'Execution accuracy: share of the executed questions whose SQL gives the gold rows on PostgreSQL. Token accuracy: share of completion tokens that come first.',
      },
      rate: { title: 'Learning rate', hint: 'Of each step' },
      speed: { title: 'Tokens a second', hint: 'Computed over all devices, padding left out' },
      memory: { title: 'GPU memory', hint: 'Most that was allocated, on the fullest device' },
      use: { title: 'GPU use', hint: 'Share of time in which the GPU was busy, by its driver' },
      gradient: { title: 'Gradient norm', hint: 'L2 norm before clipping' },
    },
  },
  log: {
    title: 'Log',
    lines: (count: number) => pluralize(count, 'line'),
    none: 'The trainer wrote no log here.',
    notYet: 'Nothing was written yet.',
    follow: 'Follow',
    followHint: 'Scrolls to each new line; scrolling up pauses it',
    newLines: (count: number) => `${pluralize(count, 'new line')}`,
    find: 'Find in the log',
    found: (place: number, count: number) =>
      count === 0
        ? 'not found'
        : place === 0
          ? `${formatCount(count)} found`
          : `${place} of ${formatCount(count)}`,
    next: 'Next match',
    previous: 'Previous match',
    save: 'Save the log as a file',
    saveFailed: 'The log could not be read to its end.',
  },
  checkpoints: {
    title: 'Checkpoints',
    none: 'No checkpoint yet. The first comes with the first interval of the recipe.',
    sum: (count: number, size: string) => `${pluralize(count, 'checkpoint')}, ${size}`,
    columns: {
      name: 'Checkpoint',
      step: 'Step',
      loss: 'Validation loss',
      accuracy: 'Execution accuracy',
      size: 'Size',
      place: 'Where',
    },
    best: 'best',
    here: 'on this machine',
    away: 'not here yet',
    fetchSome: (count: number) => `Fetch ${pluralize(count, 'checkpoint')}`,
    export: 'Export…',
    exportOf: (name: string) => `Export ${name}`,
    files: 'Files',
    folder: 'Run folder',
    kinds: artifactKinds,
    copyPath: (path: string) => `Copy the path ${path}`,
    reveal: (path: string) => `Show ${path} in the file manager`,
  },
  events: {
    title: 'Events',
    kinds,
    none: 'Nothing happened yet.',
    noWarnings: 'No warnings.',
    count: (count: number, warnings: number) =>
      warnings === 0
        ? pluralize(count, 'event')
        : `${pluralize(count, 'event')}, ${pluralize(warnings, 'warning')}`,
    onlyWarnings: 'Warnings only',
    onlyWarningsHint: 'Shows only warnings and failures',
    showAll: (count: number) => `Show all ${formatCount(count)}`,
    step: (step: string) => `step ${step}`,
  },
  setup: trainingSetupCopy,
  compare: {
    title: 'Compare runs',
    action: (count: number) => (count < 2 ? 'Compare' : `Compare ${count} runs`),
    failed: (id: string) => `The run ${id} cannot be read`,
    tooFew: 'A comparison needs two runs',
    training: 'Training loss',
    validation: 'Validation loss',
    accuracy: 'Execution accuracy, validation',
    table: 'Results and differences',
    what: 'What',
    results: 'Results',
    settings: 'What was asked for and found',
    differences: 'What differs',
    noDifference: 'They were asked for the same, as far as is known.',
    showAll: 'Show what is the same',
    showAllHint: 'Also lists what does not differ',
    best: 'The best of them',
    rows: {
      accuracy: 'Execution accuracy, last evaluation',
      bestAccuracy: 'Execution accuracy, best checkpoint',
      validation: 'Validation loss, last evaluation',
      bestValidation: 'Validation loss, best checkpoint',
      training: 'Training loss, last step',
      step: 'Steps',
      took: 'Training took',
      adapter: 'Adapter',
      gate: 'Measured against the model in use, last',
    },
    gateFound: (after: number, questions: number, before: number, verdict: string) =>
      `${formatCount(after)} of ${pluralize(questions, 'question')} right, ${formatCount(before)} before. ${verdict}`,
  },
} as const;
