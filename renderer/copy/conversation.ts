import { formatCount, pluralize } from '../lib/format-values.ts';

const share = (part: number) => `${Math.round(part * 100)} %`;

/** What the interface says: conversation. */
export const conversationCopy = {
  title: 'Conversation',
  beginAnew: 'New conversation',
  bringBack: 'Bring back:',
  rows: (count: number, truncated: boolean) =>
    truncated ? `${formatCount(count)}+ rows` : pluralize(count, 'row'),
  views: 'Views of the answer',
  actions: {
    result: 'Show the result',
    candidates: 'Show the candidates and their votes',
    explanation: 'Explain the statement in words',
    plan: 'Show the plan of the statement',
  },
  tabs: {
    result: 'Result',
    candidates: (count: number) => (count > 0 ? `Candidates (${count})` : 'Candidates'),
    explanation: 'In words',
    plan: 'Plan',
  },
  candidates: {
    label: 'Candidates and their votes',
    emptyTitle: 'No candidates',
    emptyHint: 'Ask a question; the statements that the model considered are shown here with their votes.',
    intro: (statements: number, results: number) =>
      `${pluralize(statements, 'statement')}, ${pluralize(results, 'different result')}. Statements with equal rows vote together.`,
    group: (at: number) => `Result ${at}`,
    share: (part: number) => `${share(part)} of the vote`,
    votes: (count: number) => pluralize(count, 'vote'),
    chosen: 'Chosen',
    use: 'Use this one',
    showDifference: 'Difference from the chosen one',
    before: 'The chosen statement',
    after: 'This candidate',
    preview: 'Its first rows',
    noRows: 'It ran and gave no rows.',
    notRun: 'It was not run.',
  },
  disagreement: {
    title: 'The candidates disagree. Which one answers your question?',
    keep: 'Keep the first',
    rows: (first: string, second: string) => `${first} in the first result, ${second} in this one.`,
    sameCount: (rows: string) => `Both have ${rows}.`,
    onlyFirst: (names: string) => `Columns only in the first: ${names}.`,
    onlySecond: (names: string) => `Columns only in this one: ${names}.`,
    columnCount: (first: number, second: number) =>
      `${pluralize(first, 'column')} in the first, ${formatCount(second)} in this one.`,
    common: (matched: number, first: number, second: number) =>
      `${pluralize(matched, 'row')} the same, ${formatCount(first)} only in the first, ${formatCount(second)} only in this one.`,
    differing: (names: string) => `Rows differ in ${names}.`,
    partly: 'Only the rows that were fetched are compared.',
  },
  scope: {
    title: 'Tables',
    hint: 'Ranked by what the question names. Tables that you leave out are not shown to the model, and no statement that it writes may read them.',
    search: 'Search tables',
    state: { given: 'given', notGiven: 'not given', left: 'left out', taken: 'taken in' },
    mayBeRead: (table: string) => `${table}: the model may read it`,
    take: 'Always take in',
    takeTable: (table: string) => `Always take in ${table}`,
    score: (score: number) => `score ${score.toFixed(2)}`,
    rank: (at: number) => `#${at}`,
    noMatch: 'No table matches.',
    noRoom: 'taken in, but the prompt has no room for it',
    askAgain: 'Ask again',
    reset: 'All tables',
    chip: (left: number, taken: number) =>
      [
        left > 0 ? `${pluralize(left, 'table')} left out` : '',
        taken > 0 ? `${pluralize(taken, 'table')} taken in` : '',
      ]
        .filter(Boolean)
        .join(', '),
    chipLabel: 'Tables of this conversation',
    change: 'Change the tables',
    values: 'Values found in the question',
    noValues: 'No stored value of this database was found in the question.',
    near: 'spelt otherwise',
    columns: (count: number) => pluralize(count, 'column'),
  },
  feedback: {
    label: 'Was this right?',
    up: 'Right',
    down: 'Wrong',
    downHint: 'Noted. Correct the statement and run it; then it can be saved as a verified example.',
  },
  repair: {
    action: 'Repair',
    repairing: 'Repairing…',
    title: 'Repair the statement',
    by: {
      model: (name: string) =>
        `${name} read PostgreSQL’s message and wrote this instead. PostgreSQL accepts it; it has not run yet.`,
      names:
        'A name was replaced by the closest one of the schema. PostgreSQL accepts it; it has not run yet.',
    },
    accept: 'Replace the statement',
    impossible: 'No repair was found',
    failed: 'The repair did not work',
    before: 'The statement',
    after: 'The repaired statement',
  },
  verified: {
    title: 'Verified examples',
    tab: 'Verified',
    save: 'Save as verified example',
    saveHint: 'Question and statement are kept on this machine, as an example of a right answer.',
    saveNeedsRun: 'Run the statement first: only what ran can be saved.',
    saveNeedsQuestion: 'An example needs a question.',
    saved: 'Saved as a verified example.',
    saveFailed: 'The example was not saved',
    loadFailed: 'The examples cannot be read',
    changeFailed: 'The example was not changed',
    emptyTitle: 'No verified examples yet',
    emptyHint:
      'When an answer is right, or you have corrected it, save it as a verified example. The examples can be exported for training.',
    search: 'Search the examples',
    noMatch: 'No example matches.',
    open: 'Open:',
    edit: (question: string) => `Edit the question: ${question}`,
    editTitle: 'Edit the question',
    question: 'Question of the example',
    remove: (question: string) => `Delete the example: ${question}`,
    removeTitle: 'Delete this example?',
    removeText: 'The question and its statement are deleted from this machine. This cannot be undone.',
    export: 'Export as JSONL',
    exported: (count: number) => `${pluralize(count, 'example')} exported.`,
    leftOut: (count: number) =>
      `${pluralize(count, 'example')} did not fit into the longest prompt and were left out.`,
    exportFailed: 'The examples were not exported',
    origins: { model: 'as the model wrote it', corrected: 'corrected', typed: 'typed by hand' },
  },
  explanation: {
    label: 'The statement in words',
    emptyTitle: 'Nothing to explain',
    emptyHint:
      'Ask a question or type a statement; what it does is said here in words, read from the statement itself.',
    note: 'Read from the parsed statement, not written by a model.',
    failed: 'The statement cannot be explained',
    hint: 'Correct the statement at the marked place first.',
  },
} as const;
