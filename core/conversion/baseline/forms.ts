import { AppError } from '../../contract/errors.ts';
import { scanSql, type Token } from '../rewrite-lexical.ts';
import type { LoadedTable } from '../load.ts';

/** Ways to put a published query before PostgreSQL, from doing nothing to the project's own conversion. */
export const baselineForms = ['published', 'literals', 'node-sql-parser', 'converted'] as const;
export type BaselineForm = (typeof baselineForms)[number];

export interface PublishedQuery {
  sqliteSql: string;
  /** The conversion's SQL; empty where it gave none. */
  sql: string;
}

/** node-sql-parser's two grammars, and its printer. */
export interface Transpiler {
  transpile(sql: string): string;
}

/** A form's SQL; undefined where the tool cannot read the query. */
export function makeForm(
  form: BaselineForm,
  query: PublishedQuery,
  tables: LoadedTable[],
  transpiler: Transpiler,
): string | undefined {
  if (form === 'published') return query.sqliteSql;
  if (form === 'literals') return quoteLiterals(query.sqliteSql, tables);
  if (form === 'converted') return query.sql === '' ? undefined : query.sql;
  try {
    return foldNames(transpiler.transpile(query.sqliteSql), tables);
  } catch {
    return undefined;
  }
}

/** `"x"` becomes `'x'` where no table named in the query has such a column; tables keep their quotes. */
function quoteLiterals(sql: string, tables: LoadedTable[]): string {
  const tokens = scanSql(sql);
  const words = new Set(tokens.map((token) => token.text.toLowerCase().replaceAll('"', '')));
  const columns = new Set(
    tables
      .filter((table) => words.has(table.name))
      .flatMap((table) => table.columns.map((column) => column.name)),
  );
  const texts = tokens.map((token, index) => {
    const inner = token.text.slice(1, -1);
    const isLiteral =
      token.kind === 'name' && token.text.startsWith('"') && !columns.has(inner.toLowerCase());
    if (!isLiteral || namesTable(tokens, index)) return token.text;
    return `'${inner.replaceAll('""', '"').replaceAll("'", "''")}'`;
  });
  return texts.join('');
}

function namesTable(tokens: Token[], index: number): boolean {
  const before = tokens.slice(0, index).findLast((token) => token.kind !== 'space');
  return /^(from|join|as)$/i.test(before?.text ?? '') || tokens[index + 1]?.text === '.';
}

/**
 * The printer quotes every name as it was written, and the loaded tables have lower-case names: names of the schema
 * and aliases are lower-cased, so that the tool is not held to how this project spells names.
 */
function foldNames(sql: string, tables: LoadedTable[]): string {
  const tokens = scanSql(sql);
  const solid = tokens.filter((token) => token.kind !== 'space');
  const aliases = solid.flatMap((token, index) =>
    solid[index - 1]?.text.toLowerCase() === 'as' ? [token.text.replaceAll('"', '').toLowerCase()] : [],
  );
  const names = new Set([
    ...aliases,
    ...tables.flatMap((table) => [table.name, ...table.columns.map((column) => column.name)]),
  ]);
  return tokens
    .map(({ kind, text }) =>
      kind === 'name' && names.has(text.slice(1, -1).toLowerCase()) ? text.toLowerCase() : text,
    )
    .join('');
}

interface Grammar {
  Parser: new () => {
    astify(sql: string, options: object): unknown;
    sqlify(ast: never, options: object): string;
  };
}

/** Loads node-sql-parser: SQLite's grammar where it reads the query, else PostgreSQL's; PostgreSQL's printer. */
export async function loadTranspiler(): Promise<Transpiler> {
  const [sqlite, postgres] = await Promise.all([
    import('node-sql-parser/build/sqlite.js'),
    import('node-sql-parser/build/postgresql.js'),
  ]);
  const reader = new (grammarOf(sqlite).Parser)();
  const printer = new (grammarOf(postgres).Parser)();
  const parse = (sql: string): unknown => {
    try {
      return reader.astify(sql, { database: 'sqlite' });
    } catch {
      return printer.astify(sql, { database: 'postgresql' });
    }
  };
  return {
    transpile: (sql) => printer.sqlify(parse(sql) as never, { database: 'postgresql' }),
  };
}

/** The package is CommonJS, whose exports a bundler and Node show in different places. */
function grammarOf(module: object): Grammar {
  const found = [module, 'default' in module ? module.default : undefined].find(
    (each) => typeof each === 'object' && each !== null && 'Parser' in each,
  );
  if (found === undefined) throw new AppError('INTERNAL', 'node-sql-parser has no Parser.');
  return found as Grammar;
}
