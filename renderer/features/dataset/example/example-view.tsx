import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { DatasetSearchResult, ExampleDetail } from '../../../../core/contract/index.ts';
import { IconButton } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Tabs } from '../../../components/tabs.tsx';
import { copy } from '../../../copy.ts';
import { useActions } from '../../../lib/actions.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { hrefOf } from '../../../lib/navigation.ts';
import { Loading } from '../dataset-gate.tsx';
import { datasetKeys } from '../dataset-queries.ts';
import { goToPlace } from '../examples/example-place.ts';
import { labelOf, parseSearch, printSearch, type ExampleSearch } from '../examples/search-address.ts';
import { keep, readKept } from '../kept.ts';
import { OutcomeMark } from '../outcome-mark.tsx';
import { CorrectTab } from './correct-tab.tsx';
import { PromptTab } from './prompt-tab.tsx';
import { ProofTab } from './proof-tab.tsx';
import { QueryTab } from './query-tab.tsx';
import { countRelated, RelatedTab } from './related-tab.tsx';
import { useLiveProof } from './use-live-proof.ts';

const text = copy.dataset.example;
const tabIds = ['query', 'proof', 'prompt', 'related', 'correct'] as const;
type TabId = (typeof tabIds)[number];

interface ExampleViewProps {
  id: string;
  search: ExampleSearch;
  /** Where it stands in the search; null where it is not in it. */
  around: { total: number; place: DatasetSearchResult['around'] | null } | undefined;
  onOpen(id: string): void;
  onClose(): void;
}

/** One example, with everything that is known of it. */
export function ExampleView({ id, search, around, onOpen, onClose }: ExampleViewProps) {
  const core = useCore();
  const example = useQuery({
    queryKey: datasetKeys.example(id),
    queryFn: ({ signal }) => core['dataset.example']({ id }, { signal }),
  });
  useStepActions(around?.place ?? null, search);
  return (
    <article className="card flex h-full min-h-0 flex-col overflow-hidden" aria-label={text.label(id)}>
      <Head id={id} around={around} onOpen={onOpen} onClose={onClose} />
      {example.error ? (
        <div className="p-4">
          <FailureNotice title={text.failed} error={example.error} onRetry={() => void example.refetch()} />
        </div>
      ) : example.data ? (
        <Loaded key={id} example={example.data} search={search} />
      ) : (
        <Loading />
      )}
    </article>
  );
}

/** Previous and next by their names, in the command palette. */
function useStepActions(place: DatasetSearchResult['around'] | null, search: ExampleSearch): void {
  const { previous, next } = place ?? {};
  // The address is stable where the search itself is another object in every drawing.
  const address = printSearch(search);
  const actions = useMemo(() => {
    const step = (id: string | undefined, title: string) => ({
      id: `dataset.${title}`,
      title,
      group: copy.pages.dataset,
      run: () => goToPlace({ id, search: parseSearch(address) }, { replace: true }),
    });
    return [
      ...(previous === undefined ? [] : [step(previous, text.previous)]),
      ...(next === undefined ? [] : [step(next, text.next)]),
    ];
  }, [previous, next, address]);
  useActions(actions);
}

type HeadProps = Pick<ExampleViewProps, 'id' | 'around' | 'onOpen' | 'onClose'>;

function Head({ id, around, onOpen, onClose }: HeadProps) {
  const { previous, next, position } = around?.place ?? {};
  return (
    <div className="card-head">
      <h2 className="tabular-nums">{id}</h2>
      <span className="text-s text-text-2">
        {position !== undefined && around
          ? text.place(position, around.total)
          : around?.place === null && text.notInResult}
      </span>
      <span className="grow" />
      <IconButton
        icon={ChevronUp}
        label={text.previous}
        disabled={previous === undefined}
        onClick={() => previous !== undefined && onOpen(previous)}
      />
      <IconButton
        icon={ChevronDown}
        label={text.next}
        disabled={next === undefined}
        onClick={() => next !== undefined && onOpen(next)}
      />
      <IconButton icon={X} label={text.close} onClick={onClose} />
    </div>
  );
}

function Loaded({ example, search }: { example: ExampleDetail; search: ExampleSearch }) {
  const [tab, setTab] = useState<TabId>(
    () => tabIds.find((one) => one === readKept('example.tab')) ?? 'query',
  );
  const live = useLiveProof(example.id);
  const { start } = live;
  useActions(
    useMemo(
      () => [
        {
          id: 'dataset.run',
          title: copy.dataset.actions.runNow,
          group: copy.pages.dataset,
          run: () => start(),
        },
      ],
      // The run is that of the example on the page; a new one publishes itself.
      // eslint-disable-next-line react-hooks/exhaustive-deps
      [example.id],
    ),
  );
  const related = countRelated(example);
  return (
    <div className="scroll min-h-0 flex-1" tabIndex={-1}>
      <Summary example={example} />
      <div className="px-4 pb-4">
        <Tabs
          label={text.tabs}
          tabs={tabIds.map((id) => ({ id, title: id === 'related' ? text.related(related) : text[id] }))}
          chosen={tab}
          onChoose={(next) => {
            keep('example.tab', next);
            setTab(next);
          }}
        >
          <div className="pt-4">
            {tab === 'query' && <QueryTab example={example} live={live} />}
            {tab === 'proof' && <ProofTab example={example} />}
            {tab === 'prompt' && <PromptTab example={example} />}
            {tab === 'related' && <RelatedTab example={example} search={search} />}
            {tab === 'correct' && <CorrectTab example={example} />}
          </div>
        </Tabs>
      </div>
    </div>
  );
}

function Summary({ example }: { example: ExampleDetail }) {
  const { values } = copy.dataset;
  const { dbId, split, hardness, features, override, overrideApplied, outcome } = example;
  return (
    <div className="grid gap-2 px-4 pt-4 pb-3">
      <p className="text-l font-semibold break-words">{example.question}</p>
      <div className="flex flex-wrap items-center gap-2 text-s">
        <OutcomeMark outcome={outcome} />
        <a href={hrefOf('dataset', 'databases', dbId)}>{dbId}</a>
        <span className="badge">{labelOf('split', split, values)}</span>
        {hardness !== undefined && <span className="badge">{labelOf('hardness', hardness, values)}</span>}
        {features.map((feature) => (
          <span key={feature} className="badge">
            {labelOf('features', feature, values)}
          </span>
        ))}
        {override && (
          <span className="badge bg-warning-soft! text-warning!">
            {text.corrected}, {overrideApplied === true ? text.applied : text.notApplied}
          </span>
        )}
      </div>
    </div>
  );
}
