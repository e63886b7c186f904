import { useQuery } from '@tanstack/react-query';
import { hasEnded, type Job, type TrainingRunInfo } from '../../../../core/contract/index.ts';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { loopKey, usePromotions } from '../../../components/loop/loop-queries.ts';
import { PromotionsCard } from '../../../components/loop/promotions-card.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { useJobs } from '../../../lib/jobs.tsx';
import { ExportStep } from './after/export-step.tsx';
import { GateResult } from './after/gate-result.tsx';
import { GateStep } from './after/gate-step.tsx';

const text = copy.loop.after;

/** What to do with a run that has ended: export, measure against the model in use, promote or keep. */
export function AfterRun({ run }: { run: TrainingRunInfo }) {
  const core = useCore();
  const promotions = usePromotions();
  const gates = useQuery({
    queryKey: [...loopKey, 'gates', run.id],
    queryFn: ({ signal }) => core['loop.gates']({ runId: run.id }, { signal }),
    // A gate ends in a job; its verdict is read once that is over.
    refetchInterval: ({ state }) => (state.data?.[0] && !state.data[0].report ? 1_000 : false),
  });
  const exports = useEndedExports(run.id);
  // A run that has ended is not watched any more: what an export made of it is read when that ends.
  const exported = useQuery({
    queryKey: ['training.get', run.id, exports],
    queryFn: ({ signal }) => core['training.get']({ runId: run.id }, { signal }),
    enabled: exports > 0,
  });
  const artifacts = exported.data?.artifacts ?? run.artifacts;
  if (run.checkpoints.length === 0 && artifacts.length === 0) return null;
  const files = artifacts.filter(({ kind, here, path }) => kind === 'gguf' && here && !isAdapter(path));
  const latest = gates.data?.[0];
  // While another measurement goes on the last verdict is out of sight; if that one is given up it stands.
  const judged = latest && hasEnded(latest) ? gates.data?.find(({ report }) => report) : undefined;
  const inUse = promotions.data?.inUse.path;
  return (
    <>
      <section className="card" aria-label={text.title}>
        <div className="card-head">
          <h2>{text.title}</h2>
        </div>
        <div className="card-body grid gap-5">
          {gates.isError && (
            <FailureNotice title={text.loadFailed} error={gates.error} onRetry={() => void gates.refetch()} />
          )}
          <ExportStep run={run} files={files.map(({ path }) => path)} />
          {files.length > 0 && (
            <GateStep
              runId={run.id}
              files={files.map(({ path }) => path)}
              inUse={inUse}
              latest={latest}
              onStarted={() => void gates.refetch()}
            />
          )}
          {judged?.report && (
            <GateResult key={judged.id} gate={judged} report={judged.report} inUse={inUse} />
          )}
        </div>
      </section>
      <PromotionsCard />
    </>
  );
}

function useEndedExports(runId: string): number {
  const { jobs } = useJobs();
  const isExport = ({ kind, subjectId }: Job) => kind === 'training-export' && subjectId === runId;
  return (jobs ?? []).filter((job) => isExport(job) && hasEnded(job)).length;
}

/** An adapter alone answers nothing. */
function isAdapter(path: string): boolean {
  return /-adapter-[^/\\]+\.gguf$/i.test(path);
}
