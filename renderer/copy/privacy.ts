import type { NetworkOutcome, NetworkPurpose, Place, UpdateStatus } from '../../core/contract/index.ts';
import { formatCount, pluralize } from '../lib/format-values.ts';

const purposes: Record<NetworkPurpose, string> = {
  database: 'Database',
  model: 'Model server',
  dataset: 'Dataset download',
  update: 'Update check',
  download: 'Model download',
  training: 'Training machine',
  storage: 'Cloud Storage',
};

const outcomes: Record<NetworkOutcome, string> = {
  open: 'Open',
  succeeded: 'Done',
  failed: 'Failed',
  refused: 'Refused',
};

const places: Record<Place['id'], string> = {
  data: 'Data folder',
  store: 'Connections, history, settings',
  server: 'Demo databases',
  models: 'Models',
  values: 'Kept values',
  dataset: 'Dataset',
  evaluations: 'Evaluations',
  runs: 'Training runs',
};

const updateStates: Record<UpdateStatus['state'], string> = {
  unavailable: 'Not available',
  off: 'Off',
  idle: 'On; not looked yet',
  checking: 'Looking…',
  current: 'This is the newest version',
  downloading: 'Downloading',
  ready: 'Downloaded; installed at the next start',
  failed: 'The last look failed',
};

