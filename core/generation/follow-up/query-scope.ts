import type { DatabaseSchema } from '../../contract/index.ts';
import { findMentions } from '../../schema/find-mentions.ts';
import { quoteIdentifier } from '../../sql/identifiers.ts';
import { viewSchema, type ColumnView, type SchemaView, type TableView } from '../../sql/sketch/index.ts';
import { columnNames, fieldsOf, listOf, type SelectNode } from './sql-nodes.ts';
import type { PlacedWord } from './rules.ts';

/** A table that a query reads, by the name that its columns are called with. */
export interface ScopeTable {
  name: string;
  table: TableView;
}

/** A column that a follow-up means; `joins` are the clauses that bring its table into the query, if it is not there. */
export interface FoundColumn {
  name: string;
  table: TableView;
  column: ColumnView;
  joins: string[];
}

export class QueryScope {
  readonly view: SchemaView;
  readonly tables: ScopeTable[];

  constructor(view: SchemaView, tables: ScopeTable[]) {
    this.view = view;
    this.tables = tables;
  }

  /** Undefined for what reads anything but tables joined by name. */
  static of(schema: DatabaseSchema, select: SelectNode): QueryScope | undefined {
    const view = viewSchema(schema);
    const tables = listOf(select, 'fromClause').flatMap((item) => readFrom(view, item));
    const known = tables.filter((table) => table !== undefined);
    return known.length === tables.length && known.length > 0 && select['withClause'] === undefined
      ? new QueryScope(view, known)
      : undefined;
  }

  /** Where a column reference of the query leads. */
  resolve(names: readonly string[]): FoundColumn | undefined {
    const name = names.at(-1);
    const qualifier = names.at(-2);
    const found = this.tables.flatMap((scope) => {
      if (qualifier !== undefined && scope.name !== qualifier) return [];
      const column = scope.table.columns.find((candidate) => candidate.column.name === name);
      return column ? [{ ...scope, column, joins: [] }] : [];
    });
    return found.length === 1 ? found[0] : undefined;
  }

  /** Another column of a found one's table. */
  resolveIn(found: FoundColumn, name: string): FoundColumn | undefined {
    const column = found.table.columns.find((candidate) => candidate.column.name === name);
    return column && { ...found, column };
  }

  resolveNode(node: Parameters<typeof columnNames>[0]): FoundColumn | undefined {
    const names = columnNames(node);
    return names && this.resolve(names);
  }

  /** A column by table and column words of the view: in the query, or along foreign keys to rows that it belongs to. */
  locate(tableWord: string, columnWord: string): FoundColumn | undefined {
    for (const scope of this.tables) {
      if (scope.table.word !== tableWord) continue;
      const column = scope.table.columnByWord.get(columnWord);
      return column && { ...scope, column, joins: [] };
    }
    const table = this.view.tableByWord.get(tableWord);
    const column = table?.columnByWord.get(columnWord);
    const joins = table && this.findJoins(table);
    return table && column && joins ? { name: table.table.name, table, column, joins } : undefined;
  }

  /** At most two foreign keys away, each from the row that holds it to the one row that it names: no row is doubled. */
  private findJoins(target: TableView): string[] | undefined {
    const paths = this.tables.map((scope) => ({ ...scope, joins: [] as string[] }));
    for (let depth = 0; depth < 2; depth++) {
      for (const path of paths.splice(0)) {
        for (const edge of this.view.edges.filter(({ from }) => from === path.table.word)) {
          const table = this.view.tableByWord.get(edge.to);
          if (!table || this.tables.some(({ name }) => name === table.table.name)) continue;
          const joins = [...path.joins, writeJoin(path, table, edge)];
          if (table === target) return joins;
          paths.push({ name: table.table.name, table, joins });
        }
      }
    }
    return undefined;
  }

