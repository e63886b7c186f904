import { expect, it } from 'vitest';
import type { EvaluationRow } from '../../contract/index.ts';
import { summarise } from '../summarise.ts';
import { markDifferences } from './page-parts.ts';
import { renderEvaluation } from './render-report.ts';

const right: EvaluationRow = {
  id: 'dev:1',
  db: 'music',
  question: 'How many <b>singers</b> & songs?',
  hardness: 'easy',
  goldSql: 'SELECT count(*) FROM singer',
  predictedSql: 'SELECT count(*) FROM singer',
  outcome: 'succeeded',
  correct: true,
  exactMatch: true,
  causes: [],
  confidence: 0.9,
  ms: 10,
};
const wrong: EvaluationRow = {
  ...right,
  id: 'dev:2',
  predictedSql: "SELECT name FROM singer WHERE name = '</pre><script>alert(1)</script>'",
  correct: false,
  exactMatch: false,
  causes: ['wrong-aggregate', 'wrong-condition'],
};
const facts = {
  split: 'dev',
  model: 'm',
  mode: 'voted',
  measuredAt: '2026-01-02T03:04:05Z',
  total: 3,
} as const;

it('one page that asks for nothing from outside and runs nothing that a model wrote', async () => {
  const page = await renderEvaluation(summarise(facts, [right, wrong]));
  expect(page).not.toMatch(/\b(src|href)=|https?:|@import|url\(/);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page.match(/<script>/g)).toHaveLength(1);
  expect(page).toContain('How many &lt;b&gt;singers&lt;/b&gt; &amp; songs?');
});

it('has the figures, their intervals, the causes, and every question with both statements', async () => {
  const page = await renderEvaluation(summarise(facts, [right, wrong]));
  expect(page).toContain('<b>50.0 %</b>execution accuracy');
  expect(page).toContain('1 of 2, 9.5 to 90.5 %');
  expect(page).toContain('2 of 3 questions were asked');
  expect(page.match(/<article/g)).toHaveLength(2);
  expect(page).toContain('data-causes="wrong-aggregate wrong-condition"');
  expect(page).toContain('<option>wrong-aggregate</option>');
  expect(page).toContain('Reliability curve');
});

it('stands without any question', async () => {
  expect(await renderEvaluation(summarise({ ...facts, total: 0 }, []))).toContain('Questions');
});

it('marks the words that the other statement lacks, aliases and letter case apart', () => {
  expect(
    markDifferences("SELECT T1.name FROM a WHERE x = 'Old York'", "select name FROM a WHERE x <= 'York'"),
  ).toEqual([
    "SELECT T1.name FROM a WHERE x <mark>=</mark> <mark>'Old York'</mark>",
    "select name FROM a WHERE x <mark>&lt;=</mark> <mark>'York'</mark>",
  ]);
});
