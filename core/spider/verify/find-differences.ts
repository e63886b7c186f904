import { officialCounts, officiallyEmpty, officialZip } from '../official-release.ts';
import type { VerifyReport } from './verify-report.ts';

/** How a copy differs from the official release, as far as its counts tell. One sentence each. */
export function findDifferences(report: Omit<VerifyReport, 'differences' | 'problems'>): string[] {
  const { source, databases, gold } = report;
  const differences: string[] = [];
  if (source.sha256 !== officialZip.sha256) {
    differences.push('The zip is not the official spider_data.zip: its SHA-256 is another one.');
  }
  if (databases.count !== officialCounts.databases) {
    differences.push(
      `It has ${databases.count} databases; the official release has ${officialCounts.databases}.`,
    );
  }
  for (const [split, official] of Object.entries(officialCounts.examples)) {
    const count = gold[split as keyof typeof gold].examples;
    if (count !== official) {
      differences.push(`${split} has ${count} examples; the official release has ${official}.`);
    }
  }
  const partly = databases.partlyEmpty.filter(({ dbId }) => !officiallyEmpty.includes(dbId));
  for (const { dbId, tables } of partly) {
    differences.push(
      `${dbId} has tables without rows that the official release fills: ${tables.join(', ')}.`,
    );
  }
  for (const dbId of databases.empty.filter((each) => !officiallyEmpty.includes(each))) {
    differences.push(`${dbId} has no rows; in the official release it does.`);
  }
  return differences;
}