  /** The column that a phrase names, and the words of it that do. Tables are named by their label. */
  findColumn(phrase: readonly PlacedWord[], wanted?: ColumnView['kind']): FoundColumn | undefined {
    const words = phrase.map(({ word }) => word);
    const mentions = findMentions(this.view, words)
      .flatMap((mention) => {
        const column = mention.column ?? labelOf(mention.table);
        const found = column && this.locate(mention.table.word, column.word);
        if (!found || (wanted !== undefined && found.column.kind !== wanted)) return [];
        const covers = mention.length + (mention.column ? 0.5 : 0);
        return [{ found, score: covers * 4 + mention.score - found.joins.length * 2 }];
      })
      .toSorted((a, b) => b.score - a.score);
    return mentions[0]?.found ?? this.findLiteral(phrase, wanted);
  }

  /** A column of the query that is called just so; `total` and `number` are too common to be looked for otherwise. */
  private findLiteral(phrase: readonly PlacedWord[], wanted?: ColumnView['kind']): FoundColumn | undefined {
    const name = phrase.map(({ word }) => word).join('_');
    const found = this.tables.flatMap((scope) =>
      scope.table.columns
        .filter(({ column, kind }) => column.name === name && (wanted ?? kind) === kind)
        .map((column) => ({ ...scope, column, joins: [] })),
    );
    return found[0];
  }

  /** Words of a phrase that name a table or column of the schema. */
  namedPlaces(phrase: readonly PlacedWord[]): Set<number> {
    const words = phrase.map(({ word }) => word);
    const places = findMentions(this.view, words).flatMap(({ start, length }) =>
      phrase.slice(start, start + length).map(({ at }) => at),
    );
    return new Set(this.findLiteral(phrase) ? phrase.map(({ at }) => at) : places);
  }

  /** The date that a query speaks of: the one that it uses, else the first of its tables. */
  findDate(select: SelectNode): FoundColumn | undefined {
    const used = referencesIn(select).flatMap((names) => this.resolve(names) ?? []);
    const own = this.tables.flatMap((scope) =>
      scope.table.columns.map((column) => ({ ...scope, column, joins: [] })),
    );
    return [...used, ...own].find(({ column }) => column.kind === 'date');
  }
}

function referencesIn(value: unknown): string[][] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = columnNames(value as SelectNode);
  return own ? [own] : Object.values(value).flatMap(referencesIn);
}

function readFrom(view: SchemaView, item: SelectNode): (ScopeTable | undefined)[] {
  const join = fieldsOf(item, 'JoinExpr');
  if (join) return [join['larg'], join['rarg']].flatMap((side) => readFrom(view, side as SelectNode));
  const range = fieldsOf(item, 'RangeVar');
  const relation = range?.['relname'];
  const namespace = range?.['schemaname'];
  const table = view.tables.find(
    (candidate) =>
      candidate.table.name === relation &&
      (namespace === undefined
        ? view.searchPath.includes(candidate.table.namespace)
        : candidate.table.namespace === namespace),
  );
  if (!range || !table) return [undefined];
  const alias = range['alias'];
  const name = (alias as SelectNode | undefined)?.['aliasname'] ?? relation;
  return [{ name: String(name), table }];
}

function writeJoin(
  from: ScopeTable,
  table: TableView,
  edge: { fromColumns: string[]; toColumns: string[] },
): string {
  const own = quoteIdentifier(table.table.name);
  const pairs = edge.fromColumns.map(
    (column, index) =>
      `${quoteIdentifier(from.name)}.${quoteIdentifier(column)} = ${own}.${quoteIdentifier(edge.toColumns[index] ?? column)}`,
  );
  return `JOIN ${quoteIdentifier(table.table.namespace)}.${own} ON ${pairs.join(' AND ')}`;
}

/** What stands for a row of a table: its name or title. */
export function labelOf(table: TableView): ColumnView | undefined {
  const isLabel = ({ column, kind }: ColumnView) =>
    kind === 'text' && /(^|_)(name|title|label)$/.test(column.name);
  return table.columns.find(isLabel);
}

export function writeColumn({ name, column }: FoundColumn): string {
  return `${quoteIdentifier(name)}.${quoteIdentifier(column.column.name)}`;
}
