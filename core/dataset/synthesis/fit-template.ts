import type { ValueSample } from '../../schema/find-hints.ts';
import {
  planJoins,
  type ColumnView,
  type JoinEdge,
  type SchemaView,
  type TableView,
} from '../../sql/sketch/schema-view.ts';
import {
  classOf,
  isNameClass,
  isPersonTable,
  measures,
  roleOf,
  type ColumnClass,
  type ColumnRole,
} from './column-class.ts';
import { coresOf } from './map-sketch.ts';
import { isSpeakable, nameWords, sayTable } from './natural-names.ts';
import type { Random } from './random.ts';
import type { ColumnSlot, Template } from './template.ts';

/** A schema on which templates are instantiated, with what each column is like. */
export interface Ground {
  view: SchemaView;
  /** `table.column` words → values fit for a question. */
  values: Map<string, string[]>;
  roles: Map<ColumnView, ColumnRole>;
  speakable: Set<ColumnView | TableView>;
  /** See NamedSchema. */
  spoken: ReadonlyMap<string, string>;
}

/** Where a template's tables and columns went. */
export interface Fit {
  tables: Map<string, TableView>;
  columns: Map<string, { table: TableView; column: ColumnView }>;
}

const isValue = (text: string) => text.trim() !== '' && text.length <= 40 && /\p{L}|\d/u.test(text);

export function prepareGround(
  view: SchemaView,
  samples: readonly ValueSample[],
  spoken: ReadonlyMap<string, string> = new Map(),
): Ground {
  const ground: Ground = { view, values: new Map(), roles: new Map(), speakable: new Set(), spoken };
  for (const table of view.tables) {
    const tableName = spoken.get(table.table.name) ?? table.table.name;
    if (isSpeakable(nameWords(tableName))) ground.speakable.add(table);
    for (const column of table.columns) {
      const key = `${table.table.name}.${column.column.name}`;
      const columnName = spoken.get(key) ?? column.column.name;
      ground.roles.set(column, { ...roleOf(table, column), columnClass: classOf(columnName, tableName) });
      if (isSpeakable(nameWords(columnName))) ground.speakable.add(column);
      const sample = samples.find(
        (item) =>
          item.table === table.table.name &&
          item.column === column.column.name &&
          (item.namespace ?? table.table.namespace) === table.table.namespace,
      );
      if (sample) ground.values.set(`${table.word}.${column.word}`, sample.values.filter(isValue));
    }
  }
  return ground;
}

const temporal: ReadonlySet<ColumnClass> = new Set(['time', 'year', 'birth']);
const personNames: ReadonlySet<ColumnClass> = new Set(['first name', 'last name']);
const exact = new Set<ColumnClass>([...temporal, ...personNames, 'code', 'contact', 'age']);

function fitsNumber(slot: ColumnSlot, role: ColumnRole): boolean {
  const { columnClass } = slot.role;
  if (measures.has(columnClass)) return measures.has(role.columnClass);
  return columnClass === role.columnClass;
}

function fitsText(slot: ColumnSlot, role: ColumnRole): boolean {
  const from = slot.role.columnClass;
  const to = role.columnClass;
  if (from === to) return true;
  if (slot.mention !== 'named' || exact.has(from)) return false;
  if (temporal.has(to) || personNames.has(to)) return false;
  return isNameClass(from) ? !exact.has(to) : true;
}

function fitsRole(slot: ColumnSlot, role: ColumnRole): boolean {
  if (slot.role.isKey || slot.role.isForeign) {
    const isAlike = role.isKey === slot.role.isKey && role.isForeign === slot.role.isForeign;
    return isAlike && (!slot.isBound || role.columnClass === slot.role.columnClass);
  }
  if (role.isKey || role.isForeign || slot.role.kind !== role.kind) return false;
  const mustMatch = slot.mention !== 'named' || slot.isBound;
  if (mustMatch && slot.role.columnClass !== role.columnClass) return false;
  if (slot.isAggregated && !measures.has(role.columnClass)) return slot.role.columnClass === role.columnClass;
  if (role.kind === 'number') return fitsNumber(slot, role);
  return role.kind !== 'text' || fitsText(slot, role);
}

function fitsColumn(ground: Ground, slot: ColumnSlot, table: TableView, column: ColumnView): boolean {
  const role = ground.roles.get(column);
  if (!role || !fitsRole(slot, role)) return false;
  if (slot.mention === 'named' && !ground.speakable.has(column)) return false;
  // `the player of each player` names nothing.
  const isTableName = nameWords(column.column.name).join(' ') === sayTable(table.table.name);
  if (slot.mention === 'named' && isTableName) return false;
  const values = ground.values.get(`${table.word}.${column.word}`)?.length ?? 0;
  return slot.textValues === 0 || values >= slot.textValues + 1;
}

/** The keys between two tables, in one direction. */
const keysBetween = (view: SchemaView, from: string, to: string) =>
  view.edges.filter((edge) => edge.from === from && edge.to === to);

/** The one key that takes a template's key's place; with two, the question would not say which. */
function edgeFor(
  ground: Ground,
  edge: JoinEdge,
  tables: ReadonlyMap<string, TableView>,
): JoinEdge | undefined {
  const from = tables.get(edge.from)?.word;
  const to = tables.get(edge.to)?.word;
  if (from === undefined || to === undefined) return undefined;
  const keys = keysBetween(ground.view, from, to);
  const back = keysBetween(ground.view, to, from);
  return keys.length === 1 && back.length === 0 && keys[0]?.fromColumns.length === 1 ? keys[0] : undefined;
}

