import { Play } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import {
  AppError,
  evaluationModeSchema,
  type EvaluationSummary,
  type SplitInfo,
} from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Notice } from '../../../components/notice.tsx';
import { copy } from '../../../copy.ts';
import { useLinkState } from '../../../lib/core-context.tsx';
import { formatDuration } from '../../../lib/format-values.ts';
import { useActiveJobs } from '../../../lib/jobs.tsx';
import { hrefOf } from '../../../lib/navigation.ts';
import { fileNameOfTwin } from '../../../lib/models.ts';
import { usePreferences } from '../../../lib/preferences.ts';
import { useModels, useSplits } from '../evaluation-queries.ts';
import {
  countQuestions,
  emptyDraft,
  estimateRun,
  findProblems,
  otherModel,
  toRequest,
  type DraftProblem,
  type EvaluationDraft,
} from './draft.ts';
import { useStart } from './use-start.ts';

const text = copy.evaluation.start;

/** What was typed outlives a look at another page. */
let kept = emptyDraft;

/** @param runs earlier ones, for the estimate */
export function StartForm({ runs }: { runs: readonly EvaluationSummary[] }) {
  const [typed, setDraft] = useState(kept);
  const [isChecked, setChecked] = useState(false);
  const splits = useSplits();
  const models = useModels();
  const start = useStart();
  const isConnected = useLinkState().kind === 'connected';
  const inUse = usePreferences().modelPath || models.data?.find(({ embedded }) => embedded)?.path;
  // Named by its path, so that the run says which model it was.
  const draft = { ...typed, model: typed.model || (inUse ?? '') };
  const change = (changed: Partial<EvaluationDraft>) => {
    kept = { ...typed, ...changed };
    setDraft(kept);
  };
  const split = splits.data?.find((one) => one.split === draft.split);
  const problems = findProblems(draft);
  const shown = isChecked ? problems : [];
  const fields = { draft, change, problems: shown };
  return (
    <form
      className="card"
      aria-label={text.title}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (problems.length === 0) start.mutate(toRequest(draft));
      }}
    >
      <div className="card-head">
        <h2>{text.title}</h2>
      </div>
      <div className="card-body grid gap-4">
        {splits.isError && (
          <FailureNotice
            title={text.splitsFailed}
            error={splits.error}
            onRetry={() => void splits.refetch()}
          />
        )}
        {models.isError && (
          <FailureNotice
            title={text.modelsFailed}
            error={models.error}
            onRetry={() => void models.refetch()}
          />
        )}
        <div className="grid grid-cols-[repeat(auto-fit,minmax(220px,1fr))] gap-4">
          <ModelField {...fields} models={models.data ?? []} />
          <SplitField {...fields} splits={splits.data ?? []} />
          <DatabaseField {...fields} split={split} />
          <LimitField {...fields} split={split} />
          <ModeField {...fields} />
          {draft.mode === 'voted' && <CandidatesField {...fields} />}
          <SuiteField {...fields} />
        </div>
        {(splits.data ?? []).some(({ needsDataset, missing }) => needsDataset && missing) && (
          <p className="text-s text-text-2">
            {text.needsDataset} <a href={hrefOf('dataset', 'pipeline')}>{text.toDataset}</a>
          </p>
        )}
        {start.isError && <StartFailure error={start.error} />}
        <div className="flex flex-wrap items-center gap-4">
          <Forecast draft={draft} split={split} runs={runs} isSound={problems.length === 0} />
          <Button
            type="submit"
            variant="primary"
            icon={Play}
            disabled={!isConnected || start.isPending || !split || split.missing !== undefined}
          >
            {start.isPending ? text.starting : text.go}
          </Button>
        </div>
      </div>
    </form>
  );
}

function StartFailure({ error }: { error: unknown }) {
  const { message, hint } = AppError.from(error);
  return <Notice tone="error" title={text.failed} message={message} hint={hint} />;
}

interface ForecastProps {
  draft: EvaluationDraft;
  split: SplitInfo | undefined;
  runs: readonly EvaluationSummary[];
  isSound: boolean;
}

/** How long it will take, as far as that is known, and what it waits for. */
function Forecast({ draft, split, runs, isSound }: ForecastProps) {
  const active = useActiveJobs();
  if (!split || split.missing || !isSound) return <span className="grow" />;
  const questions = countQuestions(draft, split);
  const estimate = estimateRun(toRequest(draft), questions, runs);
  const parts = [
    estimate
      ? text.estimate(
          ...([formatDuration(estimate.totalMs), questions, formatDuration(estimate.eachMs)] as const),
          copy.evaluation.when(estimate.measuredAt),
        )
      : text.unknown(questions),
    draft.testSuite ? text.suiteBesides : '',
    active.some(({ kind }) => kind === 'evaluation') ? text.waits : '',
  ];
  return (
    <p className="grow text-s text-text-2" role="status">
      {parts.filter(Boolean).join(' ')}
    </p>
  );
}

interface FieldProps {
  draft: EvaluationDraft;
  change(changed: Partial<EvaluationDraft>): void;
  problems: readonly DraftProblem[];
}

interface LabelledProps {
  label: string;
  note?: string | undefined;
  error?: string | undefined;
  children(props: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }): ReactNode;
}

