import type { GateFigures, GateReport, GateRow, GateVerdict } from '../../contract/index.ts';
import { mcNemarExact, pairedGain, shareWhere } from '../intervals.ts';

/** Two-sided; below it chance does not explain that a model, or one set, got better or worse. */
const significance = 0.05;
/** With fewer questions that it was not trained on, one answer is more than five points: nothing is said of other questions. */
const fewestUnseen = 20;

export const gateRule =
  'Broken: a verified question that was right is wrong now. Worse: fewer questions are right than before, or on one set so ' +
  'many fewer that chance does not explain it (McNemar’s exact test, p below 0.05). Too few: neither of those, but fewer ' +
  `than ${fewestUnseen} questions were asked that it was not trained on. Better: so many more are right ` +
  'that chance does not explain it, and none of those. No clear difference: all else.';

export interface JudgedSet {
  title: string;
  important: boolean;
}

/** @param notAsked verified questions whose own SQL does not run any more, and so judge nothing */
export function judgeGate(
  rows: readonly GateRow[],
  sets: readonly JudgedSet[],
  notAsked: readonly string[] = [],
): GateReport {
  const overall = countFigures(rows);
  const figures = sets.map((set, index) => ({
    ...countFigures(rows.filter((row) => row.set === index)),
    ...set,
  }));
  const notTrained = rows.filter(({ use }) => use !== 'trained');
  const notTrainedOn = notTrained.length > 0 ? countFigures(notTrained) : null;
  const brokenImportant = rows.filter((row) => row.important && row.correctBefore && !row.correctAfter);
  const worseSet = figures.find(({ fixed, broken, p }) => broken > fixed && p < significance);
  const judged = { overall, notTrainedOn, figures, brokenImportant: brokenImportant.length, worseSet };
  const decided = decide(judged);
  return {
    ...decided,
    ...{ rule: gateRule, overall, notTrainedOn, sets: figures },
    cautions: findCautions(judged, decided.verdict, notAsked),
    rows: [...rows],
  };
}

interface Judged {
  overall: GateFigures;
  notTrainedOn: GateFigures | null;
  figures: GateReport['sets'];
  brokenImportant: number;
  worseSet: GateReport['sets'][number] | undefined;
}

function decide({ overall, notTrainedOn, brokenImportant, worseSet }: Judged): {
  verdict: GateVerdict;
  reason: string;
} {
  const gain = overall.fixed - overall.broken;
  if (brokenImportant > 0) {
    return {
      verdict: 'broken',
      reason: `${count(brokenImportant, 'verified question')} that ${choose(brokenImportant, 'was', 'were')} right with the model in use ${isNow(brokenImportant)} wrong now.`,
    };
  }
  if (gain < 0) {
    return { verdict: 'worse', reason: `${count(-gain, 'question')} fewer ${isNow(-gain)} right.` };
  }
  if (worseSet) {
    const { title, broken, fixed, p } = worseSet;
    const reason = `On “${title}” it broke ${broken} and fixed ${fixed}: more than chance explains (p ${formatP(p)}).`;
    return { verdict: 'worse', reason };
  }
  const unseen = notTrainedOn?.n ?? 0;
  if (unseen < fewestUnseen) return { verdict: 'unclear', reason: describeTooFew(gain, unseen) };
  if (gain === 0)
    return { verdict: 'same', reason: `As many questions are right as before: ${overall.after.count}.` };
  const found = `${count(gain, 'more question')} ${isNow(gain)} right`;
  if (overall.p >= significance) {
    const reason = `${found} (${overall.after.count} instead of ${overall.before.count} of ${overall.n}), which chance explains (p ${formatP(overall.p)}).`;
    return { verdict: 'same', reason };
  }
  return { verdict: 'better', reason: `${found}, and no verified question was broken.` };
}

function describeTooFew(gain: number, unseen: number): string {
  const found =
    gain === 0 ? 'As many questions are right' : `${count(gain, 'more question')} ${isNow(gain)} right`;
  const asked = unseen === 0 ? 'none was asked' : `only ${unseen} ${choose(unseen, 'was', 'were')} asked`;
  return `${found}, but of the questions that it was not trained on ${asked}: at least ${fewestUnseen} are needed to tell.`;
}

function findCautions(
  { overall, notTrainedOn, figures }: Judged,
  verdict: GateVerdict,
  notAsked: readonly string[],
): string[] {
  const found: string[] = [];
  const gain = overall.fixed - overall.broken;
  if (!notTrainedOn) {
    found.push(
      'All questions were trained on: this shows what was learned by heart, and nothing of other questions.',
    );
  } else if (gain > 0 && notTrainedOn.fixed <= notTrainedOn.broken) {
    found.push('The gain is on questions that it was trained on; on the others it is no better.');
  }
  // Where that is the verdict, its reason says it.
  const isSaid = verdict === 'same' && gain > 0;
  if (!isSaid && overall.fixed + overall.broken > 0 && overall.p >= significance)
    found.push(`So small a change can be chance (p ${formatP(overall.p)}).`);
  if (!figures.some(({ important, n }) => important && n > 0))
    found.push('No verified question was asked, so nothing shows what it does on your own databases.');
  if (notAsked.length > 0)
    found.push(
      `${count(notAsked.length, 'verified question')} could not be asked, as the SQL does not run any more: ${notAsked.slice(0, 3).join('; ')}.`,
    );
  return found;
}

function countFigures(rows: readonly GateRow[]): GateFigures {
  const countRows = (was: boolean, is: boolean) =>
    rows.filter((row) => row.correctBefore === was && row.correctAfter === is).length;
  const [fixed, broken] = [countRows(false, true), countRows(true, false)];
  const [bothRight, bothWrong] = [countRows(true, true), countRows(false, false)];
  return {
    n: rows.length,
    before: shareWhere(rows, (row) => row.correctBefore),
    after: shareWhere(rows, (row) => row.correctAfter),
    ...{ fixed, broken, p: mcNemarExact(fixed, broken) },
    gain: pairedGain({ bothRight, fixed, broken, bothWrong }),
  };
}

function formatP(p: number): string {
  return p < 0.001 ? 'below 0.001' : p.toFixed(p < 0.1 ? 3 : 2);
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

function choose(n: number, one: string, many: string): string {
  return n === 1 ? one : many;
}

function isNow(n: number): string {
  return choose(n, 'is', 'are');
}
