/**
 * Which word may come next. A grammar in continuation-passing style over one schema: only tables that exist,
 * only columns of the tables in FROM, tables that keys connect, literals that the question or the database
 * holds, operators that the column's type allows. Whatever it lets through expands to one SELECT that
 * PostgreSQL can plan.
 */
import {
  aggregateNames,
  arithmeticOperators,
  datePartNames,
  textOperators,
  type SetOperator,
} from './sketch.ts';
import { isPointer } from './pointers.ts';
import { either, finish, nothing, nowhere, sequence, word, type Next, type SketchState } from './states.ts';
import {
  connectedTables,
  joinPartners,
  plainName,
  type ColumnView,
  type SchemaView,
  type TableView,
} from './schema-view.ts';

/** Generic over the state, so that a decoder knows nothing of sketches. */
export interface WordConstraint<S> {
  start(): S;
  allowed(state: S): { words: string[]; end: boolean };
  advance(state: S, word: string): S;
}

/** Literals that may be written, see `collectLiterals`. */
export interface LiteralChoices {
  /** Text that a column may be compared with, its words split at spaces. */
  textFor(table: string, column: string): string[];
  /** Those of them that a text column may be greater or less than. Defaults to none. */
  orderedFor?(table: string, column: string): string[];
  /** Text for contains, starts and ends. */
  patterns: string[];
  numbers: string[];
  /** Numbers of rows. Defaults to `numbers`. */
  limits?: string[];
  dates: string[];
}

const limits = { tables: 6, items: 8, predicates: 4, depth: 2 };

/** Continues with the core that was written. */
type NextOf = (written: Scope) => SketchState;

interface Scope {
  tables: TableView[];
  depth: number;
  /** Number of select items that this core must have: 1 in a subquery, as many as the left in a set operation. */
  itemCount?: number;
  /** A scalar subquery selects one aggregate. */
  scalar?: boolean;
  written: number;
  /** Plain columns among the items: selecting one twice answers nothing. */
  selected: readonly ColumnView[];
  hasAggregate: boolean;
  hasPlain: boolean;
  /** A subquery that must be one row: it ends with ORDER BY and LIMIT 1. */
  isTopRow?: true;
  /** `select *`, beside which nothing is grouped. */
  hasAll?: true;
}

interface ColumnChoice {
  table: TableView;
  column: ColumnView;
}

const textWords = (text: string) => (isPointer(text) ? [text] : ["'", ...text.split(' '), "'"]);

class SketchGrammar {
  private readonly view: SchemaView;
  private readonly literals: LiteralChoices;

  constructor(view: SchemaView, literals: LiteralChoices) {
    this.view = view;
    this.literals = literals;
  }

  start(): SketchState {
    return this.core(newScope(0), (written) => either(finish(), this.setOperation(written)));
  }

  private setOperation(written: Scope): SketchState {
    const operators: SetOperator[] = ['union', 'intersect', 'except'];
    const right = () => this.core({ ...newScope(0), itemCount: written.written }, finish);
    return either(...operators.map((operator) => word(operator, right)));
  }

  private core(scope: Scope, next: NextOf): SketchState {
    return word('from', () => this.fromTable(scope, next));
  }

  private fromTable(scope: Scope, next: NextOf): SketchState {
    const [first] = scope.tables;
    const reachable = first ? connectedTables(this.view, first.word) : undefined;
    const choices = this.view.tables.filter(
      (table) =>
        !scope.tables.includes(table) && table.columns.length > 0 && (reachable?.has(table.word) ?? true),
    );
    return either(
      ...choices.map((table) =>
        word(table.word, () => this.afterTable({ ...scope, tables: [...scope.tables, table] }, next)),
      ),
    );
  }

  private afterTable(scope: Scope, next: NextOf): SketchState {
    const select = word('select', () => this.select(scope, next));
    if (scope.tables.length >= limits.tables) return select;
    const more = this.fromTable(scope, next);
    return more.next.size === 0
      ? select
      : either(
          select,
          word(',', () => more),
        );
  }

  private select(scope: Scope, next: NextOf): SketchState {
    const items = () => this.item(scope, next);
    if (scope.scalar) return items();
    const all = () =>
      this.clauses({ ...scope, written: 1, hasPlain: true, hasAll: true }, () =>
        next({ ...scope, written: 1 }),
      );
    const distinct = word('distinct', items);
    return scope.itemCount === undefined
      ? either(items(), distinct, word('*', all))
      : either(items(), distinct);
  }

