import type { GraphEdge } from './graph.ts';
import type { LaidOut } from './lay-out.ts';

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  width: number;
  height: number;
}

/** An edge as `d` of SVG paths: its line, the marks at its ends, and the ring of what may be missing. */
export interface EdgeLines {
  line: string;
  /** A crow's foot for many, a bar for one. */
  marks: string;
  /** Empty where a row always refers to another. */
  ring: string;
}

const cornerPx = 6;
const ringPx = 3.2;

/** Along the way that was laid out, while both tables stand where they were put; else straight over. */
export function drawLines(edge: GraphEdge, laidOut: LaidOut, from: Box, to: Box): EdgeLines {
  const { line, start, end, out, into } = wayBetween(edge, laidOut, from, to);
  const isOptional = edge.optional && !edge.isJoin;
  return {
    line,
    marks: `${edge.many ? crowsFoot(start, out) : bar(start, out)}${edge.isJoin ? '' : bar(end, into)}`,
    ring: isOptional ? ring({ x: end.x + into * 11, y: end.y }) : '',
  };
}

interface Way {
  line: string;
  start: Point;
  end: Point;
  /** On which side it leaves its tables: 1 to the right, -1 to the left. */
  out: number;
  into: number;
}

function wayBetween(edge: GraphEdge, { places, routes }: LaidOut, from: Box, to: Box): Way {
  const stands = (key: string, { x, y }: Point) => places.get(key)?.x === x && places.get(key)?.y === y;
  const route = stands(edge.from, from) && stands(edge.to, to) ? routes.get(edge.id) : undefined;
  const [start, end] = [route?.[0], route?.at(-1)];
  if (route && start && end) {
    return { line: pathAlong(route), start, end, out: sideOf(start, from), into: sideOf(end, to) };
  }
  const [out, into] = facing(from, to);
  return curve(port(from, out), port(to, into), out, into);
}

/** The sides that face each other; both right ones where the tables stand above each other. */
function facing(from: Box, to: Box): [out: number, into: number] {
  if (to.x > from.x + from.width) return [1, -1];
  return to.x + to.width < from.x ? [-1, 1] : [1, 1];
}

function port({ x, y, width, height }: Box, side: number): Point {
  return { x: side > 0 ? x + width : x, y: y + height / 2 };
}

function sideOf({ x }: Point, box: Box): number {
  return x > box.x + box.width / 2 ? 1 : -1;
}

function curve(start: Point, end: Point, out: number, into: number): Way {
  const bend = Math.max(40, Math.abs(end.x - start.x) / 2);
  const [first, second] = [start.x + out * bend, end.x + into * bend];
  const line = `M${start.x} ${start.y}C${first} ${start.y} ${second} ${end.y} ${end.x} ${end.y}`;
  return { line, start, end, out, into };
}

/** Straight lines with round corners. */
function pathAlong([first, ...rest]: readonly Point[]): string {
  if (!first) return '';
  const parts = rest.map((point, at) => {
    const [before, next] = [at === 0 ? first : rest[at - 1], rest[at + 1]];
    if (!next || !before) return `L${point.x} ${point.y}`;
    const [start, end] = [towards(point, before), towards(point, next)];
    return `L${start.x} ${start.y}Q${point.x} ${point.y} ${end.x} ${end.y}`;
  });
  return `M${first.x} ${first.y}${parts.join('')}`;
}

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const share = Math.min(cornerPx, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function crowsFoot({ x, y }: Point, out: number): string {
  const tip = x + out * 11;
  return `M${tip} ${y}L${x} ${y - 6}M${tip} ${y}L${x} ${y + 6}`;
}

function bar({ x, y }: Point, out: number): string {
  return `M${x + out * 6} ${y - 5}V${y + 5}`;
}

function ring({ x, y }: Point): string {
  const arc = (dx: number) => `a${ringPx} ${ringPx} 0 1 0 ${dx} 0`;
  return `M${x - ringPx} ${y}${arc(2 * ringPx)}${arc(-2 * ringPx)}`;
}
