import type { SQLNamespace } from '@codemirror/lang-sql';
import { FlaskConical, Save, Square, Trash2 } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { AppError, type DatabaseSchema, type ExampleDetail } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { SqlEditor } from '../../../components/sql-editor/sql-editor.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { useRefreshDataset } from '../dataset-queries.ts';
import { AnswersBeside } from './answers-beside.tsx';
import { useAuthor, useCorrectionDraft, type CorrectionDraft } from './correction-draft.ts';
import { useLiveProof } from './use-live-proof.ts';

const text = copy.dataset.correct;

interface CorrectionFormProps {
  example: ExampleDetail;
  schema: DatabaseSchema | undefined;
}

/** Question and SQL to correct, tried against the published query before they are kept. */
export function CorrectionForm({ example, schema }: CorrectionFormProps) {
  const ids = { question: useId(), by: useId(), why: useId() };
  const { draft, isTouched, type, discard } = useCorrectionDraft(example);
  const [by, setBy] = useAuthor();
  const live = useLiveProof(example.id);
  const saving = useSaving(example, { ...draft, by }, discard);
  const namespace = useMemo(() => toNamespace(schema), [schema]);
  const tryIt = (): void => live.start(draft.sql);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void saving.save();
      }}
    >
      <div className="field">
        <label htmlFor={ids.question}>{text.question}</label>
        <textarea
          id={ids.question}
          className="input resize-y py-2!"
          rows={2}
          value={draft.question}
          onChange={({ target }) => type({ question: target.value })}
        />
      </div>
      <div className="grid gap-1">
        <span className="text-s font-semibold">{text.sql}</span>
        <div className="overflow-hidden rounded-m border border-border-strong focus-within:border-accent">
          <SqlEditor
            value={draft.sql}
            onChange={(sql) => type({ sql })}
            onRun={tryIt}
            readOnly={false}
            label={text.sql}
            placeholderText={text.sqlPlaceholder}
            namespace={namespace}
            errorOffset={offsetOf(saving.error ?? live.run.error)}
          />
        </div>
        <TryBar live={live} onTry={tryIt} canTry={draft.sql.trim() !== ''} />
      </div>
      <div className="grid grid-cols-[minmax(140px,1fr)_3fr] gap-3">
        <div className="field">
          <label htmlFor={ids.by}>{text.by}</label>
          <input id={ids.by} className="input" value={by} onChange={({ target }) => setBy(target.value)} />
        </div>
        <div className="field">
          <label htmlFor={ids.why}>{text.why}</label>
          <input
            id={ids.why}
            className="input"
            placeholder={text.whyPlaceholder}
            value={draft.why}
            onChange={({ target }) => type({ why: target.value })}
          />
        </div>
      </div>
      {saving.error && (
        <Notice tone="error" title={text.failed} message={saving.error.message} hint={saving.error.hint} />
      )}
      {saving.missing !== undefined && (
        <p className="field-error" role="alert">
          {saving.missing}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="primary" icon={Save} type="submit" disabled={saving.isSaving}>
          {text.save}
        </Button>
        {isTouched && (
          <Button variant="ghost" icon={Trash2} onClick={discard}>
            {text.discard}
          </Button>
        )}
        {saving.isSaving && (
          <span className="flex items-center gap-2 text-s text-text-2" role="status">
            <Spinner /> {text.saving}
          </span>
        )}
        {isTouched && !saving.isSaving && <span className="text-s text-text-2">{text.unsaved}</span>}
      </div>
    </form>
  );
}

interface TryBarProps {
  live: ReturnType<typeof useLiveProof>;
  canTry: boolean;
  onTry(): void;
}

function TryBar({ live: { run, cancel }, canTry, onTry }: TryBarProps) {
  return (
    <div className="grid gap-3">
      <div className="flex items-center gap-2">
        {run.state === 'running' ? (
          <Button small icon={Square} onClick={cancel}>
            {copy.common.cancel}
          </Button>
        ) : (
          <Button small icon={FlaskConical} keyHint={text.tryHint} disabled={!canTry} onClick={onTry}>
            {text.try}
          </Button>
        )}
        {run.state === 'running' && (
          <span className="flex items-center gap-2 text-s text-text-2" role="status">
            <Spinner /> {copy.dataset.answers.running}
          </span>
        )}
      </div>
      {run.error && (
        <Notice tone="error" title={text.tryFailed} message={run.error.message} hint={run.error.hint} />
      )}
      {run.proof && (
        <AnswersBeside sqlite={run.proof.sqlite} postgres={run.proof.postgres} verdict={run.proof} />
      )}
    </div>
  );
}

/** Keeps what differs from what is there. What the core refuses stays in the form, with the reason. */
function useSaving(example: ExampleDetail, draft: CorrectionDraft & { by: string }, onSaved: () => void) {
  const core = useCore();
  const toast = useToast();
  const refresh = useRefreshDataset();
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<AppError>();
  const [missing, setMissing] = useState<string>();
  async function save(): Promise<void> {
    const changed = findChanges(example, draft);
    const lacks = findMissing(changed, draft);
    setMissing(lacks);
    setError(undefined);
    if (lacks !== undefined) return;
    setSaving(true);
    try {
      await core['dataset.saveOverride']({ id: example.id, ...changed, by: draft.by, why: draft.why });
      onSaved();
      toast(text.saved);
      await refresh();
    } catch (failure) {
      setError(AppError.from(failure));
    } finally {
      setSaving(false);
    }
  }
  return { save, isSaving, error, missing };
}

function findChanges(example: ExampleDetail, { question, sql }: CorrectionDraft) {
  const isSameSql = [example.sql, example.formattedSql].some((known) => known.trim() === sql.trim());
  return {
    ...(question.trim() !== example.question.trim() && { question }),
    ...(!isSameSql && { sql }),
  };
}

function findMissing(changed: { question?: string; sql?: string }, { by, why }: { by: string; why: string }) {
  if (Object.keys(changed).length === 0) return text.nothingChanged;
  if (by.trim() === '') return text.byMissing;
  return why.trim() === '' ? text.whyMissing : undefined;
}

function offsetOf(error: AppError | undefined): number | undefined {
  const position = error?.details?.position;
  return typeof position === 'number' ? position : undefined;
}

function toNamespace(schema: DatabaseSchema | undefined): SQLNamespace {
  return Object.fromEntries(
    (schema?.tables ?? []).map(({ name, columns }) => [
      // Names with dots would be read as a path.
      name.replaceAll('.', '\\.'),
      columns.map((column) => ({ label: column.name, type: 'property', detail: column.type })),
    ]),
  );
}
