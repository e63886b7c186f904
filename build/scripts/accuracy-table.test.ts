import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { evaluationReportSchema, type EvaluationRow } from '../../core/contract/index.ts';
import { renderAccuracyTable, summarise } from '../../core/evaluation/index.ts';
import { condenseReport, insertTable, readmeFile, readReports } from './accuracy-table.ts';

it("the README's table is what the committed reports say", () => {
  const text = readFileSync(readmeFile, 'utf8');
  expect(text, 'Run `node build/scripts/write-accuracy-table.ts`.').toBe(insertTable(text, readReports()));
});

it('the committed reports agree with themselves and hold no rows', () => {
  for (const { execution, executionAccuracy, n, correct, rows } of readReports()) {
    const { easy, medium, hard, extra, all } = execution;
    expect(rows).toEqual([]);
    expect([all.n, all.count, all.share]).toEqual([n, correct, executionAccuracy.all]);
    expect(easy.n + medium.n + hard.n + extra.n).toBe(n);
    expect(easy.count + medium.count + hard.count + extra.count).toBe(correct);
  }
});

const row: EvaluationRow = {
  ...{
    id: 'a',
    db: 'd',
    question: 'q',
    hardness: 'easy',
    goldSql: 'g',
    predictedSql: 'p',
    outcome: 'succeeded',
  },
  ...{ correct: true, exactMatch: false, causes: [], confidence: 1, ms: 1 },
};
const facts = { model: 'm', measuredAt: '2026-01-01', total: 1 } as const;

it('a line for each report, dev before demo and greedy before voted', () => {
  const reports = [
    summarise({ ...facts, split: 'demo', mode: 'voted' }, [{ ...row, correct: false }]),
    summarise({ ...facts, split: 'dev', mode: 'voted' }, [row]),
    summarise({ ...facts, split: 'dev', mode: 'greedy', total: 5 }, [row]),
  ];
  const start = '<!-- accuracy: written by build/scripts/write-accuracy-table.ts -->';
  const lines = insertTable(`A\n${start}\nold\n<!-- /accuracy -->\nB\n`, reports).split('\n');
  expect(lines.slice(0, 3)).toEqual(['A', start, '']);
  expect(lines.slice(-4)).toEqual(['', '<!-- /accuracy -->', 'B', '']);
  const cells = lines.slice(5, 8).map((line) => line.split('|').map((cell) => cell.trim()));
  expect(cells.map(([, , n, , mode, accuracy]) => [n, mode, accuracy])).toEqual([
    ['1 of 5', 'greedy', '**100.0 %** (20.7 to 100.0)'],
    ['1', 'voted', '**100.0 %** (20.7 to 100.0)'],
    ['1', 'voted', '**0.0 %** (0.0 to 79.3)'],
  ]);
  expect(() => insertTable('nothing', reports)).toThrow(/no place/);
});

it('test-suite accuracy has a column where it was measured', () => {
  const none = { asked: 0, told: 0, empty: 0, undefined: 0, goldFailed: 0, refused: 0 };
  const counts = { n: 4, tried: 3, passed: 2, lost: 1, untold: 0 };
  const shares = { testSuiteAccuracy: 0.5, low: 0.15, high: 0.85 };
  const testSuite = {
    fillings: 6,
    seed: 1,
    ...counts,
    ...shares,
    coverage: none,
    lostOn: {},
    seconds: 1,
    rows: [],
  };
  const dev = { ...summarise({ ...facts, split: 'dev', mode: 'voted' }, [row]), testSuite };
  const demo = summarise({ ...facts, split: 'demo', mode: 'voted' }, [row]);
  const last = (line: string | undefined) => line?.split('|').at(-2)?.trim();
  const lines = renderAccuracyTable([demo, dev]).split('\n');
  expect([last(lines[0]), last(lines[2]), last(lines[3])]).toEqual([
    'test suite',
    '50.0 % (15.0 to 85.0)',
    '',
  ]);
});

it('a kept report is a report', () => {
  const report = summarise({ ...facts, split: 'dev', mode: 'voted' }, [row]);
  expect(evaluationReportSchema.parse(JSON.parse(condenseReport(report)))).toEqual({ ...report, rows: [] });
});
