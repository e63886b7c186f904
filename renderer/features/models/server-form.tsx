import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { ModelServer, ModelServerDraft, ModelServerTest } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Notice } from '../../components/notice.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatDuration } from '../../lib/format-values.ts';
import { queryKeys } from '../../lib/queries.ts';

const text = copy.models.servers;

interface Fields {
  name: string;
  url: string;
  model: string;
  apiKey: string;
  apiKeyEnv: string;
}

/** Adds a server, or changes one. */
export function ServerForm({ server, onDone }: { server: ModelServer | undefined; onDone(): void }) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const [fields, setFields] = useState<Fields>(() => readFields(server));
  const set = (changed: Partial<Fields>) => setFields((before) => ({ ...before, ...changed }));
  const draft = writeDraft(fields, server);
  const test = useMutation({
    mutationFn: () => {
      const { name: _, ...address } = draft;
      return core['models.testServer'](address);
    },
  });
  const save = useMutation({
    mutationFn: () => core['models.saveServer'](draft),
    onSuccess: async ({ name }) => {
      toast(text.saved(name));
      if (!server) setFields(readFields(undefined));
      test.reset();
      await cache.invalidateQueries({ queryKey: queryKeys.models });
      onDone();
    },
  });
  const title = server ? text.edit(server.name) : text.add;
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      <form
        className="card-body grid gap-[12px]"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <ServerFields
          fields={fields}
          hasKey={server?.hasKey === true}
          models={test.data?.kind === 'ok' ? test.data.models : []}
          onChange={set}
        />
        {test.data && <TestResult result={test.data} />}
        {test.isError && (
          <FailureNotice title={text.fails} error={test.error} onRetry={() => test.mutate()} />
        )}
        {save.isError && (
          <FailureNotice title={text.saveFailed} error={save.error} onRetry={() => save.mutate()} />
        )}
        <div className="flex gap-[8px]">
          <Button
            type="submit"
            variant="primary"
            disabled={!fields.name.trim() || !fields.url.trim() || save.isPending}
          >
            {text.save}
          </Button>
          <Button disabled={!fields.url.trim() || test.isPending} onClick={() => test.mutate()}>
            {test.isPending ? text.testing : text.test}
          </Button>
          {server && (
            <Button variant="ghost" onClick={onDone}>
              {text.cancel}
            </Button>
          )}
        </div>
      </form>
    </section>
  );
}

function readFields(server: ModelServer | undefined): Fields {
  const { name = '', url = '', model = '', apiKeyEnv = '' } = server ?? {};
  return { name, url, model, apiKeyEnv, apiKey: '' };
}

function writeDraft(fields: Fields, server: ModelServer | undefined): ModelServerDraft {
  const [name, url, model, apiKeyEnv] = [fields.name, fields.url, fields.model, fields.apiKeyEnv].map(
    (value) => value.trim(),
  ) as [string, string, string, string];
  return {
    ...(server ? { id: server.id } : {}),
    ...{ name, url },
    ...(model ? { model } : {}),
    ...(apiKeyEnv ? { apiKeyEnv } : {}),
    ...(fields.apiKey ? { apiKey: fields.apiKey } : {}),
  };
}

interface FieldsProps {
  fields: Fields;
  hasKey: boolean;
  models: string[];
  onChange(changed: Partial<Fields>): void;
}

function ServerFields({ fields, hasKey, models, onChange }: FieldsProps) {
  const listId = useId();
  return (
    <div className="grid grid-cols-2 items-start gap-[12px]">
      <Field label={text.name} value={fields.name} onChange={(name) => onChange({ name })} />
      <Field label={text.url} hint={text.urlHint} value={fields.url} onChange={(url) => onChange({ url })} />
      <Field
        label={text.model}
        hint={text.modelHint}
        value={fields.model}
        list={listId}
        onChange={(model) => onChange({ model })}
      />
      <datalist id={listId}>
        {models.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      <Field
        label={text.key}
        hint={hasKey ? text.keyKept : text.keyHint}
        type="password"
        value={fields.apiKey}
        onChange={(apiKey) => onChange({ apiKey })}
      />
      <Field label={text.keyEnv} value={fields.apiKeyEnv} onChange={(apiKeyEnv) => onChange({ apiKeyEnv })} />
    </div>
  );
}

interface FieldProps {
  label: string;
  hint?: string;
  type?: 'text' | 'password';
  list?: string;
  value: string;
  onChange(value: string): void;
}

function Field({ label, hint, type = 'text', list, value, onChange }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        list={list}
        className="input"
        spellCheck={false}
        autoComplete="off"
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint && (
        <p id={`${id}-hint`} className="m-0 text-xs text-text-2">
          {hint}
        </p>
      )}
    </div>
  );
}

function TestResult({ result }: { result: ModelServerTest }) {
  if (result.kind === 'failed')
    return <Notice tone="error" title={text.fails} message={result.error.message} hint={result.error.hint} />;
  const { latencyMs, models, written, probabilities } = result;
  return (
    <Notice
      tone="success"
      title={text.works(formatDuration(latencyMs), models.join(', '))}
      message={written === undefined ? undefined : text.wrote(written)}
      hint={written !== undefined && probabilities === false ? text.noProbabilities : undefined}
    />
  );
}
