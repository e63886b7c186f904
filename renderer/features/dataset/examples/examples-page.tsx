import { SearchX } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import type { DatasetSearch, DatasetSearchResult } from '../../../../core/contract/index.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Button } from '../../../components/button.tsx';
import { Pane, PaneHandle, Panes } from '../../../components/panes.tsx';
import { copy } from '../../../copy.ts';
import { useActions } from '../../../lib/actions.ts';
import { Loading } from '../dataset-gate.tsx';
import { useDatasetStatus } from '../dataset-queries.ts';
import { keep, readKept } from '../kept.ts';
import { ExampleGrid } from './example-grid.tsx';
import { goToPlace, parsePlace, type ExamplePlace } from './example-place.ts';
import { FacetPanel } from './facet-panel.tsx';
import { FilterChips } from './filter-chips.tsx';
import { SearchBar } from './search-bar.tsx';
import { noSearch, type ExampleSearch } from './search-address.ts';
import { useAround, useFirstPage } from './use-examples.ts';

const ExampleView = lazy(async () => ({
  default: (await import('../example/example-view.tsx')).ExampleView,
}));

const text = copy.dataset;
/** Room for filters, a list and an example beside each other. */
const threePanesPx = 1_600;

/** The list of examples with its filters, and the one that is open beside it. */
export function ExamplesPage({ rest }: { rest: string[] }) {
  const place = parsePlace(rest);
  const { id, search } = place;
  const first = useFirstPage(search);
  const around = useAround(search, id);
  const [showsFilters, setShowsFilters] = useShowsFilters(id !== undefined);
  const [activeIndex, setActiveIndex] = useActiveIndex(place, around.data?.place?.position);
  const gridRef = useRef<HTMLDivElement>(null);
  const inputRef = useRef<HTMLInputElement>(null);
  const panes = ['dataset', ...(showsFilters ? ['filters'] : []), id === undefined ? 'list' : 'example'].join(
    '-',
  );
  useSearchActions(search, inputRef);

  function narrow(next: ExampleSearch, typing = false): void {
    goToPlace({ id, search: next }, { replace: typing });
  }
  function open(nextId: string | undefined, replace: boolean): void {
    goToPlace({ id: nextId, search }, { replace });
  }

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="grid flex-none gap-2 px-6 pb-2">
        <SearchBar
          search={search}
          showsFilters={showsFilters}
          onSearch={narrow}
          onToggleFilters={() => setShowsFilters(!showsFilters)}
          onLeave={() => gridRef.current?.focus()}
          inputRef={inputRef}
        />
        <div className="flex min-h-[28px] flex-wrap items-center gap-x-3 gap-y-1">
          <Found result={first.data} />
          <FilterChips search={search} onSearch={narrow} />
        </div>
      </div>
      <Panes key={panes} name={panes} orientation="horizontal" className="min-h-0 flex-1 px-6 pb-4">
        {showsFilters && (
          <>
            <Pane id="filters" defaultSize={232} minSize={180} groupResizeBehavior="preserve-pixel-size">
              <FacetPanel search={search} facets={first.data?.facets} onSearch={narrow} />
            </Pane>
            <PaneHandle label={text.list.resizeFilters} />
          </>
        )}
        <Pane id="list" minSize={240} {...(id !== undefined && { defaultSize: '36' })}>
          <div className={`h-full ${showsFilters ? 'pl-1' : ''} ${id === undefined ? '' : 'pr-1'}`}>
            <div className="card h-full overflow-hidden">
              <List
                first={first}
                {...{ search, activeIndex, gridRef }}
                openId={id}
                onActivate={setActiveIndex}
                onOpen={(next) => open(next, id !== undefined)}
                onSearch={narrow}
              />
            </div>
          </div>
        </Pane>
        {id !== undefined && (
          <>
            <PaneHandle label={text.list.resizeList} />
            <Pane id="example" minSize={380}>
              <Suspense fallback={<Loading />}>
                <div className="h-full pl-1">
                  <ExampleView
                    id={id}
                    around={around.data}
                    search={search}
                    onOpen={(next) => open(next, true)}
                    onClose={() => {
                      open(undefined, false);
                      gridRef.current?.focus();
                    }}
                  />
                </div>
              </Suspense>
            </Pane>
          </>
        )}
      </Panes>
    </div>
  );
}

