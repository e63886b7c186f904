import { FileArchive, FolderOpen, Play } from 'lucide-react';
import { useId, useState } from 'react';
import * as z from 'zod';
import { Button } from '../../../components/button.tsx';
import { copy } from '../../../copy.ts';
import { findShell } from '../../../lib/shell.ts';
import { keep, readKept } from '../kept.ts';

const text = copy.dataset.pipeline;

interface SourceCardProps {
  isBusy: boolean;
  /** Whether there is nothing yet: then the way to get Spider stands open. */
  isMissing: boolean;
  folder: string | undefined;
  onImport(source: string): void;
}

/** Where the release is: chosen in the desktop app, typed in a browser, which sees no paths. */
export function SourceCard({ isBusy, isMissing, folder, onImport }: SourceCardProps) {
  const pathId = useId();
  const [path, setPath] = useState(() => z.string().safeParse(readKept('source')).data ?? '');
  const [isRefused, setRefused] = useState(false);
  const change = (next: string): void => {
    keep('source', next);
    setPath(next);
    setRefused(false);
  };
  return (
    <section className="card" aria-label={text.sourceTitle}>
      <div className="card-head">
        <h2>{text.sourceTitle}</h2>
      </div>
      <form
        className="card-body grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim() === '') setRefused(true);
          else onImport(path.trim());
        }}
      >
        <div className="field">
          <label htmlFor={pathId}>{text.path}</label>
          <div className="flex flex-wrap gap-2">
            <input
              id={pathId}
              className="input min-w-[260px] flex-1"
              spellCheck={false}
              placeholder={text.pathPlaceholder}
              aria-invalid={isRefused}
              aria-describedby={`${pathId}-note`}
              value={path}
              onChange={({ target }) => change(target.value)}
            />
            <PickButtons onPick={change} />
            <Button variant="primary" icon={Play} type="submit" disabled={isBusy}>
              {text.import}
            </Button>
          </div>
          <p id={`${pathId}-note`} className={isRefused ? 'field-error' : 'field-note'}>
            {isRefused ? text.pathMissing : text.sourceHint}
          </p>
        </div>
        <details className="text-s" open={isMissing}>
          <summary className="cursor-pointer font-semibold">{text.manualTitle}</summary>
          <ol className="mt-2 grid list-decimal! gap-1 pl-6!">
            {text.manual.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
        {folder !== undefined && (
          <p className="text-xs break-all text-text-2">
            {text.folder}: <code>{folder}</code>
          </p>
        )}
      </form>
    </section>
  );
}

function PickButtons({ onPick }: { onPick(path: string): void }) {
  const shell = findShell();
  if (!shell) return null;
  const pick = async (kind: 'file' | 'folder'): Promise<void> => {
    const extensions = kind === 'file' ? { extensions: ['zip'] } : {};
    const picked = await shell.pickPath({ kind, title: text.pickTitle, ...extensions });
    if (picked !== null) onPick(picked);
  };
  return (
    <>
      <Button icon={FileArchive} onClick={() => void pick('file')}>
        {text.pickZip}
      </Button>
      <Button icon={FolderOpen} onClick={() => void pick('folder')}>
        {text.pickFolder}
      </Button>
    </>
  );
}