/** What the interface says: settings and privacy. */
export const privacyCopy = {
  sections: {
    general: 'General',
    model: 'Model',
    limits: 'Limits',
    values: 'Values',
    privacy: 'Privacy',
    storage: 'Storage',
    server: 'Embedded server',
    updates: 'Updates',
    about: 'About',
  },
  nav: 'Settings sections',
  openSection: (section: string) => `Settings: ${section}`,

  themeHint: 'Light and dark follow the system unless you choose.',
  trainingGoesOn: 'Training goes on when the app is closed',
  trainingGoesOnHint:
    'Runs on this machine; the app follows them again when it is opened. When off, they save a checkpoint and stop. Runs elsewhere always go on.',
  runAutomatically: 'Run what the model wrote',
  runAutomaticallyHint:
    'Only statements that read, checked before they run. Off: the statement is shown and waits for you.',
  tour: 'The tour',
  tourHint: 'A few steps to a first answered question on a demo database.',
  startTour: 'Take the tour',
  reset: 'Reset settings',
  resetHint: 'Everything on these pages has its default again. Connections, history and models stay.',
  resetTitle: 'Reset all settings?',
  resetText:
    'Theme, limits, the model in use, offline mode and its hosts get their defaults: offline mode is then off.',
  resetDone: 'The settings have their defaults again',

  modelInUse: 'Model for new questions',
  modelHint: 'What Ask uses unless an evaluation or the command line names another.',
  starterTag: 'comes with the app',
  manageModels: 'All models',
  modelFailed: 'The models cannot be listed',
  modelKept: (name: string) => `${name} answers from now on`,
  modelMissing: 'The chosen model cannot be read',
  endpoint: 'A model server',

  timeout: 'Statement timeout',
  timeoutHint:
    'The server ends a statement that takes longer. 1 to 3,600 seconds; 30 unless you say otherwise.',
  seconds: 'seconds',
  maxRows: 'Rows shown at first',
  maxRowsHint: 'A result says when there are more. 1 to 100,000; 1,000 unless you say otherwise.',
  rows: 'rows',
  candidates: 'Candidates a question',
  candidatesHint:
    'Statements that are written and vote by their results. 1 to 16. Empty: 8 for the starter, 1 for larger models.',
  automatic: 'automatic',
  threads: 'Threads',
  threadsHint: 'A model takes the processor’s physical cores by itself; there is nothing to set.',
  outOfRange: (min: number, max: number) => `A whole number from ${formatCount(min)} to ${formatCount(max)}.`,
  limitsKept: 'Kept: the next question uses it',

  valuesIntro:
    'Values of text columns, kept on this machine so that “berlin” in a question finds Berlin in the data. Off for a connection until you turn it on. Columns that look personal (names, mail, phone) are left out.',
  valuesNone: 'There is no connection of your own yet',
  valuesNoneHint: 'The demo databases’ values are always kept. Add a connection to choose here.',
  addConnection: 'Add a connection',
  valuesOf: (name: string) => `Keep values of ${name}`,
  valuesOff: 'No values are kept.',
  valuesReading: 'Reading…',
  valuesKept: (count: number, columns: number) =>
    `${pluralize(count, 'value')} of ${pluralize(columns, 'column')} kept.`,
  valuesLeftOut: (count: number) => `${pluralize(count, 'column')} left out`,
  valuesRefresh: 'Read again',
  valuesFailed: 'The values cannot be read',

  privacyIntro:
    'No account, no telemetry, no call home. Whatever the app asks of another machine passes one gate and is written down here.',
  offline: 'Offline mode',
  offlineHint:
    'Nothing is sent to another machine: databases elsewhere, model servers, downloads and updates are refused before a connection is opened. This machine’s own databases and models go on.',
  offlineOn: 'Offline',
  offlineBadge: 'Offline mode is on: open the privacy settings',
  allowed: 'Hosts that stay reachable',
  allowedHint: 'One a line, such as db.example.com or *.example.com. They count only in offline mode.',
  allowedKept: 'Kept',
  saveAllowed: 'Save the hosts',
  ledger: 'Outbound requests',
  ledgerHint: 'Kept on this machine: the newest 20,000, and 2,000 that stayed on it.',
  ledgerFailed: 'The ledger cannot be read',
  ledgerEmpty: 'Nothing has left this machine',
  ledgerEmptyHint: (local: number) =>
    local === 0
      ? 'Requests to other machines will be listed here, with their reason.'
      : `${pluralize(local, 'request')} went to programs on this machine only.`,
  ledgerNoMatch: 'No request fits the filter.',
  ledgerShown: (shown: number, matching: number) =>
    shown < matching
      ? `The newest ${formatCount(shown)} of ${pluralize(matching, 'request')}`
      : pluralize(matching, 'request'),
  showLocal: 'Also on this machine',
  showLocalHint: 'Requests that never left: the embedded server, databases and model servers on this machine',
  filterText: 'Host or reason',
  purpose: 'Kind',
  anyPurpose: 'Every kind',
  outcome: 'Outcome',
  anyOutcome: 'Every outcome',
  purposes,
  outcomes,
  columns: {
    time: 'Time',
    host: 'Host',
    purpose: 'Kind',
    initiator: 'Asked by',
    method: 'Method',
    outcome: 'Outcome',
    sent: 'Sent',
    received: 'Received',
    duration: 'Took',
  },
  localTag: 'this machine',
  unknownBytes: 'not known',
  refresh: 'Read again',
  exportCsv: 'Export CSV',
  clear: 'Clear',
  clearTitle: 'Clear the ledger?',
  clearText: 'What the app asked of other machines so far can then no longer be seen.',
  cleared: (count: number) => `${pluralize(count, 'line')} removed`,

  storageIntro: 'Everything lies in plain files on this machine.',
  storageFailed: 'The sizes cannot be read',
  places,
  notThere: 'not made yet',
  size: (files: number, size: string, atLeast: boolean) =>
    `${atLeast ? 'at least ' : ''}${size} in ${pluralize(files, 'file')}`,
  reveal: 'Show in folder',
  revealOf: (place: string) => `Show ${place} in its folder`,
  copyPath: 'Copy path',
  copyPathOf: (place: string) => `Copy the path of ${place}`,
  logs: 'Logs',
  logsNote:
    'The app keeps none: its messages go to the terminal that it was started from. The embedded server writes server.log into its own folder.',

  serverIntro:
    'PostgreSQL for the demo databases and Spider’s. It listens to this machine only, and starts when it is needed.',
  serverFailed: 'The server’s state cannot be read',
  stopServer: 'Stop',
  resetServer: 'Reset',
  resetServerTitle: 'Reset the embedded server?',
  resetServerText:
    'Its folder is thrown away and made anew with fresh demo databases. Your own servers are not touched.',
  serverStopped: 'The server has stopped',
  serverReset: 'The server is fresh',

  updates: 'Look for newer versions',
  updatesHint:
    'Off unless you turn it on. Then the app asks its update address half a minute after the start and once a day, and downloads what is newer.',
  updateStates,
  updateVersion: (version: string) => `Version ${version}`,
  checkNow: 'Look now',
  checkedAt: (moment: string) => `Last look: ${moment}`,

  platform: 'System',
  secrets: 'Passwords',
} as const;
