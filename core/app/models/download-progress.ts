import type { DownloadMetric } from '../../contract/index.ts';
import type { JobReport } from '../../jobs/index.ts';

const measuredEveryMs = 1_000;
const toldEveryMs = 200;

/** Turns bytes into a job's progress with the speed of the last second in words, and a metric about once a second. */
export function readProgress(
  report: JobReport,
): (done: number, total: number | undefined, file: string) => void {
  let [measuredAt, measuredDone, toldAt, bytesPerSecond] = [performance.now(), 0, 0, 0];
  return (done, total, file) => {
    const now = performance.now();
    const isLast = done === total;
    if (now - measuredAt >= measuredEveryMs) {
      bytesPerSecond = Math.max(0, ((done - measuredDone) / (now - measuredAt)) * 1_000);
      [measuredAt, measuredDone] = [now, done];
      report.metric({ done, total, bytesPerSecond } satisfies DownloadMetric);
    }
    if (now - toldAt < toldEveryMs && !isLast) return;
    toldAt = now;
    const speed = bytesPerSecond > 0 ? `, ${(bytesPerSecond / 1e6).toFixed(1)} MB/s` : '';
    report.progress({
      done,
      ...(total === undefined ? {} : { total }),
      note: `${file}: ${(done / 1e6).toFixed(1)}${total === undefined ? '' : ` of ${(total / 1e6).toFixed(1)}`} MB${speed}`,
    });
  };
}
