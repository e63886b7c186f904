import { Copy, Eye, Play, ScrollText, Wrench } from 'lucide-react';
import type { Ref } from 'react';
import type { SqlSource, Answer, DatabaseSchema } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { SqlEditor, type SqlEditorHandle } from '../../components/sql-editor/sql-editor.tsx';
import { JoinsLink, JoinWarnings, useStatementJoins } from '../../components/statement-joins.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { copyText } from '../../lib/clipboard.ts';
import type { AskState } from './ask-state.ts';
import { useNamespace } from './completion.ts';

interface SqlPanelProps {
  connectionId: string | undefined;
  state: AskState;
  schema: DatabaseSchema | undefined;
  canRun: boolean;
  /** The statement changes rows, and is previewed in the place of being run. */
  previews: boolean;
  onType(sql: string): void;
  onRun(): void;
  onShowDetails(): void;
  onRepair(): void;
  editorRef: Ref<SqlEditorHandle>;
}

function describeSource(source: SqlSource, answer: Answer | undefined): string {
  if (source.kind === 'model') return describeWriting(source.model, answer);
  if (source.kind === 'edited') return copy.sql.edited;
  if (source.kind === 'typed') return copy.sql.typed;
  return source.kind === 'history' ? copy.sql.fromHistory : '';
}

/** Rules change an earlier statement; everything else a model has written. */
function describeWriting(model: string, answer: Answer | undefined): string {
  if (answer?.repaired) return copy.sql.repairedBy(model);
  if (answer?.followUp === 'rewritten') return copy.sql.rewritten;
  return answer?.followUp === 'new' ? copy.sql.writtenAlone(model) : copy.sql.writtenBy(model);
}

function describeIgnored(answer: Answer | undefined): string | undefined {
  if (!answer?.ignoredAdapter) return undefined;
  const { path, reason } = answer.ignoredAdapter;
  return copy.models.chooser.ignoredAdapter(path.split(/[\\/]/).at(-1) ?? path, reason);
}

export function SqlPanel(props: SqlPanelProps) {
  const { state, schema, canRun, onType, onRun, onShowDetails, editorRef } = props;
  const toast = useToast();
  const namespace = useNamespace(schema);
  const writing = state.work?.kind === 'ask';
  const joins = useStatementJoins(schema && props.connectionId, writing ? '' : state.sql);
  const empty = state.sql.trim() === '';
  const note = writing ? copy.sql.writing : describeSource(state.source, state.answer);
  const ignored = state.source.kind === 'model' ? describeIgnored(state.answer) : undefined;
  async function copySql(): Promise<void> {
    toast((await copyText(state.sql)) ? copy.common.copied : copy.common.copyFailed);
  }
  return (
    <section className="card sql-card" aria-label={copy.sql.title}>
      <div className="card-head">
        <h2>{copy.sql.title}</h2>
        {note && <span className="badge truncate">{note}</span>}
        {ignored && (
          <span className="badge truncate text-warning" title={ignored}>
            {copy.sql.withoutAdapter}
          </span>
        )}
        <span className="grow" />
        {state.problem?.canRepair && !empty && (
          <Button small icon={Wrench} disabled={!canRun} onClick={props.onRepair}>
            {copy.conversation.repair.action}
          </Button>
        )}
        {joins && <JoinsLink href={joins.href} />}
        {(state.prompt ?? schema) && (
          <Button variant="ghost" small icon={ScrollText} onClick={onShowDetails}>
            {copy.sql.details}
          </Button>
        )}
        <Button variant="ghost" small icon={Copy} disabled={empty} onClick={() => void copySql()}>
          {copy.sql.copySql}
        </Button>
        <Button
          small
          icon={props.previews ? Eye : Play}
          title={props.previews ? copy.writes.previewHint : copy.sql.run}
          keyHint={copy.sql.runHint}
          variant={state.proposed ? 'primary' : 'secondary'}
          disabled={empty || !canRun}
          onClick={onRun}
        >
          {props.previews ? copy.writes.preview : copy.sql.run}
        </Button>
      </div>
      <SqlEditor
        ref={editorRef}
        value={state.sql}
        onChange={onType}
        onRun={() => {
          if (canRun && !empty) onRun();
        }}
        readOnly={writing}
        label={copy.sql.editor}
        placeholderText={copy.sql.placeholder}
        namespace={namespace}
        defaultNamespace={schema?.searchPath[0]}
        errorOffset={state.problem?.errorOffset}
        errorMessage={state.problem?.message}
      />
      {joins && <JoinWarnings warnings={joins.warnings} />}
    </section>
  );
}
