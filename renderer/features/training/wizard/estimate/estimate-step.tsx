import { useQueryClient } from '@tanstack/react-query';
import { Gauge, Play, Tag as PriceTag } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { PriceTable, TrainingEstimate } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { FailureNotice } from '../../../../components/failure-notice.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { copy } from '../../../../copy.ts';
import { useCore, useLinkState } from '../../../../lib/core-context.tsx';
import { formatBytes, formatCount } from '../../../../lib/format-values.ts';
import { CheckEnvironment } from '../check-environment.tsx';
import { CheckRun } from '../check-run.tsx';
import { cancelEstimate, keyOfDraft, runEstimate, useEstimate } from '../checks.ts';
import type { Wizard } from '../use-wizard.ts';
import { usePrices, wizardKeys } from '../wizard-queries.ts';
import { ChosenHardware } from './chosen-hardware.tsx';
import { HardwareTable } from './hardware-table.tsx';
import { PriceDialog } from './price-dialog.tsx';

const text = copy.wizard.estimate;

/** Runs by itself when the draft is whole and was not reckoned yet; measuring is asked for. */
export function EstimateStep({ wizard }: { wizard: Wizard }) {
  const { resolved, form } = wizard;
  const core = useCore();
  const isConnected = useLinkState().kind === 'connected';
  const estimate = useEstimate();
  const { draft } = resolved;
  const key = draft && keyOfDraft(draft);
  const isFresh = estimate.kind !== 'none' && estimate.key === key;
  const mustRun = draft !== undefined && isConnected && !isFresh;
  useEffect(() => {
    if (mustRun) runEstimate(core, draft, false, form.python);
    // Once for each draft.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, mustRun]);
  if (!draft) return <Notice tone="info" title={text.notYet} hint={text.notYetHint} />;
  const run = (measure: boolean) => runEstimate(core, draft, measure, form.python);
  const measures = estimate.kind === 'running' && estimate.measures;
  return (
    <>
      <CheckRun
        check={estimate}
        words={text}
        runningText={measures ? text.measuring : text.running}
        onRun={() => run(false)}
        onCancel={cancelEstimate}
        canRun={isConnected}
        environment={<CheckEnvironment wizard={wizard} onMade={() => run(false)} />}
      >
        {(result) => <Figures estimate={result} />}
      </CheckRun>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          icon={Gauge}
          disabled={!isConnected || estimate.kind === 'running' || form.place !== 'local'}
          onClick={() => run(true)}
        >
          {text.measure}
        </Button>
        <p className="grow text-s text-text-2">
          {form.place === 'local' ? text.measureHint : text.onlyLocal}
        </p>
        {estimate.kind === 'done' && (
          <Button icon={Play} disabled={!isConnected} onClick={() => run(false)}>
            {text.again}
          </Button>
        )}
        <Prices
          onSaved={() => {
            // Costs are the core's to reckon; what was measured is measured again only where it is asked for.
            if (estimate.kind === 'done') run(false);
          }}
        />
      </div>
    </>
  );
}

function Prices({ onSaved }: { onSaved(): void }) {
  const prices = usePrices();
  const cache = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  if (prices.isError) {
    return (
      <FailureNotice
        title={copy.wizard.readFailed.prices}
        error={prices.error}
        onRetry={() => void prices.refetch()}
      />
    );
  }
  const saved = (table: PriceTable) => {
    cache.setQueryData(wizardKeys.prices, table);
    setOpen(false);
    onSaved();
  };
  return (
    <>
      <Button icon={PriceTag} disabled={!prices.data} onClick={() => setOpen(true)}>
        {text.editPrices}
      </Button>
      {isOpen && prices.data && (
        <PriceDialog prices={prices.data} onSaved={saved} onClose={() => setOpen(false)} />
      )}
    </>
  );
}

function Figures({ estimate }: { estimate: TrainingEstimate }) {
  const prices = usePrices();
  const [chosen] = estimate.hardware;
  return (
    <>
      {chosen && <ChosenHardware hardware={chosen} />}
      <SizeList estimate={estimate} />
      <HardwareTable hardware={estimate.hardware} prices={prices.data} />
      {estimate.assumptions.length > 0 && (
        <section aria-label={text.assumptions} className="grid gap-1">
          <h3 className="text-s font-semibold">{text.assumptions}</h3>
          <ul className="grid list-disc gap-1 pl-5 text-s text-text-2">
            {estimate.assumptions.map((assumption) => (
              <li key={assumption}>{assumption}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function SizeList({ estimate }: { estimate: TrainingEstimate }) {
  const { examples, tokensPerEpoch, steps, checkpointBytes, diskBytes, storagePerMonth } = estimate;
  const currency = estimate.hardware.find((one) => one.currency !== undefined)?.currency ?? 'USD';
  const sizes: [string, string][] = [
    [text.examples, formatCount(examples)],
    [text.tokens, formatCount(tokensPerEpoch)],
    [text.steps, steps === null ? text.stepsUnknown : formatCount(steps)],
    [text.checkpoint, formatBytes(checkpointBytes)],
    [text.disk, formatBytes(diskBytes)],
    ...(storagePerMonth === undefined
      ? []
      : ([[text.storage, text.money(storagePerMonth, currency)]] satisfies [string, string][])),
  ];
  return (
    <dl className="grid grid-cols-[repeat(auto-fit,minmax(110px,1fr))] gap-3">
      {sizes.map(([name, value]) => (
        <div key={name} className="grid gap-[2px]">
          <dt className="text-xs text-text-2">{name}</dt>
          <dd className="font-semibold tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
