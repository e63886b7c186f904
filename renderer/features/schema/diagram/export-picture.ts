import { drawLines, type Box, type Point } from './edge-geometry.ts';
import { colourOf } from './flow.ts';
import {
  drawnColumns,
  headHeightPx,
  rowHeightPx,
  sizeOf,
  type Detail,
  type Graph,
  type GraphEdge,
} from './graph.ts';
import type { LitPath } from './graph.ts';
import type { LaidOut } from './lay-out.ts';

export interface PictureInput {
  graph: Graph;
  keys: readonly string[];
  edges: readonly GraphEdge[];
  detail: Detail;
  placeOf(key: string): Point;
  path: LitPath | undefined;
  laidOut: LaidOut;
  colours: PictureColours;
}

export interface PictureColours {
  background: string;
  surface: string;
  border: string;
  line: string;
  text: string;
  text2: string;
  accent: string;
  danger: string;
  /** By namespace. */
  palette: string[];
}

const marginPx = 32;
const font = 'font-family="system-ui, sans-serif"';

/** The diagram as one file that needs nothing else: drawn from the layout, not from the page. */
export function drawSvg(input: PictureInput): string {
  const { graph, keys, edges, colours } = input;
  const boxes = new Map(
    keys.flatMap((key): [string, Box][] => {
      const table = graph.tables.get(key);
      return table ? [[key, { ...input.placeOf(key), ...sizeOf(table, input.detail) }]] : [];
    }),
  );
  const all = [...boxes.values()];
  const left = Math.min(...all.map(({ x }) => x)) - marginPx;
  const top = Math.min(...all.map(({ y }) => y)) - marginPx;
  const width = Math.ceil(Math.max(...all.map((box) => box.x + box.width)) - left + marginPx);
  const height = Math.ceil(Math.max(...all.map((box) => box.y + box.height)) - top + marginPx);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}">`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colours.background}"/>`,
    ...edges.map((edge) => drawEdge(edge, boxes, input)),
    ...[...boxes].map(([key, box]) => drawBox(key, box, input)),
    '</svg>',
  ].join('\n');
}

function drawBox(key: string, box: Box, { graph, detail, colours, path }: PictureInput): string {
  const table = graph.tables.get(key);
  if (!table) return '';
  const colour = colours.palette[colourOf(graph).get(table.namespace) ?? 0] ?? colours.accent;
  const isLit = path?.tables.has(key);
  const { x, y, width, height } = box;
  const rows = drawnColumns(table, detail).map((column, at) => {
    const baseline = y + headHeightPx + 3 + at * rowHeightPx + 14;
    const mark = table.primaryKey.includes(column.name) ? '◆ ' : '';
    const type =
      detail === 'columns'
        ? `<text x="${x + width - 8}" y="${baseline}" text-anchor="end" fill="${colours.text2}" font-size="11" ${font}>${escape(fitText(column.type, 16))}</text>`
        : '';
    return `<text x="${x + 10}" y="${baseline}" fill="${colours.text}" font-size="12" ${font}>${mark}${escape(column.name)}</text>${type}`;
  });
  return [
    `<g><title>${escape(key)}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="4" fill="${colours.surface}" stroke="${isLit ? colours.accent : colours.border}" stroke-width="${isLit ? 2.5 : 1}"/>`,
    `<rect x="${x}" y="${y}" width="${width}" height="3" fill="${colour}"/>`,
    `<text x="${x + 10}" y="${y + 21}" font-weight="600" fill="${colours.text}" font-size="12" ${font}>${escape(table.name)}</text>`,
    ...rows,
    '</g>',
  ].join('');
}

function fitText(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}

function drawEdge(
  edge: GraphEdge,
  boxes: ReadonlyMap<string, Box>,
  { colours, path, laidOut }: PictureInput,
): string {
  const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)];
  if (!from || !to) return '';
  const { line, marks, ring } = drawLines(edge, laidOut, from, to);
  const fans = path?.edges.get(edge.id);
  const stroke = fans === undefined ? colours.line : fans ? colours.danger : colours.accent;
  const dashes = edge.isJoin ? ' stroke-dasharray="6 4"' : '';
  const circle = ring === '' ? '' : `<path d="${ring}" fill="${colours.surface}"/>`;
  return `<g fill="none" stroke="${stroke}" stroke-width="${fans === undefined ? 1.2 : 2.4}"><path d="${line}"${dashes}/><path d="${marks}"/>${circle}</g>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Browsers refuse larger canvases, in pixels of a side. */
const maxSidePx = 8_000;

/** The same picture in pixels, twice as fine as the screen where that fits. @throws where the browser refuses */
export async function drawPng(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const scale = Math.min(2, maxSidePx / image.width, maxSidePx / image.height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('No canvas.');
  context.scale(scale, scale);
  context.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('No picture.'))), 'image/png');
  });
}

/** The page's colours as they are now, light or dark. */
export function readColours(element: Element): PictureColours {
  const probe = document.createElement('span');
  element.append(probe);
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours: PictureColours = {
    ...{ background: read('bg'), surface: read('surface'), border: read('border-strong') },
    ...{ line: read('border-strong'), text: read('text'), text2: read('text-2') },
    ...{ accent: read('accent'), danger: read('danger') },
    palette: Array.from({ length: 8 }, (_, at) => read(`ns-${at}`)),
  };
  probe.remove();
  return colours;
}
