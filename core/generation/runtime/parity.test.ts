import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { ParityReport } from '../../contract/index.ts';
import { locateStarterModel } from '../../models/starter-model.ts';
import { checkModel } from './check-model.ts';

/** Written by `python -m training.parity` from the checkpoint that the starter was exported from. */
const casesPath = join(dirname(locateStarterModel({})), 'starter-parity.json');

/** 8-bit weights may turn a choice that was nearly even: 2 of the 12. */
const minWrittenShare = 10 / 12;

test('the starter reads and writes the tokens that its trainer did', async () => {
  let report: ParityReport | undefined;
  const options = { path: locateStarterModel({}), casesPath, minWrittenShare };
  for await (const item of checkModel(options, new AbortController().signal)) {
    if (item.kind === 'report') ({ report } = item);
  }
  expect(report).toMatchObject({ prompts: 12, equalTokens: 12, written: 12, passed: true });
});