function Labelled({ label, note, error, children }: LabelledProps) {
  const id = useId();
  return (
    <div className="field content-start">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': `${id}-note`, 'aria-invalid': error !== undefined })}
      <p id={`${id}-note`} className={error === undefined ? 'field-note' : 'field-error'}>
        {error ?? note}
      </p>
    </div>
  );
}

function ModelField({
  draft,
  change,
  problems,
  models,
}: FieldProps & { models: { path: string; name: string }[] }) {
  const path = problems.includes('path') ? text.pathWrong : undefined;
  const isListed = models.some((one) => one.path === draft.model) || draft.model === otherModel;
  return (
    <div className="grid content-start gap-2">
      <Labelled label={text.model}>
        {(props) => (
          <select
            {...props}
            className="input"
            value={draft.model}
            onChange={(event) => change({ model: event.target.value })}
          >
            {!isListed && <option value={draft.model}>{draft.model || copy.common.loading}</option>}
            {models.map((model) => (
              <option key={model.path} value={model.path}>
                {[model.name, fileNameOfTwin(model, models)].filter(Boolean).join(', ')}
              </option>
            ))}
            <option value={otherModel}>{text.modelFile}</option>
          </select>
        )}
      </Labelled>
      {draft.model === otherModel && (
        <Labelled label={text.modelPath} error={path}>
          {(props) => (
            <input
              {...props}
              className="input mono"
              spellCheck={false}
              placeholder={text.modelPathPlaceholder}
              value={draft.typedPath}
              onChange={(event) => change({ typedPath: event.target.value })}
            />
          )}
        </Labelled>
      )}
    </div>
  );
}

function SplitField({ draft, change, splits }: FieldProps & { splits: SplitInfo[] }) {
  const label = ({ split, questions, missing, needsDataset }: SplitInfo) => {
    const { name } = copy.evaluation.splits[split];
    if (!missing) return text.splitCount(name, questions);
    return needsDataset ? text.splitMissing(name) : text.splitNone(name);
  };
  return (
    <Labelled label={text.split} note={copy.evaluation.splits[draft.split].about}>
      {(props) => (
        <select
          {...props}
          className="input"
          value={draft.split}
          onChange={(event) => {
            const split = splits.find((one) => one.split === event.target.value);
            if (split) change({ split: split.split, db: '' });
          }}
        >
          {splits.map((split) => (
            <option key={split.split} value={split.split} disabled={split.missing !== undefined}>
              {label(split)}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function DatabaseField({ draft, change, split }: FieldProps & { split: SplitInfo | undefined }) {
  return (
    <Labelled label={text.database}>
      {(props) => (
        <select
          {...props}
          className="input"
          value={draft.db}
          onChange={(event) => change({ db: event.target.value })}
        >
          <option value="">{text.allDatabases}</option>
          {(split?.databases ?? []).map(({ db, questions }) => (
            <option key={db} value={db}>
              {text.splitCount(db, questions)}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function LimitField({ draft, change, problems, split }: FieldProps & { split: SplitInfo | undefined }) {
  const all = countQuestions({ ...draft, limit: '' }, split);
  return (
    <Labelled
      label={text.limit}
      note={text.limitHint(all)}
      error={problems.includes('limit') ? text.limitWrong : undefined}
    >
      {(props) => (
        <input
          {...props}
          className="input"
          inputMode="numeric"
          value={draft.limit}
          onChange={(event) => change({ limit: event.target.value })}
        />
      )}
    </Labelled>
  );
}

function ModeField({ draft, change }: FieldProps) {
  return (
    <Labelled label={text.mode} note={copy.evaluation.modes[draft.mode].about}>
      {(props) => (
        <select
          {...props}
          className="input"
          value={draft.mode}
          onChange={(event) => change({ mode: evaluationModeSchema.parse(event.target.value) })}
        >
          {evaluationModeSchema.options.map((mode) => (
            <option key={mode} value={mode}>
              {copy.evaluation.modes[mode].name}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function CandidatesField({ draft, change, problems }: FieldProps) {
  return (
    <Labelled
      label={text.candidates}
      note={text.candidatesHint}
      error={problems.includes('candidates') ? text.candidatesWrong : undefined}
    >
      {(props) => (
        <input
          {...props}
          className="input"
          inputMode="numeric"
          value={draft.candidates}
          onChange={(event) => change({ candidates: event.target.value })}
        />
      )}
    </Labelled>
  );
}

function SuiteField({ draft, change, problems }: FieldProps) {
  return (
    <div className="grid content-start gap-2">
      <label className="flex items-center gap-2 text-s font-medium">
        <input
          type="checkbox"
          className="m-0 accent-accent"
          checked={draft.testSuite}
          onChange={(event) => change({ testSuite: event.target.checked })}
        />
        {text.testSuite}
      </label>
      <p className="field-note">{text.testSuiteHint}</p>
      {draft.testSuite && (
        <Labelled
          label={text.fillings}
          error={problems.includes('fillings') ? text.fillingsWrong : undefined}
        >
          {(props) => (
            <input
              {...props}
              className="input"
              inputMode="numeric"
              value={draft.fillings}
              onChange={(event) => change({ fillings: event.target.value })}
            />
          )}
        </Labelled>
      )}
    </div>
  );
}
