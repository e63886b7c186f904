import type { JobMetric } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';

const text = copy.jobs;
/** More are on the page of what the job makes. */
const shownMetrics = 100;

/** What a job measured, as it was written down: the newest first. */
export function JobMetrics({ metrics }: { metrics: readonly JobMetric[] }) {
  const shown = metrics.slice(-shownMetrics).toReversed();
  return (
    <section className="card flex min-h-0 flex-col" aria-label={text.metrics}>
      <div className="card-head">
        <h2>{text.metrics}</h2>
        <span className="text-xs text-text-2 tabular-nums">{text.metricCount(metrics.length)}</span>
      </div>
      {shown.length < metrics.length && (
        <p className="px-4 pt-2 text-xs text-text-2">{text.metricsShown(shown.length)}</p>
      )}
      {shown.length === 0 && <p className="p-4 text-s text-text-2">{text.logEmpty}</p>}
      {shown.length > 0 && (
        <div className="scroll min-h-[200px] flex-1" tabIndex={0} role="region" aria-label={text.metrics}>
          <ul className="grid text-xs">
            {shown.map((metric) => (
              <li
                key={metric.seq}
                className="grid grid-cols-[44px_1fr] gap-2 border-b border-border px-4 py-1"
              >
                <span className="text-right text-text-2 tabular-nums">{metric.seq}</span>
                <span className="min-w-0 break-words">{describe(metric.value)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

/** `id: demo-1, correct: yes` of an object, the value itself of anything else. */
function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, one]) => `${name}: ${typeof one === 'object' ? JSON.stringify(one) : String(one)}`)
    .join(', ');
}
