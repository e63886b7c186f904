/** What the interface says: the tour. */
export const tourCopy = {
  name: 'Tour',
  start: 'Take the tour',
  group: 'Help',
  keywords: ['introduction', 'first steps', 'help'],
  stepOf: (step: number, total: number) => `Step ${step} of ${total}`,
  next: 'Next',
  back: 'Back',
  skip: 'Skip the tour',
  done: 'Done',
  askIt: 'Ask it',
  asking: 'The model is answering…',
  waiting: 'The demo database is getting ready…',
  again: 'Ask it again',
  failed: 'No answer came. What went wrong stands on the page; ask again, or skip the tour.',
  question: 'How many customers are there?',
  steps: {
    welcome: {
      title: 'Ask your databases in plain words',
      text: 'In a few short steps you get a first answer, from a demo database that comes with the app. It is a real question to a real PostgreSQL, answered by a model on this machine.',
    },
    database: {
      title: 'The database that is asked',
      text: 'Five demo databases are here, and your own belong on this list too: add one with its address or URL. The app only reads them.',
    },
    question: {
      title: 'The question',
      text: 'It is written for you. Ask it, and the model reads the schema and writes a statement.',
    },
    sql: {
      title: 'The SQL that was written',
      text: 'You see every statement before you trust it. Change it and run it again whenever you like.',
    },
    result: {
      title: 'The answer',
      text: 'The rows, as a grid or a chart, to copy or export. A result that was cut off says so.',
    },
    privacy: {
      title: 'Your data stays here',
      text: 'Models, questions and rows do not leave this machine. Settings has an offline switch and a list of everything that the app ever asked of another machine.',
    },
  },
} as const;
