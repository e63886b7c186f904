import { pageStyle } from './report-style.ts';
import type {
  Equality,
  Evidence,
  ProvenPair,
  ReasonClass,
  StoredAnswer,
  UnusedReason,
} from '../contract/dataset.ts';
import type { ConversionReport, SplitCounts } from './report.ts';
import type { DatabaseLoad } from './report-load.ts';

const rowsShown = 5;

const reasonTitles: Record<ReasonClass, string> = {
  'arbitrary-row': 'SQLite answers with the values of an arbitrary row',
  tie: 'Rows tie in an order on which the answer depends',
  'gold-fails': 'The published query does not run on SQLite either',
  'not-rewritten': 'The query could not be rewritten',
  'postgres-error': 'PostgreSQL refuses the rewritten query',
  'other-rows': 'Both engines answer, with different rows',
};

const unusedTitles: Record<UnusedReason, string> = {
  'postgres-refuses-rows': 'PostgreSQL refuses the rows',
  'sqlite-refuses-rows': 'SQLite refuses the rows',
  'gold-fails': 'the published query does not run on them',
  'several-rows': 'a scalar subquery gives several rows, which only SQLite allows',
};

/** The report as one page that needs nothing else: no script, no font, no picture. */
export function renderReport(report: ConversionReport, evidence: Evidence[]): string {
  const answers = new Map(evidence.map((each) => [`${each.sqliteSql}\n${each.sql}`, each]));
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<title>Spider on PostgreSQL: conversion report</title>',
    `<style>${pageStyle}</style>`,
    '<main>',
    '<h1>Spider on PostgreSQL</h1>',
    renderIntro(report),
    renderTotals(report),
    renderClasses(report, answers),
    renderVacuous(report.vacuous),
    renderOtherTypes(report.otherTypes),
    renderLoads(report.databases.loads),
    '</main>',
    '</html>',
    '',
  ].join('\n');
}

function renderIntro({ databases, numericTolerance }: ConversionReport): string {
  return `<p>${databases.databases} databases, ${count(databases.tables)} tables and ${count(databases.rows)} rows were
loaded into PostgreSQL. Every published query and its rewriting were run on the same rows, SQLite beside PostgreSQL:
on Spider's own rows, then on rows generated for the query. A pair is verified when the answers are equal as multisets,
and come in the query's order where it has one. Rows that tie in that order may come either way; where a tie decides
which rows there are, both engines are asked again with the ties broken alike. Each pair says which of the three it took,
the weakest over all rows that it was asked on; where SQLite itself answers otherwise once it comes by the same rows in another order, there is no defined answer
to be held to. ${escape(numericTolerance)}</p>`;
}

function renderTotals({ splits }: ConversionReport): string {
  const names = Object.keys(splits);
  const line = (title: string, of: (counts: SplitCounts) => string, note = '') =>
    `<tr><th scope="row">${title}${note === '' ? '' : `<small>${note}</small>`}</th>${names
      .map((name) => `<td>${splits[name] === undefined ? '' : of(splits[name])}</td>`)
      .join('')}</tr>`;
  const share = (number: number, percent: number) =>
    `${count(number)} <small>${percent.toFixed(2)} %</small>`;
  const byLabel = (label: Equality) => (each: SplitCounts) =>
    share(each.equality[label], each.shares.equality[label]);
  return `<h2>Totals</h2>
<p class="note">Shares are of the queries that run on SQLite.</p>
<div class="scroll"><table class="totals">
<thead><tr><td></td>${names.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>
<tbody>
${line('Pairs', (each) => count(each.pairs))}
${line('Published query runs on SQLite', (each) => count(each.goldRuns))}
${line('Verified by execution', (each) => share(each.verified, each.shares.verified))}
${line('… the same rows in the same order', byLabel('strict'), 'strict: without any rule about ties, on all rows')}
${line('… only rows that tie come in another order', byLabel('ties-in-order'), 'ties-in-order')}
${line('… once ties are broken alike', byLabel('ties-broken'), 'ties-broken')}
${line("… strictly equal on Spider's own rows", (each) => share(each.strictOnShippedRows, each.shares.strictOnShippedRows), 'without any rule about ties, whatever generated rows show')}
${line('… only generated rows tell something', (each) => count(each.outcomes['verified-on-generated-rows']), 'verified-on-generated-rows')}
${line('… texts in columns of numbers read as NULL', (each) => `${count(each.textsAsNull)} <small>${each.shares.verifiedWithAllTexts.toFixed(2)} % without</small>`, 'textsAsNull: on the file as published SQLite answers otherwise')}
${line('Not vacuous', (each) => share(each.informative.shipped + each.informative.generatedOnly, each.shares.notVacuous), 'an equal answer with more than nothing, 0 and NULL')}
${line('Verified, but vacuous', (each) => count(each.informative.nowhere), 'the answers tell nothing on any rows: counted as verified, listed below')}
${line('Equal values, another type', (each) => count(each.otherTypes), 'a number in one engine, a text in the other: counted as verified, listed below')}
${line('No defined answer', (each) => share(each.outcomes.nondeterministic, each.shares.nondeterministic), 'nondeterministic')}
${line('Failed', (each) => count(each.outcomes.failed))}
${line('PostgreSQL errors', (each) => count(each.postgresErrors))}
${line('Sets of generated rows asked', (each) => count(each.generated.sets))}
${line('… on which both engines agree', (each) => count(each.generated.agreeing))}
${Object.entries(unusedTitles)
  .map(([reason, title]) =>
    line(`Not used: ${title}`, (each) => count(each.generated.unused[reason as UnusedReason]), reason),
  )
  .join('\n')}
${line('Verified, yet undefined on some generated rows', (each) => count(each.undefinedOnGenerated))}
</tbody></table></div>`;
}

