import '@xyflow/react/dist/style.css';
import { useQuery } from '@tanstack/react-query';
import { Table2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { DatabaseSchema, JoinPath } from '../../../../core/contract/index.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import '../../../styles/diagram.css';
import { useOverview } from '../explorer-queries.ts';
import type { Source } from '../sources.ts';
import { DiagramCanvas } from './diagram-canvas.tsx';
import { DiagramTools } from './diagram-tools.tsx';
import {
  buildGraph,
  lightPath,
  reach,
  type Detail,
  type Distance,
  type Graph,
  type LitPath,
} from './graph.ts';
import { JoinPathPanel } from './join-path-panel.tsx';
import { RelationList } from './relation-list.tsx';
import { firstDetail, useLayout } from './use-layout.ts';

export { prepareLayout } from './use-layout.ts';

const text = copy.explorer.diagram;

export interface DiagramProps {
  schema: DatabaseSchema;
  source: Source;
  /** `namespace.table` to look around; absent for all tables. */
  focus: string | undefined;
  /** A statement whose joins are lit. */
  sql: string | undefined;
  onOpenTable(table: string): void;
  /** Undefined: all tables. */
  onFocus(table: string | undefined): void;
}

/** The entity diagram, of all tables or of those around one, with a statement's joins lit. */
export function DiagramView(props: DiagramProps) {
  const { schema, source, sql } = props;
  const overview = useOverview(source.id);
  const core = useCore();
  const joins = useQuery({
    queryKey: ['explorer', source.id, 'join-path', sql],
    queryFn: ({ signal }) => core['schema.joinPath']({ connectionId: source.id, sql: sql ?? '' }, { signal }),
    enabled: sql !== undefined,
  });
  const graph = useMemo(() => buildGraph(schema, overview.data?.tables), [schema, overview.data]);
  const path = useMemo(() => joins.data && lightPath(graph, joins.data), [graph, joins.data]);
  if (graph.tables.size === 0) return <EmptyState icon={Table2} title={text.empty} hint={text.emptyHint} />;
  if (joins.error) {
    return (
      <div className="p-6">
        <FailureNotice
          title={copy.explorer.path.failed}
          error={joins.error}
          onRetry={() => void joins.refetch()}
        />
      </div>
    );
  }
  if (sql !== undefined && !joins.data) return <Waiting text={copy.common.loading} />;
  return <Diagram key={sql ?? ''} {...props} graph={graph} path={path} joins={joins.data} />;
}

function Waiting({ text: said }: { text: string }) {
  return (
    <div className="empty-state" role="status">
      <Spinner size={24} />
      {said}
    </div>
  );
}

interface LoadedProps extends DiagramProps {
  graph: Graph;
  path: LitPath | undefined;
  joins: JoinPath | undefined;
}

function Diagram(props: LoadedProps) {
  const { graph, path, focus, source, joins, sql } = props;
  const [distance, setDistance] = useState<Distance>(path ? '0' : '1');
  const [chosenDetail, setDetail] = useState<Detail>();
  const [asText, setAsText] = useState(false);
  const shown = useShown(graph, path, focus, distance);
  const detail = chosenDetail ?? firstDetail(shown.keys.length);
  const layout = useLayout(graph, { ...shown, detail });
  const isWhole = focus === undefined && path === undefined;
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <DiagramTools
          {...props}
          {...{ shown, distance, detail, asText }}
          laidOut={layout.laidOut}
          onDistance={setDistance}
          onDetail={setDetail}
          onText={setAsText}
        />
        {asText ? (
          <RelationList source={source} graph={graph} keys={shown.keys} edges={shown.edges} />
        ) : layout.error ? (
          <div className="p-6">
            <FailureNotice title={text.layoutFailed} error={layout.error} onRetry={layout.retry} />
          </div>
        ) : layout.laidOut ? (
          <DiagramCanvas {...props} {...{ shown, detail, isWhole }} laidOut={layout.laidOut} />
        ) : (
          <Waiting text={text.layingOut(shown.keys.length)} />
        )}
      </div>
      {joins && sql !== undefined && <JoinPathPanel source={source} sql={sql} joins={joins} />}
    </div>
  );
}

function useShown(graph: Graph, path: LitPath | undefined, focus: string | undefined, distance: Distance) {
  return useMemo(() => {
    const starts = path ? [...path.tables] : focus === undefined ? undefined : [focus];
    const around = starts && reach(graph, starts, distance);
    const keys = [...graph.tables.keys()].filter((key) => !around || around.has(key));
    const present = new Set(keys);
    const edges = [...graph.edges, ...(path?.added ?? [])].filter(
      ({ from, to }) => present.has(from) && present.has(to),
    );
    return { keys, edges };
  }, [graph, path, focus, distance]);
}
