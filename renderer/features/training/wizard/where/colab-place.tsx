import { copy } from '../../../../copy.ts';
import { PickPath, TextField } from '../labelled.tsx';
import type { ProblemId } from '../resolve.ts';
import type { Wizard } from '../use-wizard.ts';

const text = copy.wizard.where;

/** The names that the notebook is filled in with. */
export function ColabPlace({ wizard: { form, change, resolved } }: { wizard: Wizard }) {
  const errorOf = (id: ProblemId, typed: string) =>
    // An empty field is missing, not wrong: the foot of the step says so.
    typed.trim() !== '' && resolved.problems.some((problem) => problem.id === id)
      ? copy.wizard.problems[id]
      : undefined;
  return (
    <>
      <div className="grid gap-4 min-[760px]:grid-cols-3">
        <TextField
          label={text.projectId}
          note={text.projectHint}
          error={errorOf('badProject', form.projectId)}
          mono
          placeholder="my-project-123"
          value={form.projectId}
          onChange={(projectId) => change({ projectId })}
        />
        <TextField
          label={text.bucket}
          note={text.bucketHint}
          error={errorOf('badBucket', form.bucketName)}
          mono
          placeholder="my-training-runs"
          value={form.bucketName}
          onChange={(bucketName) => change({ bucketName })}
        />
        <TextField
          label={text.prefix}
          note={text.prefixHint}
          mono
          value={form.prefix}
          onChange={(prefix) => change({ prefix })}
        />
      </div>
      <div className="grid gap-2 [&>button]:justify-self-start">
        <TextField
          label={text.keyFile}
          note={text.keyFileHint}
          mono
          value={form.keyPath}
          onChange={(keyPath) => change({ keyPath })}
        />
        <PickPath kind="file" title={copy.wizard.data.chooseFile} onPick={(keyPath) => change({ keyPath })} />
      </div>
      <p className="max-w-[90ch] text-s text-text-2">{text.colabSteps}</p>
    </>
  );
}
