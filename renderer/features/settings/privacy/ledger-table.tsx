import type { NetworkEntry, NetworkOutcome } from '../../../../core/contract/index.ts';
import { Tag } from '../../../components/tag.tsx';
import { copy } from '../../../copy.ts';
import { formatBytes, formatDuration, formatMoment } from '../../../lib/format-values.ts';

const tones: Record<NetworkOutcome, string> = {
  open: 'text-text-2',
  succeeded: 'text-success',
  failed: 'text-danger',
  refused: 'text-warning',
};
const cell = 'px-[8px] py-[6px] text-left align-top';
const number = `${cell} text-right whitespace-nowrap tabular-nums`;

/** The ledger's lines, newest first. Its frame scrolls, and takes the keyboard for that. */
export function LedgerTable({ entries }: { entries: NetworkEntry[] }) {
  const { columns } = copy.privacy;
  return (
    <div
      className="scroll max-h-[520px] overflow-auto rounded-m border border-border focus-visible:outline-2 focus-visible:outline-accent"
      tabIndex={0}
      role="region"
      aria-label={copy.privacy.ledger}
    >
      <table className="w-full border-collapse text-s">
        <thead className="sticky top-0 bg-surface-2 text-text-2">
          <tr>
            <th className={cell}>{columns.time}</th>
            <th className={cell}>{columns.host}</th>
            <th className={cell}>{columns.purpose}</th>
            <th className={cell}>{columns.initiator}</th>
            <th className={cell}>{columns.outcome}</th>
            <th className={number}>{columns.sent}</th>
            <th className={number}>{columns.received}</th>
            <th className={number}>{columns.duration}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <LedgerRow key={entry.id} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LedgerRow({ entry }: { entry: NetworkEntry }) {
  const { host, port, local, purpose, method, initiator, outcome, message } = entry;
  return (
    <tr className="border-t border-border">
      <td className={`${cell} whitespace-nowrap`} title={entry.startedAt}>
        {formatMoment(entry.startedAt)}
      </td>
      <td className={`${cell} [overflow-wrap:anywhere]`}>
        <span className="font-mono">
          {host}:{port}
        </span>
        {local && ' '}
        {local && <Tag>{copy.privacy.localTag}</Tag>}
      </td>
      <td className={`${cell} whitespace-nowrap`}>{copy.privacy.purposes[purpose]}</td>
      <td className={`${cell} [overflow-wrap:anywhere]`}>
        <span className="text-text-2">{method}</span> {initiator}
      </td>
      <td className={cell}>
        <span className={`font-semibold ${tones[outcome]}`}>{copy.privacy.outcomes[outcome]}</span>
        {message && <span className="block text-xs text-text-2 [overflow-wrap:anywhere]">{message}</span>}
      </td>
      <td className={number}>{formatOptional(entry.sentBytes, formatBytes)}</td>
      <td className={number}>{formatOptional(entry.receivedBytes, formatBytes)}</td>
      <td className={number}>{formatOptional(entry.durationMs, formatDuration)}</td>
    </tr>
  );
}

function formatOptional(value: number | undefined, format: (value: number) => string) {
  if (value !== undefined) return format(value);
  return <span className="text-text-2" aria-label={copy.privacy.unknownBytes}>{`–`}</span>;
}
