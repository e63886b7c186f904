import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, RotateCw, ShieldCheck, Trash2 } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import {
  networkOutcomeSchema,
  networkPurposeSchema,
  type NetworkEntry,
  type NetworkOutcome,
  type NetworkPurpose,
} from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { ConfirmDialog } from '../../../components/dialog.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { Switch } from '../../../components/switch.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { downloadText } from '../../../lib/clipboard.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { Section } from '../section.tsx';
import { formatLedgerCsv } from './ledger-csv.ts';
import { LedgerTable } from './ledger-table.tsx';

interface Filter {
  purpose: NetworkPurpose | '';
  outcome: NetworkOutcome | '';
  text: string;
  local: boolean;
}

const unfiltered: Filter = { purpose: '', outcome: '', text: '', local: false };
const ledgerKey = ['network.list'];
const shownLines = 500;
const exportedLines = 10_000;
const refreshMs = 5_000;

function toInput({ purpose, outcome, text, local }: Filter, limit: number) {
  return {
    ...{ text, local, limit },
    ...(purpose === '' ? {} : { purpose }),
    ...(outcome === '' ? {} : { outcome }),
  };
}

export function LedgerSection() {
  const core = useCore();
  const [filter, setFilter] = useState(unfiltered);
  const wanted = useDeferredValue(filter);
  const ledger = useQuery({
    queryKey: [...ledgerKey, wanted],
    queryFn: ({ signal }) => core['network.list'](toInput(wanted, shownLines), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  async function exportCsv(): Promise<void> {
    const { entries } = await core['network.list'](toInput(filter, exportedLines));
    downloadText('outbound-requests.csv', formatLedgerCsv(entries), 'text/csv');
  }
  return (
    <Section
      title={copy.privacy.ledger}
      hint={copy.privacy.ledgerHint}
      actions={
        <>
          <Button small variant="ghost" icon={RotateCw} onClick={() => void ledger.refetch()}>
            {copy.privacy.refresh}
          </Button>
          <Button
            small
            variant="ghost"
            icon={Download}
            disabled={!ledger.data?.entries.length}
            onClick={() => void exportCsv()}
          >
            {copy.privacy.exportCsv}
          </Button>
          <ClearButton disabled={!ledger.data || ledger.data.remote + ledger.data.local === 0} />
        </>
      }
    >
      <FilterRow filter={filter} onChange={setFilter} />
      {ledger.isPending && <Spinner />}
      {ledger.isError && (
        <FailureNotice
          title={copy.privacy.ledgerFailed}
          error={ledger.error}
          onRetry={() => void ledger.refetch()}
        />
      )}
      {ledger.data && <Lines {...ledger.data} isFiltered={isFiltered(wanted)} />}
    </Section>
  );
}

function isFiltered({ purpose, outcome, text }: Filter): boolean {
  return purpose !== '' || outcome !== '' || text !== '';
}

interface LinesProps {
  entries: NetworkEntry[];
  matching: number;
  local: number;
  isFiltered: boolean;
}

function Lines({ entries, matching, local, isFiltered }: LinesProps) {
  if (entries.length > 0) {
    return (
      <>
        <p role="status" className="muted text-s">
          {copy.privacy.ledgerShown(entries.length, matching)}
        </p>
        <LedgerTable entries={entries} />
      </>
    );
  }
  if (isFiltered) return <p role="status">{copy.privacy.ledgerNoMatch}</p>;
  return (
    <EmptyState
      icon={ShieldCheck}
      title={copy.privacy.ledgerEmpty}
      hint={copy.privacy.ledgerEmptyHint(local)}
    />
  );
}

function FilterRow({ filter, onChange }: { filter: Filter; onChange(filter: Filter): void }) {
  return (
    <div className="flex flex-wrap items-center gap-[8px]" role="search" aria-label={copy.privacy.ledger}>
      <input
        type="search"
        className="input w-[220px]"
        aria-label={copy.privacy.filterText}
        placeholder={copy.privacy.filterText}
        value={filter.text}
        onChange={(event) => onChange({ ...filter, text: event.target.value })}
      />
      <select
        className="input w-auto"
        aria-label={copy.privacy.purpose}
        value={filter.purpose}
        onChange={(event) =>
          onChange({ ...filter, purpose: networkPurposeSchema.safeParse(event.target.value).data ?? '' })
        }
      >
        <option value="">{copy.privacy.anyPurpose}</option>
        {networkPurposeSchema.options.map((one) => (
          <option key={one} value={one}>
            {copy.privacy.purposes[one]}
          </option>
        ))}
      </select>
      <select
        className="input w-auto"
        aria-label={copy.privacy.outcome}
        value={filter.outcome}
        onChange={(event) =>
          onChange({ ...filter, outcome: networkOutcomeSchema.safeParse(event.target.value).data ?? '' })
        }
      >
        <option value="">{copy.privacy.anyOutcome}</option>
        {networkOutcomeSchema.options.map((one) => (
          <option key={one} value={one}>
            {copy.privacy.outcomes[one]}
          </option>
        ))}
      </select>
      <Switch
        label={copy.privacy.showLocal}
        hint={copy.privacy.showLocalHint}
        checked={filter.local}
        onChange={(local) => onChange({ ...filter, local })}
      />
    </div>
  );
}

function ClearButton({ disabled }: { disabled: boolean }) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const [asks, setAsks] = useState(false);
  const clear = useMutation({
    mutationFn: () => core['network.clear']({}),
    onSuccess: async ({ removed }) => {
      toast(copy.privacy.cleared(removed));
      await cache.invalidateQueries({ queryKey: ledgerKey });
    },
  });
  return (
    <>
      <Button small variant="ghost" icon={Trash2} disabled={disabled} onClick={() => setAsks(true)}>
        {copy.privacy.clear}
      </Button>
      {asks && (
        <ConfirmDialog
          title={copy.privacy.clearTitle}
          text={copy.privacy.clearText}
          action={copy.privacy.clear}
          onConfirm={() => {
            setAsks(false);
            clear.mutate();
          }}
          onClose={() => setAsks(false)}
        />
      )}
    </>
  );
}
