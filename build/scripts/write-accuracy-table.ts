/**
 * Writes the README's table of execution accuracy from docs/reports: `node build/scripts/write-accuracy-table.ts`.
 * Given files of `eval --split … --out FILE`, it first keeps them there without their rows, as SPLIT-MODE.json.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluationReportSchema } from '../../core/contract/index.ts';
import { condenseReport, insertTable, readmeFile, readReports, reportsDir } from './accuracy-table.ts';

mkdirSync(reportsDir, { recursive: true });
for (const file of process.argv.slice(2)) {
  const report = evaluationReportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  writeFileSync(join(reportsDir, `${report.split}-${report.mode}.json`), condenseReport(report));
}
writeFileSync(readmeFile, insertTable(readFileSync(readmeFile, 'utf8'), readReports()));
console.log(readmeFile);
