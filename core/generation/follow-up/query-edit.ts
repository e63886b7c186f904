import type { ValueHint } from '../../schema/index.ts';
import type { AstNode, AstValue } from '../../sql/index.ts';
import { columnsIn, conditionsOf, findConditions } from './find-conditions.ts';
import { labelOf, writeColumn, type FoundColumn, type QueryScope } from './query-scope.ts';
import type { AggregateName, Change, PlacedWord } from './rules.ts';
import {
  columnNames,
  fieldsOf,
  findAggregate,
  isAggregated,
  listOf,
  parseExpression,
  parseSelect,
  parseTarget,
  targetValues,
  walk,
  type SelectNode,
} from './sql-nodes.ts';

export function withoutLimit(select: SelectNode): SelectNode {
  const { limitCount: _count, limitOffset: _offset, ...rest } = select;
  return { ...rest, limitOption: 'LIMIT_OPTION_DEFAULT' };
}

export async function limitTo(select: SelectNode, count: number): Promise<SelectNode> {
  return { ...select, limitCount: await parseExpression(String(count)), limitOption: 'LIMIT_OPTION_COUNT' };
}

/** Changes of one query over tables that are known. */
export class QueryEdit {
  private readonly scope: QueryScope;
  private readonly select: SelectNode;

  constructor(scope: QueryScope, select: SelectNode) {
    this.scope = scope;
    this.select = select;
  }

  async rank(change: Extract<Change, { kind: 'limit' }>): Promise<SelectNode | undefined> {
    const isOrdered = listOf(this.select, 'sortClause').length > 0;
    const keeps = isOrdered && change.phrase.length === 0 && change.from === 'top';
    const ordered = keeps ? this.select : await this.order(change.phrase, change.from === 'top');
    return ordered && limitTo(ordered, change.count);
  }

  async order(
    phrase: readonly PlacedWord[],
    descending: boolean | 'reverse',
    byDate = false,
  ): Promise<SelectNode | undefined> {
    const sorted = listOf(this.select, 'sortClause');
    if (descending === 'reverse')
      return sorted.length > 0 ? { ...this.select, sortClause: sorted.map(turnRound) } : undefined;
    const [first] = sorted;
    if (phrase.length === 0 && first) return { ...this.select, sortClause: [direct(first, descending)] };
    const target = byDate ? undefined : this.findOutput(phrase);
    const column = target ? undefined : this.findSortColumn(phrase, byDate);
    const text = column && writeColumn(column);
    if (!target && !text) return undefined;
    const template = await parseSelect(`SELECT 1 ORDER BY ${text ?? '1'} ${descending ? 'DESC' : 'ASC'}`);
    const [sort] = listOf(template ?? {}, 'sortClause');
    const fields = fieldsOf(sort, 'SortBy');
    if (!fields) return undefined;
    const node = target ?? fields['node'] ?? null;
    const joined = await this.join(column);
    return joined && { ...joined, sortClause: [{ SortBy: { ...fields, node } }] };
  }

  private findSortColumn(phrase: readonly PlacedWord[], byDate: boolean): FoundColumn | undefined {
    if (phrase.length > 0) return this.scope.findColumn(phrase);
    return byDate ? this.scope.findDate(this.select) : this.mainNumber();
  }

  /** The output that a phrase means by what it computes (`the number`, `total`), or the only aggregate. */
  private findOutput(phrase: readonly PlacedWord[]): AstValue | undefined {
    const outputs = targetValues(this.select).filter((value) => findAggregate(value) !== undefined);
    const [only] = outputs;
    if (phrase.length === 0) return outputs.length === 1 ? only : undefined;
    const words = phrase.map(({ word }) => word).join(' ');
    const wanted = Object.entries(aggregateWords).find(([, pattern]) => pattern.test(words))?.[0];
    const aliased = listOf(this.select, 'targetList').find((target) => {
      const name = fieldsOf(target, 'ResTarget')?.['name'];
      return typeof name === 'string' && name.replaceAll('_', ' ') === words;
    });
    if (aliased) return fieldsOf(aliased, 'ResTarget')?.['val'];
    return outputs.find((value) => findAggregate(value) === wanted);
  }