/** Columns that keys fix: a template's key column goes where its key goes. */
function fixedColumns(
  ground: Ground,
  template: Template,
  source: SchemaView,
  tables: ReadonlyMap<string, TableView>,
) {
  const fixed = new Map<string, ColumnView>();
  const nameOf = (slot: ColumnSlot) =>
    source.tableByWord.get(slot.table)?.columnByWord.get(slot.column)?.column.name;
  for (const edge of template.edges) {
    const key = edgeFor(ground, edge, tables);
    if (!key) return undefined;
    for (const slot of template.columns) {
      const side =
        slot.table === edge.from && nameOf(slot) === edge.fromColumns[0]
          ? ([edge.from, key.fromColumns[0]] as const)
          : slot.table === edge.to && nameOf(slot) === edge.toColumns[0]
            ? ([edge.to, key.toColumns[0]] as const)
            : undefined;
      const column = side && tables.get(side[0])?.columns.find((item) => item.column.name === side[1]);
      if (side && (!column || (fixed.has(slot.id) && fixed.get(slot.id) !== column))) return undefined;
      if (column) fixed.set(slot.id, column);
    }
  }
  return fixed;
}

/** A key's column is given; what remains is whether the question's words suit it. */
function fitsGiven(ground: Ground, slot: ColumnSlot, column: ColumnView): boolean {
  if (slot.isBound && ground.roles.get(column)?.columnClass !== slot.role.columnClass) return false;
  return slot.mention !== 'named' || ground.speakable.has(column);
}

function chooseColumns(
  random: Random,
  ground: Ground,
  template: Template,
  source: SchemaView,
  tables: ReadonlyMap<string, TableView>,
) {
  const fixed = fixedColumns(ground, template, source, tables);
  if (!fixed) return undefined;
  const columns = new Map<string, { table: TableView; column: ColumnView }>();
  const taken = new Set<ColumnView>(fixed.values());
  for (const slot of template.columns) {
    const table = tables.get(slot.table);
    if (!table) return undefined;
    const given = fixed.get(slot.id);
    const fitting = given
      ? []
      : table.columns.filter((column) => !taken.has(column) && fitsColumn(ground, slot, table, column));
    // Wording fits best where the column speaks of the same kind of thing.
    const same = fitting.filter((column) => ground.roles.get(column)?.columnClass === slot.role.columnClass);
    const pool = same.length > 0 && random.chance(0.6) ? same : fitting;
    const column = given ?? (pool.length > 0 ? random.pick(pool) : undefined);
    if (!column || (given && !fitsGiven(ground, slot, given))) return undefined;
    taken.add(column);
    columns.set(slot.id, { table, column });
  }
  return columns;
}

function assignTables(
  random: Random,
  ground: Ground,
  template: Template,
): Map<string, TableView> | undefined {
  const assigned = new Map<string, TableView>();
  for (const slot of template.tables) {
    const keys = template.edges.filter(
      (edge) =>
        (edge.from === slot.word && assigned.has(edge.to)) ||
        (edge.to === slot.word && assigned.has(edge.from)),
    );
    const candidates = ground.view.tables.filter((table) => {
      if ([...assigned.values()].includes(table) || table.columns.length < 2) return false;
      if (slot.isNamed && !ground.speakable.has(table)) return false;
      if (slot.isPerson && !isPersonTable(ground.view, table.word)) return false;
      const tried = new Map([...assigned, [slot.word, table]]);
      return keys.every((edge) => edgeFor(ground, edge, tried));
    });
    if (candidates.length === 0) return undefined;
    assigned.set(slot.word, random.pick(candidates));
  }
  return assigned;
}

/** A table that the question leaves unsaid must follow from a column that no other table has. */
function isImplied(ground: Ground, template: Template, fit: Fit): boolean {
  return template.tables.every((slot) => {
    if (slot.isNamed) return true;
    const own = template.columns.filter(
      (column) => column.table === slot.word && column.mention !== 'implied',
    );
    if (own.length === 0) return template.edges.some((edge) => edge.from === slot.word);
    return own.some((column) => {
      const name = fit.columns.get(column.id)?.column.column.name;
      return (
        column.mention === 'value' ||
        ground.view.tables.filter((table) => table.columns.some((item) => item.column.name === name))
          .length === 1
      );
    });
  });
}

function tryFit(random: Random, ground: Ground, template: Template, source: SchemaView): Fit | undefined {
  const tables = assignTables(random, ground, template);
  const columns = tables && chooseColumns(random, ground, template, source, tables);
  if (!columns) return undefined;
  for (const core of coresOf(template.sketch)) {
    const from = core.from.map((word) => tables.get(word)?.word ?? word);
    if (planJoins(ground.view, from).length !== from.length) return undefined;
  }
  const fit: Fit = { tables, columns };
  return isImplied(ground, template, fit) ? fit : undefined;
}

/** Tables are chosen at random, so a template that fits somewhere may need some tries. */
const maxTries = 8;

/** Places for a template's tables and columns on another schema; nothing where it does not fit. */
export function fitTemplate(
  random: Random,
  ground: Ground,
  template: Template,
  source: SchemaView,
): Fit | undefined {
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const fit = tryFit(random, ground, template, source);
    if (fit) return fit;
  }
  return undefined;
}