  private item(scope: Scope, next: NextOf): SketchState {
    const aggregate = this.aggregate(scope, () =>
      this.afterItem({ ...scope, written: scope.written + 1, hasAggregate: true }, next),
    );
    if (scope.scalar) return aggregate;
    const grown: Scope = { ...scope, written: scope.written + 1, hasPlain: true };
    const plain = () => this.afterItem(grown, next);
    return either(aggregate, this.plainItem(grown, next), this.datePart(scope, plain));
  }

  /** A column that is not selected yet, or an expression that begins with one. */
  private plainItem(scope: Scope, next: NextOf): SketchState {
    const isNew = ({ column }: ColumnChoice) => !scope.selected.includes(column);
    return this.columnOf(scope, isNew, nowhere, (choice) => {
      const after = () => this.afterItem({ ...scope, selected: [...scope.selected, choice.column] }, next);
      return this.arithmeticAfter(scope, choice, after);
    });
  }

  private afterItem(scope: Scope, next: NextOf): SketchState {
    const more = word(',', () => this.item(scope, next));
    if (scope.itemCount !== undefined && scope.written < scope.itemCount) return more;
    // What was selected is known here; a set operation's right side must match its number.
    const rest = () => this.clauses(scope, () => next(scope));
    if (scope.itemCount !== undefined || scope.written >= limits.items) return rest();
    return either(more, rest());
  }

  private clauses(scope: Scope, next: Next): SketchState {
    const afterWhere = () => this.afterWhere(scope, next);
    return either(
      afterWhere(),
      word('where', () => this.predicates(scope, afterWhere, 1)),
    );
  }

  private afterWhere(scope: Scope, next: Next): SketchState {
    const tail = () => this.tail(scope, next);
    if (scope.scalar) return next();
    if (scope.hasAll) return tail();
    return either(
      tail(),
      word('group', () => this.groupItem(scope, () => this.afterGroup(scope, next))),
    );
  }

  private afterGroup(scope: Scope, next: Next): SketchState {
    const tail = () => this.tail({ ...scope, hasAggregate: true }, next);
    const having = word('having', () =>
      this.aggregate(scope, () => this.comparison(scope, this.literals.numbers, tail)),
    );
    return either(tail(), having);
  }

  private groupItem(scope: Scope, next: Next): SketchState {
    const after = () =>
      either(
        next(),
        word(',', () => this.groupItem(scope, next)),
      );
    return either(this.columnOf(scope, isAny, after), this.datePart(scope, after));
  }

  private tail(scope: Scope, next: Next): SketchState {
    if (scope.isTopRow) {
      const one = () => sequence(['limit', '1'], next);
      return word('order', () => this.orderItem(scope, one));
    }
    // Grouped or plain, an ORDER BY over an aggregate beside plain columns completes GROUP BY by itself.
    const limit = () =>
      either(
        next(),
        word('limit', () => this.oneOf(this.literals.limits ?? this.literals.numbers, next)),
      );
    return either(
      next(),
      word('order', () => this.orderItem(scope, limit)),
    );
  }

  private orderItem(scope: Scope, next: Next): SketchState {
    const more = () =>
      either(
        next(),
        word(',', () => this.orderItem(scope, next)),
      );
    const after = () => either(more(), word('desc', more));
    const aggregate = this.aggregate(scope, after);
    if (scope.hasAggregate && !scope.hasPlain) return aggregate;
    if (scope.hasAll) return either(this.columnOrArithmetic(scope, after), this.datePart(scope, after));
    return either(aggregate, this.columnOrArithmetic(scope, after), this.datePart(scope, after));
  }

  private predicates(scope: Scope, next: Next, count: number): SketchState {
    const after = () => {
      if (count >= limits.predicates) return next();
      const more = () => this.predicates(scope, next, count + 1);
      return either(next(), word('and', more), word('or', more));
    };
    return either(
      this.columnOf(scope, isAny, after, (choice, rest) => this.comparisonOf(scope, choice, rest)),
      this.datePart(scope, () => this.comparison(scope, this.literals.numbers, after)),
    );
  }

  private comparisonOf(scope: Scope, choice: ColumnChoice, next: Next): SketchState {
    const states = [word('is-null', next), word('not-null', next), this.membership(scope, choice, next)];
    const { kind } = choice.column;
    if (kind === 'number')
      states.push(
        this.comparison(scope, this.literals.numbers, next, choice),
        this.between(this.literals.numbers, next),
      );
    if (kind === 'date') states.push(this.dateComparison(scope, next));
    if (kind === 'boolean') states.push(word('=', () => either(word('true', next), word('false', next))));
    if (kind === 'text') states.push(this.textComparison(scope, choice, next));
    return either(...states);
  }

