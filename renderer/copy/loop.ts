import type { GateRow, GateVerdict, Lineage } from '../../core/contract/index.ts';
import { formatCount, pluralize } from '../lib/format-values.ts';

const verdicts: Record<GateVerdict, string> = {
  better: 'Better than the model in use',
  same: 'No clear difference',
  unclear: 'Too few questions to tell',
  worse: 'Worse than the model in use',
  broken: 'It broke a verified question',
};

/** Of a model that came into use, or of another day. */
const verdictsThen: Record<GateVerdict, string> = {
  better: 'It was better than the model in use then',
  same: 'There was no clear difference from the model in use then',
  unclear: 'Too few questions were asked to tell',
  worse: 'It was worse than the model in use then',
  broken: 'It broke a verified question',
};

const uses: Record<GateRow['use'], string> = {
  trained: 'trained on',
  'held-out': 'held out',
  unseen: 'not in its training',
};

const origins: Record<Lineage['model']['origin'], string> = {
  app: 'It came with the app.',
  run: 'It was trained here.',
  other: 'It came from elsewhere; nothing is known of its training.',
};

/** What the interface says: the closed loop. */
export const loopCopy = {
  after: {
    title: 'From this run to the model in use',
    loadFailed: 'What became of this run cannot be read',
    exportTitle: 'Export',
    exportHint: 'A GGUF file is what the app answers with. Q8_0 is half of F16 and as good in practice.',
    exportAction: 'Export as Q8_0',
    exportFailed: 'The export was not started',
    exportBroke: 'The latest export did not come to its end',
    noFile: 'No checkpoint is on this machine, so there is nothing to export yet.',
    exported: (count: number) => pluralize(count, 'GGUF file'),
    gateTitle: 'Measure against the model in use',
    gateHint:
      'Both models answer the same questions, and each answer is held to the rows of its gold SQL. Verified examples are important: none that is right now may become wrong.',
    model: 'Model to measure',
    sets: 'Questions',
    important: 'important',
    questions: (count: number) => pluralize(count, 'question'),
    measure: 'Measure',
    measureAgain: 'Measure again',
    measuring: 'Measuring',
    measureFailed: 'The measurement was not started',
    ended: (state: string) => `The measurement ${state}.`,
    openJob: 'Open its job',
    inUse: 'This run’s model is in use.',
  },
  gate: {
    verdict: verdicts,
    verdictThen: verdictsThen,
    rule: 'The rule',
    figures: 'Questions right, before and after',
    columns: {
      set: 'Questions',
      before: 'In use',
      after: 'This model',
      fixed: 'Fixed',
      broken: 'Broken',
      gain: 'Gain',
      p: 'p',
    },
    gainHint:
      'How many more of the same questions are right, in points of 100, and the interval that holds it in 95 of 100 cases',
    points: (share: number) => `${share > 0 ? '+' : share < 0 ? '−' : ''}${Math.abs(share * 100).toFixed(1)}`,
    pHint: 'McNemar’s exact test: how likely so uneven a change is by chance',
    overall: 'All',
    notTrainedOn: 'Not trained on',
    interval: (low: string, high: string) => `${low} to ${high}`,
    of: (count: number, n: number) => `${formatCount(count)} of ${formatCount(n)}`,
    brokenVerified: (count: number) => `${pluralize(count, 'verified question')} broken`,
    brokenQuestions: (count: number) => `${pluralize(count, 'other question')} broken`,
    fixedQuestions: (count: number) => `${pluralize(count, 'question')} fixed`,
    stillWrong: (count: number) => `${pluralize(count, 'question')} wrong with both`,
    uses,
    gold: 'Gold SQL',
    before: 'Model in use',
    after: 'This model',
    noStatement: 'No statement was offered.',
    openInAsk: 'Open in Ask',
  },
  promote: {
    action: 'Use this model',
    keep: 'Keep the model in use',
    kept: 'The model in use stays.',
    keptAt: (moment: string) => `You kept the model in use, ${moment}.`,
    keepFailed: 'The choice was not kept',
    anyway: 'Use it all the same',
    anywayTitle: 'Use a model that no measurement speaks for?',
    anywayText: 'Say why. The reason is kept in the history of models; the model before is one click away.',
    reason: 'Reason',
    failed: 'The model was not changed',
    done: (name: string) => `${name} answers from now on.`,
  },
  promotions: {
    title: 'Models in use, over time',
    hint: 'Every change of the model in use, the latest first. Rolling back uses the model before again.',
    none: 'No model was promoted yet.',
    inUse: 'In use',
    rollBack: (name: string) => `Roll back to ${name}`,
    missing: (name: string) => `The file of ${name} is gone, so it cannot be used again.`,
    changedBefore: (name: string) =>
      `The file of ${name} is another one than when it was in use. Measure it, or choose it under Models.`,
    changedNow: 'Its file is another one than when it came into use. Measure it again.',
    failed: 'The model was not rolled back',
    loadFailed: 'The promotions cannot be read',
    promoted: 'promoted',
    rolledBack: 'rolled back to',
    chosen: 'chosen',
    insisted: (reason: string) => `against the measurement: ${reason}`,
    fromTo: (from: string, to: string) => `${from} → ${to}`,
    run: 'its run',
  },
  lineage: {
    title: 'Where this answer comes from',
    modelTitle: 'Where this model comes from',
    failed: 'Its lineage cannot be read',
    model: 'Model',
    origins,
    gone: 'Its file is gone.',
    run: 'Training run',
    checkpoint: (name: string) => `checkpoint ${name}`,
    version: 'Dataset version',
    examples: (train: number, validation: number) =>
      `${pluralize(train, 'example')} to train on, ${pluralize(validation, 'example')} held back`,
    sources: 'Sources',
    leftOut: (count: number) => `${formatCount(count)} left out`,
    gate: 'Measured',
    promotion: 'Promoted',
    verified: (count: number) => pluralize(count, 'verified example'),
    use: { trained: 'trained on', 'held-out': 'held out', 'left-out': 'left out' },
    runGone: 'The run is no longer here.',
    unknown: 'What it was trained on is not known: the run was started outside the app.',
  },
  trainOnThese: 'Train on these',
};
