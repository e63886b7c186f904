import { Database, RefreshCw } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, type ReactNode } from 'react';
import type { DatabaseSchema } from '../../../core/contract/index.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Pane, PaneHandle, Panes } from '../../components/panes.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { copy } from '../../copy.ts';
import { useActions } from '../../lib/actions.ts';
import { navigate } from '../../lib/navigation.ts';
import { useRefresh, useTables } from './explorer-queries.ts';
import { LintView } from './lint-view.tsx';
import { OverviewView } from './overview-view.tsx';
import { hrefOfPlace, parsePlace, useLastPlace, type SchemaPlace } from './places.ts';
import { SourceChooser } from './source-chooser.tsx';
import { useSources, type Source } from './sources.ts';
import { TableView } from './table/table-view.tsx';
import { TreePane } from './tree/tree-pane.tsx';

const text = copy.explorer;

// React Flow and ELK come with the first diagram.
const DiagramView = lazy(async () => ({ default: (await import('./diagram/diagram-view.tsx')).DiagramView }));

/** @param rest what comes after the page in the address: see `parsePlace` */
export function SchemaPage({ rest }: { rest: string[] }) {
  useLastPlace(rest);
  const sources = useSources();
  const place = parsePlace(rest);
  const source = sources.all.find(({ id }) => id === place.sourceId) ?? unlisted(place, sources.preferred);
  return (
    <div className="page flex flex-col">
      <h1 className="visually-hidden">{copy.pages.schema}</h1>
      {sources.error ? (
        <FailureNotice title={text.failed} error={sources.error} onRetry={sources.retry} />
      ) : source ? (
        <Explorer
          key={source.id}
          source={source}
          sources={sources.all}
          place={{ ...place, sourceId: source.id }}
        />
      ) : sources.isLoading ? (
        <Loading>{copy.common.loading}</Loading>
      ) : (
        <NoSource />
      )}
    </div>
  );
}

/** A database that the lists do not have (yet) is opened all the same: the core says what is wrong with it. */
function unlisted({ sourceId }: SchemaPlace, preferred: Source | undefined): Source | undefined {
  if (sourceId === undefined) return preferred;
  const [kind = '', name = sourceId] = sourceId.split(':');
  return {
    id: sourceId,
    name,
    note: '',
    kind: kind === 'spider' ? 'spider' : kind === 'demo' ? 'demo' : 'user',
  };
}

function NoSource() {
  return (
    <EmptyState
      icon={Database}
      title={text.noneTitle}
      hint={text.noneHint}
      actions={
        <Button variant="primary" onClick={() => navigate('connections')}>
          {text.add}
        </Button>
      }
    />
  );
}

interface ExplorerProps {
  source: Source;
  sources: Source[];
  place: SchemaPlace;
}

function Explorer({ source, sources, place }: ExplorerProps) {
  const tables = useTables(source.id);
  const refresh = useRefresh(source.id);
  useExplorerActions(source.id, refresh);
  usePreparedDiagram(tables.data);
  const open = (next: Partial<SchemaPlace>) => {
    window.location.hash = hrefOfPlace({ sourceId: source.id, view: 'overview', ...next });
  };
  return (
    <Panes name="schema-tree" orientation="horizontal" className="min-h-0 flex-1">
      <Pane id="tree" defaultSize={300} minSize={200} maxSize="50%">
        <div className="flex h-full flex-col border-r border-border bg-surface">
          <div className="flex flex-none items-center gap-2 border-b border-border p-2">
            <div className="min-w-0 flex-1">
              <SourceChooser
                sources={sources}
                chosen={source}
                onPick={(id) => (window.location.hash = hrefOfPlace({ sourceId: id, view: 'overview' }))}
              />
            </div>
            <IconButton
              icon={RefreshCw}
              label={text.refresh}
              onClick={() => void refresh().catch(() => tables.refetch())}
            />
          </div>
          {tables.data && (
            <TreePane
              schema={tables.data}
              chosen={place.table}
              onPick={(table) => open({ view: place.view === 'diagram' ? 'diagram' : 'table', table })}
            />
          )}
        </div>
      </Pane>
      <PaneHandle label={text.panes} />
      <Pane id="view">
        <div className="flex h-full min-w-0 flex-col">
          <ViewLinks place={place} />
          {tables.data ? (
            <View schema={tables.data} source={source} place={place} onOpen={open} />
          ) : tables.error ? (
            <div className="p-6">
              <FailureNotice title={text.failed} error={tables.error} onRetry={() => void tables.refetch()} />
            </div>
          ) : (
            <Loading>{text.opening(source.name)}</Loading>
          )}
        </div>
      </Pane>
    </Panes>
  );
}

interface ViewProps {
  schema: DatabaseSchema;
  source: Source;
  place: SchemaPlace;
  onOpen(place: Partial<SchemaPlace>): void;
}

function View({ schema, source, place, onOpen }: ViewProps) {
  const openTable = (table: string) => onOpen({ view: 'table', table });
  switch (place.view) {
    case 'overview':
      return <OverviewView schema={schema} source={source} />;
    case 'lint':
      return <LintView source={source} />;
    case 'table':
      return <TableView key={place.table} schema={schema} source={source} table={place.table ?? ''} />;
    case 'diagram':
      return (
        <Suspense fallback={<Loading>{text.diagram.drawing}</Loading>}>
          <DiagramView
            schema={schema}
            source={source}
            focus={place.table}
            sql={place.sql}
            onOpenTable={openTable}
            onFocus={(table) => onOpen({ view: 'diagram', table })}
          />
        </Suspense>
      );
  }
}

const linkedViews = ['overview', 'diagram', 'lint'] as const;

function ViewLinks({ place }: { place: SchemaPlace }) {
  return (
    <nav aria-label={text.views.label} className="flex-none border-b border-border bg-surface px-4 py-2">
      <ul className="flex gap-1">
        {linkedViews.map((view) => (
          <li key={view}>
            <a
              href={hrefOfPlace({ sourceId: place.sourceId, view })}
              aria-current={view === place.view ? 'page' : undefined}
              className="flex min-h-[32px] items-center rounded-m px-3 font-medium text-text-2 no-underline hover:bg-surface-3 aria-[current]:bg-accent-soft aria-[current]:text-accent"
            >
              {text.views[view]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function Loading({ children }: { children: ReactNode }) {
  return (
    <div className="empty-state" role="status">
      <Spinner size={24} />
      {children}
    </div>
  );
}

/** Loads the diagram's code and lays it out in its worker once the page has nothing better to do. */
function usePreparedDiagram(schema: DatabaseSchema | undefined): void {
  useEffect(() => {
    if (!schema) return;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      // What fails here fails again, and says so, when the diagram is opened.
      import('./diagram/diagram-view.tsx')
        .then(({ prepareLayout }) => prepareLayout(schema, controller.signal))
        .catch(() => undefined);
    });
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [schema]);
}

function useExplorerActions(sourceId: string, refresh: () => Promise<void>): void {
  const actions = useMemo(
    () => [
      ...linkedViews.map((view) => ({
        id: `schema.${view}`,
        title: text.actions[view],
        group: text.actions.group,
        run: () => {
          window.location.hash = hrefOfPlace({ sourceId, view });
        },
      })),
      {
        id: 'schema.refresh',
        title: text.actions.refresh,
        group: text.actions.group,
        run: () => void refresh().catch(() => undefined),
      },
    ],
    // The function is new at each drawing and does the same for the same database.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [sourceId],
  );
  useActions(actions);
}