  private comparison(scope: Scope, values: string[], next: Next, choice?: ColumnChoice): SketchState {
    const top = () => (choice ? this.topRow(scope, choice, next) : nothing);
    const right = () => either(this.oneOf(values, next), this.scalarSubquery(scope, next), top());
    return either(...['=', '!=', '>', '<', '>=', '<='].map((operator) => word(operator, right)));
  }

  private between(values: string[], next: Next): SketchState {
    if (values.length < 2) return nothing;
    const second = () => word('and', () => this.oneOf(values, next));
    return word('between', () => this.oneOf(values, second));
  }

  private dateComparison(scope: Scope, next: Next): SketchState {
    const dates = this.literals.dates;
    const one = (after: Next) => either(...dates.map((date) => sequence(textWords(date), after)));
    const right = () => either(one(next), this.scalarSubquery(scope, next));
    const compare = either(...['=', '>', '<', '>=', '<='].map((operator) => word(operator, right)));
    if (dates.length < 2) return compare;
    return either(
      compare,
      word('between', () => one(() => word('and', () => one(next)))),
    );
  }

  private textComparison(scope: Scope, choice: ColumnChoice, next: Next): SketchState {
    const texts = this.literals.textFor(choice.table.word, choice.column.word);
    const one = (after: Next) => either(...texts.map((text) => sequence(textWords(text), after)));
    const list = (): SketchState => one(() => either(word(')', next), word(',', list)));
    const membership = texts.length < 2 ? nothing : word('in', () => word('(', list));
    const pattern = () => either(...this.literals.patterns.map((text) => sequence(textWords(text), next)));
    const canEqual = texts.length > 0 || this.topRow(scope, choice, next) !== nothing;
    return either(
      ...(canEqual ? ['=', '!='] : []).map((operator) =>
        word(operator, () => either(one(next), this.topRow(scope, choice, next))),
      ),
      ...this.orderedText(choice, next),
      ...(this.literals.patterns.length === 0
        ? []
        : textOperators.map((operator) => word(operator, pattern))),
      membership,
    );
  }

  /** Words are not greater than others; dates and numbers kept as text are. */
  private orderedText(choice: ColumnChoice, next: Next): SketchState[] {
    const ordered = this.literals.orderedFor?.(choice.table.word, choice.column.word) ?? [];
    if (ordered.length === 0) return [];
    const one = () => either(...ordered.map((text) => sequence(textWords(text), next)));
    return ['>', '<', '>=', '<='].map((operator) => word(operator, one));
  }

  private membership(scope: Scope, choice: ColumnChoice, next: Next): SketchState {
    if (scope.depth >= limits.depth) return nothing;
    const accept = this.comparableWith(choice);
    if (!this.view.tables.some((table) => table.columns.some((column) => accept({ table, column }))))
      return nothing;
    const inner = () =>
      this.subquery({ ...newScope(scope.depth + 1), itemCount: 1 }, accept, () => word(')', next));
    const open = () => word('(', inner);
    return either(word('in', open), word('not-in', open));
  }

  /** What a column may be looked up in: a key in the columns that foreign keys make equal to it, else its namesakes. */
  private comparableWith({ table, column }: ColumnChoice): (choice: ColumnChoice) => boolean {
    const partners = joinPartners(this.view, table, column);
    if (partners.size > 0) {
      return (other) => other.column === column || partners.has(`${other.table.word}.${other.column.word}`);
    }
    const name = plainName(column.column.name);
    const hasNamesakes = !genericNames.has(name);
    return (other) =>
      other.column === column ||
      (hasNamesakes && other.column.kind === column.kind && plainName(other.column.column.name) === name);
  }

  /** FROM … SELECT one column that the outer one may be compared with. */
  private subquery(scope: Scope, accept: (choice: ColumnChoice) => boolean, next: Next): SketchState {
    const tables = this.view.tables.filter((table) =>
      table.columns.some((column) => accept({ table, column })),
    );
    const select = (inner: Scope): SketchState =>
      this.columnOf(inner, accept, () => this.clauses({ ...inner, written: 1, hasPlain: true }, next));
    const from = (inner: Scope): SketchState => {
      const [first] = inner.tables;
      const reachable = first ? connectedTables(this.view, first.word) : undefined;
      const choices = (first ? this.view.tables : tables).filter(
        (table) => !inner.tables.includes(table) && (reachable?.has(table.word) ?? true),
      );
      return either(
        ...choices.map((table) =>
          word(table.word, () => {
            const grown = { ...inner, tables: [...inner.tables, table] };
            const chosen = word('select', () => select(grown));
            return grown.tables.length < 3
              ? either(
                  chosen,
                  this.commaThen(() => from(grown)),
                )
              : chosen;
          }),
        ),
      );
    };
    return word('from', () => from(scope));
  }

