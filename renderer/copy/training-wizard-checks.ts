import { formatBytes, formatCount, formatDuration, pluralize } from '../lib/format-values.ts';

/** What the interface says: doctor. */
export const wizardDoctorCopy = {
  run: 'Run the doctor',
  again: 'Run again',
  running: 'Reading all examples as the trainer will…',
  runningHint:
    'Seconds for few examples, minutes for all of Spider. It goes on while you look at other steps.',
  cancel: 'Stop',
  failed: 'The doctor could not run',
  cancelled: 'The doctor was stopped',
  notYet: 'The doctor has not run yet',
  notYetHint: 'First complete the steps before.',
  stale: 'You have changed something since the doctor ran',
  staleHint: 'What it says is about the draft before.',
  verdicts: {
    ok: 'Nothing speaks against this run',
    warning: 'It can run; read the warnings',
    failure: 'This run would be wasted',
  },
  verdictHint: {
    ok: 'You can start it.',
    warning: 'You can start it.',
    failure: 'Mend what failed. To start it all the same is a second step at the end.',
  },
  statuses: { ok: 'fine', warning: 'warning', failure: 'failure' },
  checks: 'Checks',
  toStep: (step: string) => `To “${step}”`,
  took: (seconds: number, python: string | undefined) =>
    [formatDuration(seconds * 1_000), python === undefined ? '' : `with ${python}`]
      .filter(Boolean)
      .join(', '),
  mask: 'What is learned, token by token',
  maskHint: 'One example. Bold and underlined tokens are learned; the others are only read.',
  maskCount: (learned: number, all: number) =>
    `${formatCount(learned)} of ${pluralize(all, 'token')} ${learned === 1 ? 'is' : 'are'} learned.`,
  learned: 'learned',
  read: 'only read',
  showIds: 'Show token ids',
  learnedStart: 'learned:',
  learnedEnd: 'end of what is learned',
} as const;

/** What the interface says: estimate. */
export const wizardEstimateCopy = {
  again: 'Estimate again',
  running: 'Counting tokens…',
  measuring: 'Timing some steps on this machine…',
  cancel: 'Stop',
  failed: 'There is no estimate',
  cancelled: 'The estimate was stopped',
  notYet: 'There is no estimate yet',
  notYetHint: 'First complete the steps before.',
  run: 'Estimate',
  stale: 'You have changed something since',
  staleHint: 'These figures are of the draft before.',
  measure: 'Measure on this machine',
  measureHint: 'Times some steps of this very run; a minute or so.',
  onlyLocal: 'Only this machine can be measured.',
  basis: { measured: 'measured', assumed: 'assumed' },
  chosen: 'Where it will run',
  memory: 'Memory',
  needs: (bytes: number) => `needs ${formatBytes(bytes)}`,
  has: (bytes: number) => `of ${formatBytes(bytes)}`,
  fits: 'fits',
  doesNotFit: 'does not fit',
  doesNotFitHint:
    'It would end in the middle. Choose QLoRA, a smaller model, a shorter pack, or other hardware.',
  time: 'Time',
  cost: 'Cost',
  hours: (hours: number | null) => (hours === null ? 'not known' : formatHours(hours)),
  money: (amount: number, currency: string) => formatMoney(amount, currency),
  noCost: 'none',
  examples: 'Examples',
  tokens: 'Tokens an epoch',
  steps: 'Steps',
  stepsUnknown: 'until the time is over',
  checkpoint: 'A checkpoint',
  disk: 'Disk at most',
  storage: 'Cloud Storage a month',
  table: 'Compared by hardware',
  columns: {
    hardware: 'Hardware',
    memory: 'Needs / has',
    fits: 'Fits',
    hours: 'Time',
    perRun: 'A run',
    fiveRuns: 'Five runs',
    basis: 'Basis',
  },
  chosenHere: 'chosen',
  priceOf: (perHour: string, asOf: string, source: string) =>
    `${perHour} an hour, as of ${asOf}${source && ` (${source})`}`,
  assumptions: 'What this assumes',
  editPrices: 'Edit prices…',
  prices: {
    title: 'Prices',
    intro:
      'Yours to edit, and to check: those that came with the app were written down from memory on the date beside each and were not looked up since. Changing a price sets its date to today.',
    hardware: 'Hardware',
    name: 'Name',
    gpu: 'GPU',
    memory: 'Memory, GiB',
    perHour: 'An hour',
    currency: 'Currency',
    asOf: 'As of',
    source: 'Source',
    of: (label: string, index: number) => `${label}, line ${index}`,
    add: 'Add hardware',
    remove: (title: string) => `Take out ${title}`,
    aLine: (index: number) => `line ${index}`,
    storage: 'Cloud Storage, a GiB a month',
    storageAsOf: 'Cloud Storage, as of',
    wrong:
      'Marked fields are not in order: each line needs a name, a GPU, its memory, a price, a currency of three letters and a date.',
    save: 'Save the prices',
    saveFailed: 'The prices were not saved',
  },
} as const;

