import { X } from 'lucide-react';
import { IconButton } from '../../../../components/button.tsx';
import { copy } from '../../../../copy.ts';
import type { TypedFile } from '../form.ts';
import { PickPath, TextField } from '../labelled.tsx';
import { WeightField } from './source-row.tsx';

const text = copy.wizard.data;

interface FileRowProps {
  file: TypedFile;
  /** Counted from 1. */
  index: number;
  onChange(file: TypedFile): void;
  onRemove(): void;
}

export function FileRow({ file, index, onChange, onRemove }: FileRowProps) {
  return (
    <div className="flex flex-wrap items-end gap-3">
      <div className="min-w-[260px] flex-1">
        <TextField
          label={text.path(index)}
          mono
          placeholder="/home/ada/examples.jsonl"
          value={file.path}
          onChange={(path) => onChange({ ...file, path })}
        />
      </div>
      <div className="flex flex-wrap items-center gap-3 pb-[6px]">
        <PickPath kind="file" title={text.chooseFile} onPick={(path) => onChange({ ...file, path })} />
        <WeightField
          title={text.fileName(index)}
          weight={file.weight}
          onChange={(weight) => onChange({ ...file, weight })}
        />
        <IconButton icon={X} label={text.takeOut(text.fileName(index))} onClick={onRemove} />
      </div>
    </div>
  );
}
