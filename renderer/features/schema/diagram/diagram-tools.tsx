import { Download, List, Search, Workflow } from 'lucide-react';
import { useId, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { MenuButton } from '../../../components/menu-button.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { downloadText } from '../../../lib/clipboard.ts';
import { ColourLegend, nameIn } from './colour-legend.tsx';
import type { DiagramProps } from './diagram-view.tsx';
import { drawPng, drawSvg, readColours } from './export-picture.ts';
import { findTable } from './find-table.ts';
import type { Detail, Distance, Graph, GraphEdge, LitPath } from './graph.ts';
import type { LaidOut } from './lay-out.ts';
import { saveBlob } from './save-blob.ts';
import { usePlaces } from './use-places.ts';

const text = copy.explorer.diagram;
const distances: Distance[] = ['0', '1', '2', '3', 'all'];
const details: Detail[] = ['names', 'keys', 'columns'];

interface ToolsProps extends DiagramProps {
  graph: Graph;
  path: LitPath | undefined;
  shown: { keys: string[]; edges: GraphEdge[] };
  laidOut: LaidOut | undefined;
  distance: Distance;
  detail: Detail;
  asText: boolean;
  onDistance(distance: Distance): void;
  onDetail(detail: Detail): void;
  onText(asText: boolean): void;
}

export function DiagramTools(props: ToolsProps) {
  const { graph, path, focus, shown, distance, detail, asText, onFocus, onDistance, onDetail, onText } =
    props;
  return (
    <div className="flex flex-none flex-wrap items-center gap-x-3 gap-y-2 border-b border-border bg-surface px-4 py-2">
      <FindField graph={graph} />
      {!path && (
        <Choice
          label={text.focus}
          value={focus ?? ''}
          options={[
            { id: '', title: text.allTables },
            ...[...graph.tables.keys()].map((key) => ({ id: key, title: nameIn(graph, key) })),
          ]}
          onChoose={(key) => onFocus(key === '' ? undefined : key)}
        />
      )}
      {(focus !== undefined || path) && (
        <Choice
          label={text.distance}
          value={distance}
          options={distances.map((id) => ({ id, title: text.distances[id] }))}
          onChoose={onDistance}
        />
      )}
      <Choice
        label={text.detail}
        value={detail}
        options={details.map((id) => ({ id, title: text.details[id] }))}
        onChoose={onDetail}
      />
      <span className="text-s text-text-2" role="status">
        {text.shown(shown.keys.length, graph.tables.size)}
      </span>
      <ColourLegend graph={graph} />
      <span className="grow" />
      <Button variant="ghost" small icon={asText ? Workflow : List} onClick={() => onText(!asText)}>
        {asText ? text.asPicture : text.asText}
      </Button>
      <ExportMenu {...props} />
    </div>
  );
}

function FindField({ graph }: { graph: Graph }) {
  const listId = useId();
  const [value, setValue] = useState('');
  const names = [...graph.tables.keys()].map((key) => ({ key, name: nameIn(graph, key) }));
  function find(typed: string, exact: boolean): void {
    const wanted = typed.trim().toLowerCase();
    if (wanted === '') return;
    const found =
      names.find(({ name }) => name.toLowerCase() === wanted) ??
      (exact ? undefined : names.find(({ name }) => name.toLowerCase().includes(wanted)));
    if (found) findTable(found.key);
  }
  return (
    <form
      role="search"
      className="flex items-center gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        find(value, false);
      }}
    >
      <Search aria-hidden size={16} className="text-text-2" />
      <input
        type="search"
        list={listId}
        className="input small w-[150px]"
        aria-label={text.find}
        placeholder={text.findShort}
        value={value}
        onChange={(event) => {
          setValue(event.target.value);
          // What is picked from the list comes whole and at once.
          find(event.target.value, true);
        }}
      />
      <datalist id={listId}>
        {names.map(({ key, name }) => (
          <option key={key} value={name} />
        ))}
      </datalist>
    </form>
  );
}

interface ChoiceProps<Id extends string> {
  label: string;
  value: Id;
  options: readonly { id: Id; title: string }[];
  onChoose(id: Id): void;
}

function Choice<Id extends string>({ label, value, options, onChoose }: ChoiceProps<Id>) {
  return (
    <label className="flex items-center gap-1.5 text-s text-text-2">
      {label}
      <select
        className="input small max-w-[150px] text-text"
        value={value}
        onChange={(event) => {
          const chosen = options.find(({ id }) => id === event.target.value);
          if (chosen) onChoose(chosen.id);
        }}
      >
        {options.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

function ExportMenu({ graph, shown, path, detail, laidOut, source, focus }: ToolsProps) {
  const toast = useToast();
  const { moved } = usePlaces(source.id, focus === undefined && path === undefined);
  async function save(format: string): Promise<void> {
    if (!laidOut) return;
    const element = document.querySelector('.diagram') ?? document.body;
    const svg = drawSvg({
      ...{
        graph,
        keys: shown.keys,
        edges: shown.edges,
        detail,
        path,
        laidOut,
        colours: readColours(element),
      },
      placeOf: (key) => moved[key] ?? laidOut?.places.get(key) ?? { x: 0, y: 0 },
    });
    const file = `${source.name}-diagram.${format}`;
    if (format === 'svg') downloadText(file, svg, 'image/svg+xml');
    else saveBlob(file, await drawPng(svg));
    toast(text.exported(file));
  }
  return (
    <MenuButton
      label={text.export}
      icon={Download}
      disabled={!laidOut}
      items={[
        { id: 'svg', label: text.exportSvg },
        { id: 'png', label: text.exportPng },
      ]}
      onPick={(format) => void save(format).catch(() => toast(text.exportFailed))}
    />
  );
}
