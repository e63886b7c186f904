import type { Command } from 'commander';
import { compareRuns } from '../../app/index.ts';
import type { RunComparison, Share } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { formatShare } from './eval-format.ts';
import { readReport } from './eval-report-file.ts';
import { showReport, type ReportFlags } from './eval-show.ts';

export function registerEvalCompare(evaluation: Command, context: CliContext): void {
  evaluation
    .command('compare')
    .description('two runs of `eval --split … --out FILE`, question by question')
    .argument('<before>', 'a report')
    .argument('<after>', 'another report of the same split')
    .action(async (before: string, after: string, _own: unknown, command: Command) => {
      const comparison = compareRuns(await readReport(before), await readReport(after));
      // --out and --json stand at `eval`, which reads them first.
      await showReport(
        comparison,
        formatComparison(comparison),
        command.optsWithGlobals<ReportFlags>(),
        context,
      );
    });
}

export function formatComparison(comparison: RunComparison): string {
  const { split, n, before, after, fixed, broken, bothRight, bothWrong, p, changes } = comparison;
  const line = (name: string, run: RunComparison['before'], share: Share) =>
    `  ${name.padEnd(8)}${formatShare(share)}  ${run.model}, ${run.mode}, ${run.measuredAt}`;
  return [
    `Execution accuracy on ${n} questions of the ${split} split, postgresql:`,
    line('before', before, comparison.executionBefore),
    line('after', after, comparison.executionAfter),
    `  fixed ${fixed}, broken ${broken}, both right ${bothRight}, both wrong ${bothWrong}`,
    `  McNemar's exact p: ${p < 0.001 ? p.toExponential(1) : p.toFixed(3)}`,
    ...leftOut(comparison),
    ...(['fixed', 'broken'] as const).flatMap((change) => listChanges(change, changes)),
  ].join('\n');
}

function leftOut({ onlyBefore, onlyAfter }: RunComparison): string[] {
  if (onlyBefore + onlyAfter === 0) return [];
  return [`  left out, as only one run asked them: ${onlyBefore} before, ${onlyAfter} after`];
}

function listChanges(change: 'fixed' | 'broken', changes: RunComparison['changes']): string[] {
  const listed = changes.filter((each) => each.change === change);
  if (listed.length === 0) return [];
  const lines = listed.map(
    ({ id, db, question, causes }) => `  ${id} ${db} (${causes[0] ?? ''}) ${question}`,
  );
  return [change === 'fixed' ? 'Fixed:' : 'Broken:', ...lines];
}
