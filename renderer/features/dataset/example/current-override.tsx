import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { AppError, type ExampleDetail, type Override } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { ConfirmDialog } from '../../../components/dialog.tsx';
import { Notice } from '../../../components/notice.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { hrefOf } from '../../../lib/navigation.ts';
import { useRefreshDataset } from '../dataset-queries.ts';

const text = copy.dataset.correct;

interface CurrentOverrideProps {
  example: ExampleDetail;
  override: Override;
}

/** The correction that holds beside what it replaces, and the way to take it back. */
export function CurrentOverride({ example, override }: CurrentOverrideProps) {
  const { original } = example;
  const { proof } = override;
  return (
    <section className="grid gap-3 rounded-m border border-border p-4" aria-label={text.holds}>
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="m-0 text-m font-semibold">{text.holds}</h3>
        <span className="text-s text-text-2">{text.byOn(override.by, override.on)}</span>
        <span className="grow" />
        <Withdraw id={example.id} />
      </div>
      <p className="text-s break-words">{override.why}</p>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(240px,1fr))] gap-3">
        <Side title={text.original} question={original?.question} sql={original?.sql} />
        <Side title={text.correctedTo} question={override.question} sql={override.sql} />
      </div>
      {proof && (
        <p className="text-s">
          {text.proofRows(proof.rows)}. {proof.equalsGold ? text.equalsGold : text.notEqualsGold} {proof.note}
        </p>
      )}
      {example.overrideApplied === false && (
        <p className="text-s text-text-2">
          {text.notApplied} <a href={hrefOf('dataset', 'pipeline')}>{text.toPipeline}</a>
        </p>
      )}
      <History override={override} />
    </section>
  );
}

function Side({
  title,
  question,
  sql,
}: {
  title: string;
  question?: string | undefined;
  sql?: string | undefined;
}) {
  return (
    <div className="grid min-w-0 content-start gap-1">
      <h4 className="m-0 text-s font-semibold text-text-2">{title}</h4>
      <p className="text-s break-words">{question ?? <span className="muted">{text.keepQuestion}</span>}</p>
      {sql === undefined ? (
        <p className="muted text-s">{text.keepSql}</p>
      ) : (
        <pre className="prompt-text scroll m-0!" tabIndex={0}>
          {sql || copy.common.none}
        </pre>
      )}
    </div>
  );
}

function History({ override: { history = [] } }: { override: Override }) {
  if (history.length === 0) return null;
  return (
    <details className="text-s">
      <summary className="cursor-pointer">
        {text.history} ({history.length})
      </summary>
      <ol className="mt-2 grid gap-2">
        {history.map((earlier, at) => (
          <li key={at} className="grid gap-1">
            <span className="text-text-2">
              {text.byOn(earlier.by, earlier.on)}: {earlier.why}
            </span>
            {earlier.question !== undefined && <span>{earlier.question}</span>}
            {earlier.sql !== undefined && <code className="break-words">{earlier.sql}</code>}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Withdraw({ id }: { id: string }) {
  const core = useCore();
  const toast = useToast();
  const refresh = useRefreshDataset();
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<AppError>();
  async function withdraw(): Promise<void> {
    setAsking(false);
    try {
      await core['dataset.removeOverride']({ id });
      setError(undefined);
      toast(text.withdrawn);
      await refresh();
    } catch (failure) {
      setError(AppError.from(failure));
    }
  }
  return (
    <>
      <Button small icon={Undo2} onClick={() => setAsking(true)}>
        {text.withdraw}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={text.withdrawTitle}
          text={text.withdrawText}
          action={text.withdraw}
          onConfirm={() => void withdraw()}
          onClose={() => setAsking(false)}
        />
      )}
      {error && (
        <div className="w-full">
          <Notice tone="error" title={text.withdrawFailed} message={error.message} hint={error.hint} />
        </div>
      )}
    </>
  );
}