  /** The number that a list is about: the only one that it shows. */
  private mainNumber(): FoundColumn | undefined {
    const shown = targetValues(this.select).flatMap((value) => this.scope.resolveNode(value) ?? []);
    const numbers = shown.filter(
      ({ column }) => column.kind === 'number' && !/(^|_)id$/.test(column.column.name),
    );
    const dates = shown.filter(({ column }) => column.kind === 'date');
    return numbers.length === 1
      ? numbers[0]
      : numbers.length === 0 && dates.length === 1
        ? dates[0]
        : undefined;
  }

  async group(phrase: readonly PlacedWord[]): Promise<SelectNode | undefined> {
    const key = this.groupKey(phrase);
    const joined = key && (await this.join(key.column));
    if (!key || !joined || this.select['distinctClause'] !== undefined) return undefined;
    const kept = listOf(this.select, 'targetList').filter(
      (target) => findAggregate(fieldsOf(target, 'ResTarget')?.['val']) !== undefined,
    );
    const figures = kept.length > 0 ? kept : [await parseTarget('count(*)')];
    const { sortClause: _sort, ...rest } = withoutLimit(joined);
    const { havingClause: _having, ...plain } = rest;
    const values = await Promise.all(key.texts.map((text) => parseExpression(text)));
    return {
      ...(isAggregated(this.select) ? rest : plain),
      targetList: [...values.slice(0, 1).map((val) => ({ ResTarget: { val } })), ...figures],
      groupClause: values,
    };
  }

  /** By a month, a year, a column, or a table's rows: these by their key, shown by their name. */
  private groupKey(phrase: readonly PlacedWord[]): { texts: string[]; column: FoundColumn } | undefined {
    const [{ word } = { word: '' }, ...rest] = phrase;
    const part = dateParts[word.replace(/s$/, '')];
    const date =
      part && (rest.length > 0 ? this.scope.findColumn(rest, 'date') : this.scope.findDate(this.select));
    if (part && date) return { texts: [part(writeColumn(date))], column: date };
    const found = this.scope.findColumn(phrase);
    if (!found || !this.isWholly(phrase)) return undefined;
    const label = labelOf(found.table);
    const [id] = found.table.table.primaryKey;
    const isTable =
      label === found.column &&
      found.table.table.primaryKey.length === 1 &&
      !phrase.some(({ word: own }) => own === label.column.name);
    const key = isTable && id !== undefined ? this.scope.resolveIn(found, id) : undefined;
    return { texts: [writeColumn(found), ...(key ? [writeColumn(key)] : [])], column: found };
  }

  /** Whether every word of a phrase names something, so that nothing that was asked is passed over. */
  private isWholly(phrase: readonly PlacedWord[]): boolean {
    const named = this.scope.namedPlaces(phrase);
    return phrase.every(({ word, at }) => named.has(at) || /^(the|a|an|of|each|every|and|their)$/.test(word));
  }

  async show(phrase: readonly PlacedWord[]): Promise<SelectNode | undefined> {
    const column = this.scope.findColumn(phrase);
    const joined = column && (await this.join(column));
    if (!column || !joined || !this.isWholly(phrase) || isAggregated(this.select)) return undefined;
    return {
      ...joined,
      targetList: [...listOf(joined, 'targetList'), await parseTarget(writeColumn(column))],
    };
  }

  async aggregate(name: AggregateName, phrase: readonly PlacedWord[]): Promise<SelectNode | undefined> {
    const grouped = listOf(this.select, 'groupClause').length > 0;
    const column =
      phrase.length > 0 ? this.scope.findColumn(phrase, 'number') : (this.mainNumber() ?? this.aggregated());
    if (!column || (phrase.length > 0 && !this.isWholly(phrase))) return undefined;
    if (grouped) return column.joins.length === 0 ? this.swapAggregate(name, column) : undefined;
    if (this.select['limitCount'] !== undefined) return undefined;
    const joined = await this.join(column);
    if (!joined) return undefined;
    const { sortClause: _sort, distinctClause: _distinct, ...rest } = joined;
    return { ...rest, targetList: [await parseTarget(`${name}(${writeColumn(column)})`)] };
  }

