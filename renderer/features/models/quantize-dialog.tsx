import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ListedModel, QuantizationType } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';

const types = Object.keys(copy.models.quantizeNotes) as QuantizationType[];
const whole = /^(ALL_F32|MOSTLY_F16|MOSTLY_BF16|unknown)$/;

/** The usual two, less the one that the file has already. */
function proposeTypes(quantization: string): ReadonlySet<QuantizationType> {
  const usual: readonly QuantizationType[] = ['Q8_0', 'Q4_K_M'];
  return new Set(usual.filter((type) => !quantization.endsWith(type)));
}

/** Several types at once, as one job. */
export function QuantizeDialog({ model, onClose }: { model: ListedModel; onClose(): void }) {
  const core = useCore();
  const toast = useToast();
  const [chosen, setChosen] = useState<ReadonlySet<QuantizationType>>(() => proposeTypes(model.quantization));
  const [again, setAgain] = useState(false);
  const isWhole = whole.test(model.quantization);
  const start = useMutation({
    mutationFn: () =>
      core['models.startQuantize']({
        path: model.path,
        types: types.filter((type) => chosen.has(type)),
        allowRequantize: again,
      }),
    onSuccess: () => {
      toast(copy.models.quantizeStarted);
      onClose();
    },
  });
  function toggle(type: QuantizationType): void {
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(type)) after.add(type);
      return after;
    });
  }
  return (
    <Dialog
      title={copy.models.quantizeTitle(model.name)}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{copy.common.cancel}</Button>
          <Button
            variant="primary"
            disabled={chosen.size === 0 || start.isPending || (!isWhole && !again)}
            onClick={() => start.mutate()}
          >
            {copy.models.quantizeStart}
          </Button>
        </>
      }
    >
      <p className="muted">{copy.models.quantizeHint}</p>
      <fieldset className="m-0 grid gap-[8px] border-0 p-0">
        <legend className="mb-[4px] font-semibold">{copy.models.quantizeTypes}</legend>
        {types.map((type) => (
          <label key={type} className="flex items-baseline gap-[8px]">
            <input type="checkbox" checked={chosen.has(type)} onChange={() => toggle(type)} />
            <span className="w-[72px] font-mono">{type}</span>
            <span className="text-s text-text-2">{copy.models.quantizeNotes[type as 'F16']}</span>
          </label>
        ))}
      </fieldset>
      {!isWhole && (
        <label className="flex items-baseline gap-[8px]">
          <input type="checkbox" checked={again} onChange={() => setAgain(!again)} />
          {copy.models.requantize}
        </label>
      )}
      {start.isError && (
        <FailureNotice title={copy.models.actFailed} error={start.error} onRetry={() => start.mutate()} />
      )}
    </Dialog>
  );
}
