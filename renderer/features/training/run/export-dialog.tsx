import { useState, type FormEvent } from 'react';
import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { copy } from '../../../copy.ts';
import type { ExportRequest, RunVerbs } from './use-run-verbs.ts';

const text = copy.training.ask.export;
const types = ['Q4_K_M', 'Q5_K_M', 'Q6_K', 'Q8_0', 'F16'] as const satisfies ExportRequest['types'];
type QuantizationType = (typeof types)[number];

interface ExportDialogProps {
  run: TrainingRunInfo;
  verbs: RunVerbs;
  /** Defaults to the best. */
  checkpoint: string | undefined;
  onClose(): void;
}

function isAdapter({ draft, started }: TrainingRunInfo): boolean {
  const method = started?.method ?? draft?.recipe.method;
  return method === 'lora' || method === 'qlora';
}

/** Asks for the types that a run is exported to, and from which checkpoint. */
export function ExportDialog({ run, verbs, checkpoint, onClose }: ExportDialogProps) {
  const [chosen, setChosen] = useState<readonly QuantizationType[]>(() => {
    const wanted = run.draft?.recipe.quantize ?? [];
    return wanted.length > 0 ? wanted : ['Q8_0'];
  });
  const [from, setFrom] = useState(checkpoint ?? '');
  const here = run.checkpoints.filter((one) => one.here);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (chosen.length === 0) return;
    onClose();
    const ordered = types.filter((type) => chosen.includes(type));
    verbs.export({ types: ordered, ...(from && { checkpoint: from }) });
  }
  return (
    <Dialog
      title={text.title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{copy.common.cancel}</Button>
          <Button variant="primary" type="submit" form="export-run" disabled={chosen.length === 0}>
            {text.action}
          </Button>
        </>
      }
    >
      <form id="export-run" className="grid gap-4" onSubmit={submit}>
        <p className="text-text-2">{isAdapter(run) ? text.intro : text.introWhole}</p>
        <fieldset className="m-0 grid gap-2 border-0 p-0">
          <legend className="mb-1 p-0 text-s font-semibold">{text.types}</legend>
          {types.map((type) => (
            <label key={type} className="flex items-start gap-2">
              <input
                type="checkbox"
                className="mt-1 accent-accent"
                checked={chosen.includes(type)}
                onChange={({ target }) =>
                  setChosen(target.checked ? [...chosen, type] : chosen.filter((one) => one !== type))
                }
              />
              <span>
                <span className="font-mono text-s">{type}</span>
                <span className="block text-xs text-text-2">{text.about[type]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {chosen.length === 0 && <p className="text-s text-danger">{text.none}</p>}
        <label className="grid gap-1 text-s">
          {text.from}
          <select className="input w-[320px]" value={from} onChange={({ target }) => setFrom(target.value)}>
            <option value="">{text.best(run.checkpoints.find(({ isBest }) => isBest)?.name)}</option>
            {here.map(({ name, isBest }) => (
              <option key={name} value={name}>
                {isBest ? text.isBest(name) : name}
              </option>
            ))}
          </select>
        </label>
      </form>
    </Dialog>
  );
}
