import type { SuiteReport } from '../../contract/index.ts';

/** Test-suite accuracy in lines of text; none where it was not asked for. */
export function formatSuite(suite: SuiteReport | undefined): string[] {
  if (suite === undefined) return [];
  const { testSuiteAccuracy, low, high, n, tried, passed, lost, untold } = suite;
  const percent = (share: number | null) => (share === null ? '–' : (share * 100).toFixed(1));
  return [
    `Test-suite accuracy: ${percent(testSuiteAccuracy)} % [${percent(low)}, ${percent(high)}] ` +
      `(${passed + untold} of ${n}; of ${tried} right on the shipped rows ${lost} are lost).`,
    ...describeFillings(suite),
    ...(untold > 0
      ? [`  no filling tells anything, so the shipped rows alone speak: ${untold} questions`]
      : []),
    ...listLosses(suite),
  ];
}

function describeFillings({ fillings, tried, coverage }: SuiteReport): string[] {
  const { asked, told, empty, goldFailed, refused } = coverage;
  const each = tried === 0 ? '0' : (asked / tried).toFixed(1);
  return [
    `  ${fillings} fillings of each database and those made from each gold SQL: ${each} a question, ${asked} in all`,
    `  tell something ${told}, gold empty ${empty}, left out: gold not defined ${coverage.undefined}, ` +
      `gold fails ${goldFailed}, rows refused ${refused}`,
  ];
}

function listLosses({ lost, lostOn, rows }: SuiteReport): string[] {
  if (lost === 0) return [];
  const counts = Object.entries(lostOn).map(([filling, count]) => `${filling} ${count}`);
  return [
    `  lost on ${counts.join(', ')}:`,
    ...rows.flatMap(({ id, dbId, lost: loss }) =>
      loss === undefined ? [] : [`  ${id} ${dbId} (${loss.filling}, ${loss.outcome}): ${loss.message}`],
    ),
  ];
}