function renderClasses({ notVerified, splits }: ConversionReport, answers: Map<string, Evidence>): string {
  const groups = [...Map.groupBy(notVerified, (pair) => pair.reasonClass ?? 'other-rows')].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  const names = Object.keys(splits);
  const table = groups.map(([reason, own]) => [
    reasonTitles[reason],
    ...names.map((name) => String(own.filter((pair) => pair.split === name).length)),
  ]);
  const sections = groups.map(
    ([reason, own]) =>
      `<section><h3>${reasonTitles[reason]} <small>${reason}, ${own.length}</small></h3>\n` +
      `${own.map((pair) => renderPair(pair, answers.get(`${pair.sqliteSql}\n${pair.sql}`))).join('\n')}</section>`,
  );
  return `<h2>Pairs that are not verified <small>${notVerified.length}</small></h2>
${renderTable(['Reason', ...names], table)}
${sections.join('\n')}`;
}

function renderPair(pair: ProvenPair, evidence: Evidence | undefined): string {
  return `<article><details><summary><span class="id">${pair.id}</span> <span class="db">${escape(pair.dbId)}</span>
<span class="question">${escape(pair.question)}</span></summary>
<p>${escape(pair.reason ?? '')}</p>
<dl><dt>SQLite, as published</dt><dd><pre>${escape(pair.sqliteSql)}</pre></dd>
<dt>PostgreSQL</dt><dd><pre>${pair.sql === '' ? '<em>none</em>' : escape(pair.sql)}</pre></dd></dl>
${(evidence?.answers ?? [])
  .filter((each, index) => index === 0 || isDifferent(each))
  .slice(0, 2)
  .map(renderAnswers)
  .join('\n')}
</details></article>`;
}

function isDifferent({ sqlite, postgres }: Evidence['answers'][number]): boolean {
  return JSON.stringify(sqlite?.rows) !== JSON.stringify(postgres?.rows);
}

function renderAnswers({ on, sqlite, postgres }: Evidence['answers'][number]): string {
  const rows = on === 'shipped' ? "Spider's own rows" : `generated rows (${escape(on)})`;
  return `<p class="note">On ${rows}</p><div class="answers">${renderAnswer('SQLite', sqlite)}${renderAnswer('PostgreSQL', postgres)}</div>`;
}

function renderAnswer(engine: string, answer: StoredAnswer | undefined): string {
  if (answer === undefined) return `<figure><figcaption>${engine}: no answer</figcaption></figure>`;
  const head = answer.columns.map((name) => `<th scope="col">${escape(name)}</th>`).join('');
  const rows = answer.rows
    .slice(0, rowsShown)
    .map(
      (row) =>
        `<tr>${row.map((cell) => `<td>${cell === null ? '<em>NULL</em>' : escape(String(cell))}</td>`).join('')}</tr>`,
    );
  const more = answer.rowCount > rowsShown ? `, the first ${rowsShown}` : '';
  const size = answer.rowCount === 1 ? '1 row' : `${count(answer.rowCount)} rows`;
  return `<figure><figcaption>${engine}: ${size}${more}</figcaption><div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div></figure>`;
}

function renderVacuous(pairs: ConversionReport['vacuous']): string {
  if (pairs.length === 0) return '';
  const rows = pairs.map((pair) => [pair.id, pair.dbId, pair.question, pair.sql]);
  return `<h2>Verified, but the answers tell nothing <small>${pairs.length}</small></h2>
<p>No rows, or only zeros and NULLs, on Spider's own rows and on all generated ones: equality says little here. These
pairs stay <em>verified</em>, are counted in its share, and become examples; only the share of what is not vacuous leaves them out.</p>
<details><summary>All of them</summary>${renderTable(['Pair', 'Database', 'Question', 'PostgreSQL'], rows)}</details>`;
}

function renderOtherTypes(pairs: ConversionReport['otherTypes']): string {
  if (pairs.length === 0) return '';
  const rows = pairs.map((pair) => [pair.id, pair.dbId, pair.question, pair.sql]);
  return `<h2>Equal values, another type <small>${pairs.length}</small></h2>
<p>Values that are a number in one engine and a text in the other, and read the same. These pairs stay <em>verified</em>.</p>
<details><summary>All of them</summary>${renderTable(['Pair', 'Database', 'Question', 'PostgreSQL'], rows)}</details>`;
}

function renderTable(head: string[], rows: string[][]): string {
  const lines = rows.map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`);
  return `<div class="scroll"><table><thead><tr>${head.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>
<tbody>${lines.join('\n')}</tbody></table></div>`;
}

function renderLoads(loads: DatabaseLoad[]): string {
  const rows = loads.flatMap((load) => listGaps(load).map((gap) => [load.dbId, ...gap]));
  if (rows.length === 0) return '';
  return `<h2>What the load could not declare <small>${rows.length}</small></h2>
<p>Spider's rows break some of Spider's own keys. Cells that fit no number are NULL in both engines.</p>
${renderTable(['Database', 'What', 'Why'], rows)}`;
}

function listGaps(load: DatabaseLoad): [string, string][] {
  return [
    ...load.primaryKeysNotDeclared.map((key): [string, string] => [
      `primary key ${key}`,
      'rows repeat it or lack it',
    ]),
    ...load.foreignKeysNotDeclared.map(({ key, reason }): [string, string] => [`foreign key ${key}`, reason]),
    ...load.othersNotDeclared.map(({ key, reason }): [string, string] => [key, reason]),
    ...load.cellsNulled.map(({ column, cells }): [string, string] => [
      `${count(cells)} cells of ${column}`,
      'text in a column of numbers: NULL in both engines',
    ]),
  ];
}

/** 9,690: with thin separators, whatever the machine's language. */
function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
