import { describe, expect, it } from 'vitest';
import {
  addCounts,
  countJunit,
  countPlaywright,
  countVitest,
  formatCounts,
  withExitCode,
} from './count-results.ts';

describe('counting', () => {
  it('reads Vitest, files that did not load included', () => {
    const report = {
      numPassedTests: 7,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      testResults: [
        { status: 'failed', assertionResults: [{}] },
        { status: 'failed', assertionResults: [] },
        { status: 'passed', assertionResults: [{}] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 7, failed: 2, skipped: 3 });
  });

  it('reads Playwright: flaky is failed', () => {
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 5 };
    expect(countPlaywright({ stats, errors: [] })).toEqual({ passed: 4, failed: 2, skipped: 5 });
  });

  it('reads JUnit', () => {
    const xml =
      '<testsuites name="x" tests="9"><testsuite name="pytest" errors="1" failures="2" skipped="1" tests="9" time="1"></testsuite></testsuites>';
    expect(countJunit(xml)).toEqual({ passed: 5, failed: 3, skipped: 1 });
  });

  it('counts a crash as a failure', () => {
    expect(withExitCode(undefined, 0).failed).toBe(1);
    expect(withExitCode({ passed: 3, failed: 0, skipped: 0 }, 1).failed).toBe(1);
    expect(withExitCode({ passed: 3, failed: 2, skipped: 0 }, 1).failed).toBe(2);
    expect(withExitCode({ passed: 3, failed: 0, skipped: 0 }, 0).failed).toBe(0);
  });

  it('adds up and prints one line', () => {
    const all = [
      { passed: 1, failed: 0, skipped: 2 },
      { passed: 3, failed: 1, skipped: 0 },
    ];
    expect(formatCounts(addCounts(all))).toBe('4 passed, 1 failed, 2 skipped');
  });
});
