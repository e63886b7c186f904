import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { evaluationReportSchema, type EvaluationReport } from '../../core/contract/index.ts';
import { renderAccuracyTable } from '../../core/evaluation/index.ts';

const root = resolve(import.meta.dirname, '..', '..');
export const readmeFile = join(root, 'README.md');
/** Reports of `eval --split … --out FILE` without their rows. */
export const reportsDir = join(root, 'docs', 'reports');

const markers = {
  start: '<!-- accuracy: written by build/scripts/write-accuracy-table.ts -->',
  end: '<!-- /accuracy -->',
};

export function readReports(folder = reportsDir): EvaluationReport[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  return files
    .toSorted()
    .map((name) => evaluationReportSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
}

/** What is kept of a report: everything but its rows, which hold Spider's questions. */
export function condenseReport(report: EvaluationReport): string {
  const { testSuite } = report;
  const suite = testSuite === undefined ? {} : { testSuite: { ...testSuite, rows: [] } };
  return `${JSON.stringify({ ...report, ...suite, rows: [] }, null, 2)}\n`;
}

/** The text with the table between its markers. @throws Error where there are none */
export function insertTable(text: string, reports: readonly EvaluationReport[]): string {
  const [before, rest] = text.split(markers.start);
  const after = rest?.split(markers.end)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`The README has no place for the table: put ${markers.start} and ${markers.end} there.`);
  }
  return `${before}${markers.start}\n\n${renderAccuracyTable(reports)}\n\n${markers.end}${after}`;
}