/** What the interface says: start. */
export const wizardStartCopy = {
  name: 'Name of the run',
  summary: 'This will run',
  change: (step: string) => `Change: ${step}`,
  changeShort: 'Change',
  planFailed: 'The recipe cannot be written',
  planProblems: 'This keeps it from being started',
  counts: (train: number, validation: number) =>
    `${pluralize(train, 'example')} to learn, ${formatCount(validation)} to validate`,
  recipe: 'The recipe as the trainer reads it',
  copyRecipe: 'Copy the recipe',
  files: 'Files for elsewhere',
  filesHint:
    'The same run for an engine of your own. For several machines a folder is prepared with the run, the trainer and the files of all engines. The draft is what `sqlcodegen train --draft` takes.',
  fileKinds: {
    colab: 'Colab notebook',
    skypilot: 'SkyPilot task',
    slurm: 'Slurm script',
    torchrun: 'torchrun script',
  },
  draftFile: 'Draft for the command line',
  saveFile: (name: string) => `Save: ${name}`,
  prepareFor: (name: string) => `Prepare a folder: ${name}`,
  preparing: (name: string) => `Preparing the folder: ${name}…`,
  prepared: (name: string) => `Prepared: ${name}`,
  preparedSize: (size: string) => `${size} of data and base model`,
  stale: 'The draft has changed since: prepare it again.',
  copyFolder: 'Copy the folder’s path',
  revealFolder: 'Show the folder',
  copyCommand: (number: number) => `Copy the command of step ${number}`,
  folderFailed: 'The folder was not prepared',
  fileFailed: 'The file was not written',
  fileSaved: (name: string) => `${name} saved`,
  go: 'Start the run',
  starting: 'Starting…',
  goAnyway: 'Start anyway…',
  goUnchecked: 'Start without the doctor…',
  anywayTitle: 'Start although the doctor found failures?',
  uncheckedTitle: 'Start without the doctor?',
  uncheckedText:
    'It takes a minute and finds what would waste hours: cut answers, wrong masks, too little memory, leaked databases.',
  anyway: 'Start anyway',
  toDoctor: 'To the doctor',
  blocked: 'The doctor found failures',
  unchecked: 'The doctor has not looked at this draft',
  uncheckedHint: 'Run it first; it takes a minute.',
  tight: 'It does not fit by the estimate',
  failed: 'The run was not started',
  disconnected: 'The app is not running. What you chose is kept.',
} as const;

/** Minutes below an hour, hours with one decimal below two days. */
export function formatHours(hours: number): string {
  const minutes = hours * 60;
  if (minutes < 1) return 'under a minute';
  if (minutes < 59.5) return `${Math.round(minutes)} min`;
  if (hours < 48) return `${hours.toFixed(1)} h`;
  return `${(hours / 24).toFixed(1)} days`;
}

function formatMoney(amount: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    // Little is not nothing.
    return amount > 0 && amount < 0.005 ? `<${format.format(0.01)}` : format.format(amount);
  } catch {
    // Three letters that are no currency.
    return `${amount.toFixed(2)} ${currency}`;
  }
}
