import { Dialog } from '../../components/dialog.tsx';
import { copy } from '../../copy.ts';
import { formatDuration } from '../../lib/format-values.ts';
import type { AskState } from './ask-state.ts';

/** What the model was given, and what came of it. */
export function DetailsDrawer({ state, onClose }: { state: AskState; onClose(): void }) {
  const { prompt, answer } = state;
  const timings = Object.entries(copy.details.timing) as [keyof typeof copy.details.timing, string][];
  return (
    <Dialog title={copy.details.title} shape="drawer" onClose={onClose}>
      <p className="muted">{copy.details.local}</p>
      {prompt && (
        <section className="detail-section" aria-label={copy.details.prompt}>
          <h3>
            {copy.details.prompt} <span className="badge">{copy.details.tokens(prompt.tokens)}</span>
          </h3>
          <pre className="prompt-text scroll" tabIndex={0}>
            {prompt.text}
          </pre>
        </section>
      )}
      {answer && (
        <section className="detail-section" aria-label={copy.details.timings}>
          <h3>{copy.details.timings}</h3>
          <dl className="facts">
            <dt>{copy.details.model}</dt>
            <dd>{answer.model}</dd>
            {timings.map(([key, label]) => (
              <TimingLine key={key} label={label} ms={answer.timingsMs[key]} />
            ))}
          </dl>
        </section>
      )}
      {answer && answer.candidates.length > 0 && (
        <section className="detail-section" aria-label={copy.details.candidates}>
          <h3>{copy.details.candidates}</h3>
          <ol>
            {answer.candidates.map((candidate, index) => (
              <li key={index}>
                <pre className="prompt-text">{candidate.sql}</pre>
                <p className="muted">
                  {copy.outcomes[candidate.outcome]} · {copy.details.votes(candidate.votes)}
                  {candidate.message && ` · ${candidate.message}`}
                </p>
              </li>
            ))}
          </ol>
        </section>
      )}
    </Dialog>
  );
}

function TimingLine({ label, ms }: { label: string; ms: number }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{formatDuration(ms)}</dd>
    </>
  );
}
