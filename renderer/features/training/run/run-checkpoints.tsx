import { Copy, Download, FolderOpen } from 'lucide-react';
import type { TrainingCheckpoint, TrainingRunInfo } from '../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { Tag } from '../../../components/tag.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { copyText } from '../../../lib/clipboard.ts';
import { formatBytes, formatCount } from '../../../lib/format-values.ts';
import { findShell } from '../../../lib/shell.ts';
import type { RunVerbs } from './use-run-verbs.ts';

const text = copy.training.checkpoints;

interface RunCheckpointsProps {
  run: TrainingRunInfo;
  verbs: RunVerbs;
  onExport(checkpoint: string): void;
}

/** What a run left on disk: its checkpoints, and the files that were made of them. */
export function RunCheckpoints({ run, verbs, onExport }: RunCheckpointsProps) {
  const { checkpoints, can } = run;
  const away = checkpoints.filter(({ here }) => !here).length;
  const bytes = checkpoints.reduce((sum, one) => sum + one.bytes, 0);
  return (
    <div className="grid content-start gap-4">
      <section className="card min-w-0" aria-label={text.title}>
        <div className="card-head">
          <h2>{text.title}</h2>
          {checkpoints.length > 0 && (
            <span className="text-xs text-text-2 tabular-nums">
              {text.sum(checkpoints.length, formatBytes(bytes))}
            </span>
          )}
          <span className="grow" />
          {can.fetch && (
            <Button small icon={Download} disabled={verbs.isBusy} onClick={verbs.fetch}>
              {away > 0 ? text.fetchSome(away) : copy.training.verbs.fetch}
            </Button>
          )}
        </div>
        {checkpoints.length === 0 ? (
          <p className="card-body text-s text-text-2">{text.none}</p>
        ) : (
          <CheckpointTable checkpoints={checkpoints} canExport={can.export} onExport={onExport} />
        )}
      </section>
      <Files run={run} />
    </div>
  );
}

interface CheckpointTableProps {
  checkpoints: readonly TrainingCheckpoint[];
  canExport: boolean;
  onExport(checkpoint: string): void;
}

function CheckpointTable({ checkpoints, canExport, onExport }: CheckpointTableProps) {
  const { columns } = text;
  const head = [columns.name, columns.step, columns.loss, columns.accuracy, columns.size, columns.place];
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={text.title}>
      <table className="w-full border-collapse text-s" aria-label={text.title}>
        <thead>
          <tr className="text-left text-xs text-text-2 [&>th]:border-b [&>th]:border-border [&>th]:px-4 [&>th]:py-2 [&>th]:font-semibold">
            {head.map((one) => (
              <th key={one} scope="col">
                {one}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">{text.export}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {checkpoints.toReversed().map((one) => (
            <tr
              key={one.name}
              className="hover:bg-surface-2 [&>td]:border-b [&>td]:border-border [&>td]:px-4 [&>td]:py-2 [&>td]:tabular-nums last:[&>td]:border-b-0"
            >
              <td className="font-mono whitespace-nowrap">
                {one.name} {one.isBest && <Tag tone="success">{text.best}</Tag>}
              </td>
              <td>{formatCount(one.step)}</td>
              <td>{one.validationLoss?.toFixed(4) ?? copy.training.missing}</td>
              <td>
                {one.executionAccuracy === undefined
                  ? copy.training.missing
                  : `${(one.executionAccuracy * 100).toFixed(1)} %`}
              </td>
              <td className="whitespace-nowrap">{formatBytes(one.bytes)}</td>
              <td className="whitespace-nowrap">{one.here ? text.here : text.away}</td>
              <td className="text-right">
                {canExport && one.here && (
                  <Button
                    small
                    variant="ghost"
                    aria-label={text.exportOf(one.name)}
                    onClick={() => onExport(one.name)}
                  >
                    {text.export}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Files({ run: { artifacts, runDir } }: { run: TrainingRunInfo }) {
  const files = [
    ...artifacts.map(({ kind, path, bytes, here }) => ({ name: text.kinds[kind], path, bytes, here })),
    { name: text.folder, path: runDir, bytes: undefined, here: true },
  ];
  return (
    <section className="card min-w-0" aria-label={text.files}>
      <div className="card-head">
        <h2>{text.files}</h2>
      </div>
      <ul className="text-s">
        {files.map((file) => (
          <li
            key={file.path}
            className="flex flex-wrap items-center gap-x-3 border-b border-border px-4 py-2 last:border-b-0"
          >
            <span className="w-[120px] flex-none font-medium">{file.name}</span>
            <span className="min-w-[200px] flex-1 font-mono text-xs text-text-2 [overflow-wrap:anywhere]">
              {file.path}
            </span>
            {!file.here && <Tag>{text.away}</Tag>}
            {file.bytes !== undefined && (
              <span className="w-[80px] text-right tabular-nums">{formatBytes(file.bytes)}</span>
            )}
            <FileActions path={file.path} isHere={file.here} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function FileActions({ path, isHere }: { path: string; isHere: boolean }) {
  const toast = useToast();
  const shell = findShell();
  const copyPath = async () => toast((await copyText(path)) ? copy.common.copied : copy.common.copyFailed);
  return (
    <span className="flex">
      <IconButton icon={Copy} label={text.copyPath(path)} onClick={() => void copyPath()} />
      {shell && isHere && (
        <IconButton icon={FolderOpen} label={text.reveal(path)} onClick={() => void shell.revealPath(path)} />
      )}
    </span>
  );
}
