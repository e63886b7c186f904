import type { EvaluationReport, EvaluationRow, Share } from '../../contract/index.ts';
import { formatSql } from '../../sql/index.ts';
import { causeTitles } from './cause-titles.ts';
import {
  bar,
  escapeHtml,
  interval,
  markDifferences,
  percent,
  reliabilityCurve,
  table,
} from './page-parts.ts';
import { pageScript, pageStyle } from './page-style.ts';

/** The report as one page that needs nothing from outside: its style and its one small script are in it. */
export async function renderEvaluation(report: EvaluationReport): Promise<string> {
  const title = `Execution accuracy on the ${report.split} split`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${title}: ${percent(report.execution.all.share)}</title>`,
    `<style>${pageStyle}</style>`,
    '<main>',
    `<h1>${title}</h1>`,
    renderIntro(report),
    renderFigures(report),
    renderHardness(report),
    renderDatabases(report),
    renderCauses(report),
    renderCalibration(report),
    await renderQuestions(report),
    '</main>',
    `<script>${pageScript}</script>`,
    '</html>',
    '',
  ].join('\n');
}

function renderIntro({ model, mode, measuredAt, n, total, goldUnproven, tied }: EvaluationReport): string {
  const day = measuredAt.slice(0, 10);
  const part = n < total ? ` The run was ended early: ${n} of ${total} questions were asked.` : '';
  const unproven =
    goldUnproven > 0
      ? ` ${goldUnproven} questions whose published SQL has no defined answer are judged by its rewriting.`
      : '';
  const ties = tied > 0 ? ` ${tied} are right as other rows of those that tie in the gold order.` : '';
  return `<p><b>${escapeHtml(model)}</b>, statements ${mode}, PostgreSQL, ${day}.${part}</p>
<p class="soft">An answer is right where its rows are the gold rows: as often, in the gold order where there is one, with the
columns in any order. The lines in the bars are Wilson intervals of 95 %.${unproven}${ties}</p>`;
}

function renderFigures({
  execution,
  exactMatch,
  wellFormed,
  calibration,
  medianMs,
}: EvaluationReport): string {
  const share = (name: string, each: Share) =>
    `<li><b>${percent(each.share)}</b>${name}<br><small>${each.count} of ${each.n}, ${interval(each)}</small></li>`;
  const error = calibration.expectedError;
  return `<ul class="figures">${share('execution accuracy', execution.all)}${share('exact set match', exactMatch.all)}${share('statements that can run', wellFormed)}
<li><b>${error === null ? '–' : error.toFixed(3)}</b>expected calibration error<br><small>0 is best</small></li>
<li><b>${medianMs === null ? '–' : `${Math.round(medianMs)} ms`}</b>from question to answer<br><small>median</small></li></ul>`;
}

const shareHead = ['Questions', 'Right', 'Execution accuracy', '95 % interval', '', 'Exact match'];
const numericColumns = [1, 2, 3, 4, 6];

function shareRow(name: string, execution: Share, exact: Share): string[] {
  return [
    ...[name, String(execution.n), String(execution.count), percent(execution.share)],
    ...[interval(execution), bar(execution), percent(exact.share)],
  ];
}

function renderHardness({ execution, exactMatch }: EvaluationReport): string {
  const levels = ['all', 'easy', 'medium', 'hard', 'extra'] as const;
  const rows = levels.map((level) => shareRow(level, execution[level], exactMatch[level]));
  return `<h2>By hardness</h2>\n${table(['Hardness', ...shareHead], rows, numericColumns)}`;
}

function renderDatabases({ byDatabase }: EvaluationReport): string {
  const rows = byDatabase.map(({ db, execution, exactMatch }) =>
    shareRow(escapeHtml(db), execution, exactMatch),
  );
  return `<h2>By database</h2>\n${table(['Database', ...shareHead], rows, numericColumns)}`;
}

function renderCauses({ causes, n, correct }: EvaluationReport): string {
  if (causes.length === 0) return '';
  const wrong = n - correct;
  const rows = causes.map(({ cause, primary, applies }) => [
    `${cause} <small>${causeTitles[cause]}</small>`,
    ...[String(primary), String(applies)],
    bar({ n: wrong, count: primary, share: primary / wrong, low: 0, high: 0 }),
  ]);
  return `<h2>Causes of the ${wrong} wrong answers</h2>
<p class="soft">By what differs between the parsed statements. Each answer has one primary cause; others may apply too.</p>
${table(['Cause', 'Primary', 'Applies', ''], rows, [1, 2])}`;
}

function renderCalibration({ calibration }: EvaluationReport): string {
  if (calibration.bins.length === 0) return '';
  const rows = calibration.bins.map((bin) => [
    `${bin.from.toFixed(1)} to ${bin.to.toFixed(1)}`,
    ...[String(bin.n), percent(bin.confidence), percent(bin.share), interval(bin)],
  ]);
  const head = ['Confidence', 'Questions', 'Mean confidence', 'Right', '95 % interval'];
  return `<h2>Can the confidence be believed?</h2>
<div class="curve">${reliabilityCurve(calibration)}${table(head, rows, [1, 2, 3, 4])}</div>`;
}

async function renderQuestions(report: EvaluationReport): Promise<string> {
  const rows = await Promise.all(report.rows.map(renderRow));
  const causes = report.causes.map(({ cause }) => cause);
  return `<h2 id="questions">Questions</h2>
<form hidden aria-label="Filter of the questions">
${choice('verdict', 'Verdict', ['wrong', 'right'], 'wrong')}
${choice('cause', 'Cause', causes)}
${choice('hardness', 'Hardness', ['easy', 'medium', 'hard', 'extra'])}
${choice(
  'db',
  'Database',
  report.byDatabase.map(({ db }) => db),
)}
<label>Words<input name="text" type="search" autocomplete="off"></label>
<output role="status"></output>
</form>
${rows.join('\n')}`;
}

function choice(name: string, title: string, values: readonly string[], chosen = ''): string {
  const options = values.map(
    (value) => `<option${value === chosen ? ' selected' : ''}>${escapeHtml(value)}</option>`,
  );
  return `<label>${title}<select name="${name}"><option value="">all</option>${options.join('')}</select></label>`;
}

/** Both statements are laid out alike, so that only what they mean differs. */
async function renderRow(row: EvaluationRow): Promise<string> {
  const { id, db, question, hardness, causes, confidence } = row;
  const verdict = row.correct ? 'right' : 'wrong';
  const chips = causes.map(
    (cause, index) => `<span class="chip${index === 0 ? ' primary' : ''}">${cause}</span>`,
  );
  const [gold, predicted] = markDifferences(await formatSql(row.goldSql), await formatSql(row.predictedSql));
  return `<article data-verdict="${verdict}" data-hardness="${hardness}" data-db="${escapeHtml(db)}" data-causes="${causes.join(' ')}">
<details><summary><span class="verdict ${verdict}">${verdict}</span> <span class="id">${escapeHtml(id)}</span>
<small>${escapeHtml(db)}, ${hardness}, confidence ${confidence.toFixed(2)}</small> ${chips.join(' ')}
<span class="question">${escapeHtml(question)}</span></summary>
${remarks(row)}
<div class="sides"><figure><figcaption>Gold</figcaption><pre>${gold}</pre></figure>
<figure><figcaption>Predicted: ${row.outcome}</figcaption><pre>${predicted || '<em>no statement</em>'}</pre></figure></div>
</details></article>`;
}

function remarks({ message, tied, goldUnproven, exactMatch }: EvaluationRow): string {
  const notes = [
    ...(message === undefined ? [] : [escapeHtml(message)]),
    ...(tied ? ['Other rows of those that tie in the gold order.'] : []),
    ...(exactMatch ? ['An exact set match.'] : []),
    ...(goldUnproven ? ['The gold SQL is an unproven rewriting.'] : []),
  ];
  return notes.length === 0 ? '' : `<p class="soft">${notes.join(' ')}</p>`;
}