interface ListProps {
  first: ReturnType<typeof useFirstPage>;
  search: ExampleSearch;
  activeIndex: number;
  gridRef: React.RefObject<HTMLDivElement | null>;
  openId: string | undefined;
  onActivate(index: number): void;
  onOpen(id: string): void;
  onSearch(search: ExampleSearch): void;
}

function List({ first, search, openId, onSearch, ...rest }: ListProps) {
  if (first.error && !first.data) {
    return (
      <div className="p-4">
        <FailureNotice title={text.search.failed} error={first.error} onRetry={() => void first.refetch()} />
      </div>
    );
  }
  if (!first.data) return <Loading />;
  if (first.data.total === 0) {
    return (
      <EmptyState
        icon={SearchX}
        title={text.search.emptyTitle}
        hint={text.search.emptyHint}
        actions={<Button onClick={() => onSearch(noSearch)}>{text.search.clearAll}</Button>}
      />
    );
  }
  return (
    <ExampleGrid
      {...rest}
      search={search}
      result={first.data}
      openId={openId}
      isCompact={openId !== undefined}
      onSort={(by) => onSearch({ ...search, sort: nextSort(search.sort, by) })}
    />
  );
}

function nextSort(sort: DatasetSearch['sort'], by: DatasetSearch['sort']['by']): DatasetSearch['sort'] {
  return { by, descending: sort.by === by && !sort.descending };
}

function Found({ result }: { result: DatasetSearchResult | undefined }) {
  const status = useDatasetStatus();
  if (!result) return null;
  return (
    <p className="text-s" role="status">
      {text.search.found(result.total, status.data?.pairs ?? result.total)}{' '}
      <span className="muted text-xs">{text.search.took(result.tookMs)}</span>
    </p>
  );
}

/** Shown beside the list where there is room; what the user chose is kept for either way. */
function useShowsFilters(hasExample: boolean): [boolean, (shows: boolean) => void] {
  const name = hasExample ? 'filters.example' : 'filters.list';
  const [chosen, setChosen] = useState<Record<string, boolean>>({});
  const kept = chosen[name] ?? readKept(name);
  const shows = typeof kept === 'boolean' ? kept : !hasExample || window.innerWidth >= threePanesPx;
  return [
    shows,
    (next) => {
      keep(name, next);
      setChosen({ ...chosen, [name]: next });
    },
  ];
}

/** The row of the open example, once it is known; the first one in another search. */
function useActiveIndex({ id, search }: ExamplePlace, position: number | undefined) {
  const [active, setActive] = useState(0);
  const [seen, setSeen] = useState({ id, position, search: JSON.stringify(search) });
  const now = { id, position, search: JSON.stringify(search) };
  if (now.search !== seen.search || now.id !== seen.id || now.position !== seen.position) {
    setSeen(now);
    if (id !== undefined && position !== undefined && position !== seen.position) setActive(position);
    else if (now.search !== seen.search) setActive(0);
  }
  return [active, setActive] as const;
}

function useSearchActions(search: ExampleSearch, inputRef: React.RefObject<HTMLInputElement | null>): void {
  const { sort } = search;
  const actions = useMemo(
    () => [
      {
        id: 'dataset.search',
        title: text.search.label,
        group: copy.pages.dataset,
        run: () => inputRef.current?.focus(),
      },
      {
        id: 'dataset.clear',
        title: text.actions.clear,
        group: copy.pages.dataset,
        run: () => goToPlace({ id: undefined, search: { ...noSearch, sort } }),
      },
    ],
    [inputRef, sort],
  );
  useActions(actions);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (
        event.key !== '/' ||
        (event.target as HTMLElement).closest('input, textarea, select, [contenteditable="true"]')
      )
        return;
      event.preventDefault();
      inputRef.current?.focus();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [inputRef]);
}
