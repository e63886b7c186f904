import { useMutation } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { AppError, type PriceTable } from '../../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { copy } from '../../../../copy.ts';
import { useCore } from '../../../../lib/core-context.tsx';
import { TextField } from '../labelled.tsx';
import {
  changePrice,
  isStorageDateWrong,
  isStorageWrong,
  isWrong,
  newPrice,
  readPrices,
  today,
  typePrices,
  type TypedPrice,
  type TypedPrices,
} from './price-values.ts';

const text = copy.wizard.estimate.prices;

interface PriceDialogProps {
  prices: PriceTable;
  onSaved(prices: PriceTable): void;
  onClose(): void;
}

export function PriceDialog({ prices, onSaved, onClose }: PriceDialogProps) {
  const core = useCore();
  const [typed, setTyped] = useState(() => typePrices(prices));
  const [isChecked, setChecked] = useState(false);
  const read = readPrices(typed);
  const save = useMutation({
    mutationFn: (table: PriceTable) => core['training.setPrices'](table),
    onSuccess: onSaved,
  });
  const change = (part: Partial<TypedPrices>) => setTyped({ ...typed, ...part });
  function submit(): void {
    setChecked(true);
    if (read) save.mutate(read);
  }
  return (
    <Dialog
      title={text.title}
      shape="wide"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{copy.common.cancel}</Button>
          <Button variant="primary" disabled={save.isPending} onClick={submit}>
            {text.save}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <p className="text-text-2">{text.intro}</p>
        <PriceLines typed={typed} isChecked={isChecked} onChange={(hardware) => change({ hardware })} />
        <div>
          <Button small icon={Plus} onClick={() => change({ hardware: [...typed.hardware, newPrice()] })}>
            {text.add}
          </Button>
        </div>
        <div className="grid gap-4 min-[760px]:grid-cols-2">
          <TextField
            label={text.storage}
            inputMode="decimal"
            value={typed.storagePerGibMonth}
            aria-invalid={isChecked && isStorageWrong(typed)}
            onChange={(storagePerGibMonth) => change({ storagePerGibMonth, storageAsOf: today() })}
          />
          <TextField
            label={text.storageAsOf}
            type="date"
            value={typed.storageAsOf}
            aria-invalid={isChecked && isStorageDateWrong(typed)}
            onChange={(storageAsOf) => change({ storageAsOf })}
          />
        </div>
        {isChecked && !read && <Notice tone="error" title={text.wrong} />}
        {save.isError && <SaveFailure error={save.error} />}
      </div>
    </Dialog>
  );
}

function SaveFailure({ error }: { error: unknown }) {
  const { message, hint } = AppError.from(error);
  return <Notice tone="error" title={text.saveFailed} message={message} hint={hint} />;
}

const columns = [
  { field: 'title', label: text.name, width: 'min-w-[190px]' },
  { field: 'gpu', label: text.gpu, width: 'min-w-[200px]' },
  { field: 'memoryGib', label: text.memory, width: 'min-w-[84px]' },
  { field: 'perHour', label: text.perHour, width: 'min-w-[84px]' },
  { field: 'currency', label: text.currency, width: 'min-w-[76px]' },
  { field: 'asOf', label: text.asOf, width: 'min-w-[140px]' },
  { field: 'source', label: text.source, width: 'min-w-[180px]' },
] as const satisfies { field: keyof TypedPrice; label: string; width: string }[];

interface LinesProps {
  typed: TypedPrices;
  isChecked: boolean;
  onChange(hardware: TypedPrice[]): void;
}

function PriceLines({ typed: { hardware }, isChecked, onChange }: LinesProps) {
  return (
    <div className="scroll overflow-x-auto" role="region" aria-label={text.hardware} tabIndex={0}>
      <table className="w-full border-collapse text-s" aria-label={text.hardware}>
        <thead className="text-text-2">
          <tr>
            {columns.map(({ field, label }) => (
              <th key={field} className="px-1 pb-1 text-left font-medium whitespace-nowrap">
                {label}
              </th>
            ))}
            <th>
              <span className="visually-hidden">{copy.common.remove}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {hardware.map((price, index) => (
            <tr key={price.id}>
              {columns.map(({ field, label, width }) => (
                <td key={field} className={`p-1 ${width}`}>
                  <input
                    className="input small"
                    type={field === 'asOf' ? 'date' : 'text'}
                    inputMode={field === 'memoryGib' || field === 'perHour' ? 'decimal' : undefined}
                    autoComplete="off"
                    spellCheck={false}
                    aria-label={text.of(label, index + 1)}
                    aria-invalid={isChecked && isWrong(price, field)}
                    value={price[field]}
                    onChange={({ target }) =>
                      onChange(
                        hardware.map((one) =>
                          one === price ? changePrice(price, field, target.value) : one,
                        ),
                      )
                    }
                  />
                </td>
              ))}
              <td>
                <IconButton
                  icon={Trash2}
                  label={text.remove(price.title || text.aLine(index + 1))}
                  onClick={() => onChange(hardware.filter((one) => one !== price))}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