  private commaThen(next: Next): SketchState {
    const following = next();
    return following.next.size === 0 ? nothing : word(',', () => following);
  }

  private scalarSubquery(scope: Scope, next: Next): SketchState {
    if (scope.depth >= limits.depth) return nothing;
    const inner: Scope = { ...newScope(scope.depth + 1), itemCount: 1, scalar: true };
    return word('(', () => this.core(inner, () => word(')', next)));
  }

  /** `( from … select one column … order … limit 1 )`: the value of the first row. */
  private topRow(scope: Scope, choice: ColumnChoice, next: Next): SketchState {
    if (scope.depth >= limits.depth) return nothing;
    const inner: Scope = { ...newScope(scope.depth + 1), itemCount: 1, isTopRow: true };
    const accept = this.comparableWith(choice);
    return word('(', () => this.subquery(inner, accept, () => word(')', next)));
  }

  private aggregate(scope: Scope, next: Next): SketchState {
    const close = () => word(')', next);
    const arguments_ = (name: string): SketchState => {
      if (name === 'count') {
        const column = () => this.columnOf(scope, isAny, close);
        return either(word('*', close), word('distinct', column), column());
      }
      if (name === 'min' || name === 'max') return this.columnOf(scope, isOrdered, close);
      return either(this.columnOrArithmetic(scope, close, isNumber), nothing);
    };
    const available = aggregateNames.filter((name) => arguments_(name).next.size > 0);
    return either(...available.map((name) => word(name, () => word('(', () => arguments_(name)))));
  }

  private datePart(scope: Scope, next: Next): SketchState {
    const column = this.columnOf(scope, isDate, () => word(')', next));
    if (column.next.size === 0) return nothing;
    return either(...datePartNames.map((name) => word(name, () => word('(', () => column))));
  }

  private columnOrArithmetic(scope: Scope, next: Next, accept = isAny): SketchState {
    return this.columnOf(scope, accept, next, (choice, rest) => this.arithmeticAfter(scope, choice, rest));
  }

  private arithmeticAfter(scope: Scope, choice: ColumnChoice, rest: Next): SketchState {
    if (!isNumber(choice) || scope.scalar) return rest();
    const right = () => this.columnOf(scope, isNumber, rest);
    return either(rest(), ...arithmeticOperators.map((operator) => word(operator, right)));
  }

  private columnOf(
    scope: Scope,
    accept: (choice: ColumnChoice) => boolean,
    next: Next,
    then: (choice: ColumnChoice, next: Next) => SketchState = (_choice, rest) => rest(),
  ): SketchState {
    const inTable = (table: TableView) =>
      table.columns
        .filter((column) => accept({ table, column }))
        .map((column) => word(column.word, () => then({ table, column }, next)));
    const [only] = scope.tables;
    if (this.view.uniqueColumns) return either(...scope.tables.flatMap(inTable));
    if (scope.tables.length === 1 && only) return either(...inTable(only));
    const states = scope.tables.flatMap((table) => {
      const columns = inTable(table);
      return columns.length === 0 ? [] : [word(table.word, () => word('.', () => either(...columns)))];
    });
    return either(...states);
  }

  private oneOf(values: readonly string[], next: Next): SketchState {
    return either(...values.map((value) => word(value, next)));
  }
}

/** Names that many tables have and that mean something else in each. */
const genericNames = new Set([
  'id',
  'name',
  'title',
  'description',
  'type',
  'status',
  'code',
  'date',
  'notes',
]);

const isAny = (_choice: ColumnChoice) => true;
const isDate = ({ column }: ColumnChoice) => column.kind === 'date';
const isOrdered = ({ column }: ColumnChoice) => column.kind !== 'boolean' && column.kind !== 'other';

/** Keys are numbers that nobody adds up. */
function isNumber({ table, column }: ColumnChoice): boolean {
  const isKey =
    table.table.primaryKey.includes(column.column.name) ||
    table.table.foreignKeys.some((key) => key.columns.includes(column.column.name));
  return column.kind === 'number' && !isKey;
}

function newScope(depth: number): Scope {
  return { tables: [], depth, written: 0, selected: [], hasAggregate: false, hasPlain: false };
}

/** The constraint for one question on one schema. */
export function createSketchConstraint(
  view: SchemaView,
  literals: LiteralChoices,
): WordConstraint<SketchState> {
  const grammar = new SketchGrammar(view, literals);
  return {
    start: () => grammar.start(),
    allowed: (state) => ({ words: [...state.next.keys()], end: state.end }),
    advance: (state, text) => {
      const next = state.next.get(text);
      if (!next) throw new RangeError(`'${text}' may not follow here.`);
      return next();
    },
  };
}
