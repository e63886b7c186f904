import { Copy, FolderOpen } from 'lucide-react';
import type { FolderStep, PreparedFolder } from '../../../../../core/contract/index.ts';
import { IconButton } from '../../../../components/button.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { useToast } from '../../../../components/toaster.tsx';
import { copy } from '../../../../copy.ts';
import { copyText } from '../../../../lib/clipboard.ts';
import { formatBytes } from '../../../../lib/format-values.ts';
import { findShell } from '../../../../lib/shell.ts';

const text = copy.wizard.start;

interface FolderStepsProps {
  /** The engine's. */
  name: string;
  prepared: PreparedFolder;
  /** It was prepared from another draft. */
  isStale: boolean;
}

/** Where a prepared folder lies, and what is done with it, line by line. */
export function FolderSteps({ name, prepared, isStale }: FolderStepsProps) {
  const { folder, bytes, steps } = prepared;
  const shell = findShell();
  const copyToast = useCopy();
  return (
    <section
      aria-label={text.prepared(name)}
      className="grid min-w-0 gap-3 rounded-m border border-border p-4"
    >
      <div className="flex items-start gap-2">
        <div className="grid min-w-0 flex-1 gap-1">
          <h4 className="m-0 text-s font-semibold">{text.prepared(name)}</h4>
          <p className="font-mono text-xs [overflow-wrap:anywhere]">{folder}</p>
          <p className="text-xs text-text-2">{text.preparedSize(formatBytes(bytes))}</p>
        </div>
        {shell && (
          <IconButton
            icon={FolderOpen}
            label={text.revealFolder}
            onClick={() => void shell.revealPath(folder)}
          />
        )}
        <IconButton icon={Copy} label={text.copyFolder} onClick={() => void copyToast(folder)} />
      </div>
      {isStale && <Notice tone="warning" title={text.stale} />}
      <ol className="m-0 grid list-decimal gap-3 pl-5 text-s">
        {steps.map((step, at) => (
          <Step key={step.text} step={step} number={at + 1} onCopy={copyToast} />
        ))}
      </ol>
    </section>
  );
}

interface StepProps {
  step: FolderStep;
  number: number;
  onCopy(command: string): Promise<void>;
}

function Step({ step: { text: said, command }, number, onCopy }: StepProps) {
  return (
    <li>
      <p>{said}</p>
      {command !== undefined && (
        <div className="mt-1 flex items-start gap-1 rounded-m bg-surface-2 py-1 pr-1 pl-3">
          <code className="min-w-0 flex-1 py-1 font-mono text-xs [overflow-wrap:anywhere]">{command}</code>
          <IconButton icon={Copy} label={text.copyCommand(number)} onClick={() => void onCopy(command)} />
        </div>
      )}
    </li>
  );
}

function useCopy() {
  const toast = useToast();
  return async (content: string) =>
    toast((await copyText(content)) ? copy.common.copied : copy.common.copyFailed);
}
