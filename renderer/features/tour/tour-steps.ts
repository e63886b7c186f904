import { copy } from '../../copy.ts';
import { hrefOf } from '../../lib/navigation.ts';

export type StepName = keyof typeof copy.tour.steps;

export const stepNames = Object.keys(copy.tour.steps) as StepName[];

/** The tab on show: the others keep their parts, hidden. */
const sheet = '[role="tabpanel"]:not([hidden])';

/** The parts of the page that the steps point at, by their roles and labels. */
export const targets: Record<StepName, string | undefined> = {
  welcome: undefined,
  database: `${sheet} button[aria-label^="${copy.databases.choose}:"]`,
  question: `${sheet} section[aria-label="${copy.ask.question}"]`,
  sql: `${sheet} section[aria-label="${copy.sql.title}"]`,
  result: `${sheet} section[aria-label="${copy.result.title}"]`,
  privacy: `nav a[href="${hrefOf('settings')}"]`,
};

const askButton = `${sheet} section[aria-label="${copy.ask.question}"] button[title="${copy.ask.askHint}"]`;

/** Presses the button that the user would press. @returns false while it cannot be pressed */
export function pressAsk(): boolean {
  const button = document.querySelector<HTMLButtonElement>(askButton);
  if (!button || button.disabled) return false;
  button.click();
  return true;
}

/** What became of the question, as the page shows it; `written`: a statement that waits for the user to run it. */
export function readAnswer(): 'none' | 'rows' | 'written' | 'failed' {
  if (document.querySelector(`${sheet} [role="grid"]`)) return 'rows';
  if (document.querySelector(`${sheet} [role="alert"]`)) return 'failed';
  if (document.querySelector(`${sheet} section[aria-label="${copy.ask.progress}"]`)) return 'none';
  const statement = document.querySelector(`${sheet} section[aria-label="${copy.sql.title}"] .cm-content`);
  // An empty editor holds its placeholder.
  return statement && !statement.querySelector('.cm-placeholder') ? 'written' : 'none';
}
