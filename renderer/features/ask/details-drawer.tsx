import type { DatabaseSchema, LinkedValue, TableScope } from '../../../core/contract/index.ts';
import { Dialog } from '../../components/dialog.tsx';
import { LineageView } from '../../components/loop/lineage-view.tsx';
import { copy } from '../../copy.ts';
import { formatDuration } from '../../lib/format-values.ts';
import type { AskState } from './ask-state.ts';
import { ScopeSection } from './conversation/scope-section.tsx';

interface DetailsDrawerProps {
  state: AskState;
  schema: DatabaseSchema | undefined;
  onAskAgain: (() => void) | undefined;
  onChooseScope(scope: TableScope): void;
  onClose(): void;
}

/** What the model was given, and what came of it. */
export function DetailsDrawer(props: DetailsDrawerProps) {
  const { state, schema, onClose } = props;
  const { prompt, answer } = state;
  const timings = Object.entries(copy.details.timing) as [keyof typeof copy.details.timing, string][];
  return (
    <Dialog title={copy.details.title} shape="drawer" onClose={onClose}>
      <p className="muted">{copy.details.local}</p>
      {schema && (
        <ScopeSection
          schema={schema}
          prompt={prompt}
          scope={state.scope}
          onAskAgain={props.onAskAgain}
          onChoose={props.onChooseScope}
        />
      )}
      {prompt?.values && <Values values={prompt.values} />}
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
      {answer?.historyId !== undefined && <LineageView of={{ historyId: answer.historyId }} />}
    </Dialog>
  );
}

function Values({ values }: { values: readonly LinkedValue[] }) {
  const texts = copy.conversation.scope;
  return (
    <section className="detail-section" aria-label={texts.values}>
      <h3>{texts.values}</h3>
      {values.length === 0 && <p className="m-0 text-s text-text-2">{texts.noValues}</p>}
      <ul className="m-0 grid list-none gap-1 p-0 text-s">
        {values.map(({ table, column, value, isExact }) => (
          <li key={`${table}.${column}=${value}`}>
            <code>
              {table}.{column}
            </code>{' '}
            = “{value}”{!isExact && <span className="text-text-2"> · {texts.near}</span>}
          </li>
        ))}
      </ul>
    </section>
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