  /** Another figure of the same groups. */
  private async swapAggregate(name: AggregateName, column: FoundColumn): Promise<SelectNode> {
    const target = await parseTarget(`${name}(${writeColumn(column)})`);
    const { sortClause: _sort, ...rest } = withoutLimit(this.select);
    const targetList = listOf(this.select, 'targetList').map((own) =>
      findAggregate(fieldsOf(own, 'ResTarget')?.['val']) === undefined ? own : target,
    );
    return { ...rest, targetList };
  }

  /** The column that the query's only figure is computed of. */
  private aggregated(): FoundColumn | undefined {
    const figures = targetValues(this.select).filter((value) => findAggregate(value) !== undefined);
    const columns = columnsIn(this.scope, figures);
    return columns.length === 1 ? columns[0] : undefined;
  }

  async filter(
    phrase: readonly PlacedWord[],
    negated: boolean,
    hints: readonly ValueHint[],
  ): Promise<SelectNode | undefined> {
    const found = findConditions(this.scope, this.select, phrase, hints);
    if (!found) return undefined;
    let changed: SelectNode | undefined = this.select;
    for (const { text, column } of found) {
      changed =
        changed &&
        (await new QueryEdit(this.scope, changed).addCondition(
          negated ? `NOT (${text})` : text,
          column,
          !negated || column?.column.kind === 'boolean',
        ));
    }
    return changed;
  }

  /** Another value of a column takes the place of the one before: "what about France?". */
  private async addCondition(
    text: string,
    column: FoundColumn | undefined,
    replaces: boolean,
  ): Promise<SelectNode | undefined> {
    const joined = await this.join(column);
    if (!joined) return undefined;
    const isReplaced = (condition: SelectNode) => {
      const own = columnsIn(this.scope, condition);
      return (
        column !== undefined && own.length > 0 && own.every((one) => writeColumn(one) === writeColumn(column))
      );
    };
    const kept = conditionsOf(joined).filter((condition) => !replaces || !isReplaced(condition));
    const args = [...kept, await parseExpression(text)];
    const [only] = args;
    const whereClause = args.length === 1 && only ? only : { BoolExpr: { boolop: 'AND_EXPR', args } };
    return { ...joined, whereClause };
  }

  /** The query with the tables that a column needs. Names that would then be said of two tables get their table's. */
  private async join(column: FoundColumn | undefined): Promise<SelectNode | undefined> {
    if (!column || column.joins.length === 0) return this.select;
    const [from, ...others] = listOf(this.select, 'fromClause');
    if (!from || others.length > 0) return undefined;
    let source: AstNode = from;
    for (const clause of column.joins) {
      const template = await parseSelect(`SELECT 1 FROM placeholder ${clause}`);
      const fields = fieldsOf(listOf(template ?? {}, 'fromClause')[0], 'JoinExpr');
      if (!fields) return undefined;
      source = { JoinExpr: { ...fields, larg: source } };
    }
    return { ...this.qualified(), fromClause: [source] };
  }

  private qualified(): SelectNode {
    const copy = structuredClone(this.select);
    for (const node of walk(copy)) {
      const names = columnNames(node);
      const found = names?.length === 1 ? this.scope.resolve(names) : undefined;
      const reference = fieldsOf(node, 'ColumnRef');
      if (found && reference)
        reference['fields'] = [{ String: { sval: found.name } }, ...listOf(reference, 'fields')];
    }
    return copy;
  }
}

const aggregateWords: Record<string, RegExp> = {
  count: /\b(number|count|how many|amount of)\b/,
  avg: /\b(average|mean|avg)\b/,
  sum: /\b(total|sum)\b/,
  max: /\b(max|maximum|highest)\b/,
  min: /\b(min|minimum|lowest)\b/,
};

const dateParts: Record<string, (column: string) => string> = {
  month: (column) => `date_trunc('month', ${column})::date`,
  year: (column) => `EXTRACT(YEAR FROM ${column})`,
  day: (column) => `${column}::date`,
};

function direct(sort: AstNode, descending: boolean): AstNode {
  const fields = fieldsOf(sort, 'SortBy') ?? {};
  return { SortBy: { ...fields, sortby_dir: descending ? 'SORTBY_DESC' : 'SORTBY_ASC' } };
}

function turnRound(sort: AstNode): AstNode {
  return direct(sort, fieldsOf(sort, 'SortBy')?.['sortby_dir'] !== 'SORTBY_DESC');
}
