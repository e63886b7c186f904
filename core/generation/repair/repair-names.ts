import { AppError, type DatabaseSchema, type Table } from '../../contract/index.ts';
import { guardQuery, parseStatements, type AstValue } from '../../sql/index.ts';
import { quoteIdentifier } from '../../sql/identifiers.ts';
import type { QueryDatabase } from '../candidates.ts';
import { findNearNames } from './near-names.ts';
import { replaceName, type WrongName } from './replace-name.ts';

interface NamesInput {
  database: Pick<QueryDatabase, 'explain'>;
  schema: DatabaseSchema;
  sql: string;
  /** PostgreSQL's own. */
  message: string;
  signal: AbortSignal;
}

/** Names that are wrong one after another, at most, and how many are tried for each. */
const mostWrong = 4;
const mostTried = 3;
const explainTimeoutMs = 5_000;

/**
 * The statement with the names that PostgreSQL does not know replaced by the closest of the schema, where it plans what
 * comes out; undefined for every other fault.
 */
export async function repairNames(input: NamesInput, rest = mostWrong): Promise<string | undefined> {
  const { schema, sql, message } = input;
  const wrong = readWrongName(message);
  if (!wrong || rest === 0) return undefined;
  const tables = await tablesOf(schema, sql);
  for (const near of findNearNames(wrong.name, namesFor(wrong, schema, tables), mostTried)) {
    const next = replaceName(sql, wrong, quoteIdentifier(near));
    if (next === sql) continue;
    const refused = await refusalOf(input, next);
    if (refused === undefined) return next;
    if (refused === message) continue;
    const further = await repairNames({ ...input, sql: next, message: refused }, rest - 1);
    if (further !== undefined) return further;
  }
  return undefined;
}

type Wrong = WrongName & { kind: 'column' | 'relation' | 'qualifier' };

function readWrongName(message: string): Wrong | undefined {
  const text = message.replace(/\.$/, '');
  const column = /^column "(.+)" does not exist$/.exec(text)?.[1];
  if (column !== undefined) return { kind: 'column', name: column };
  const [, qualifier, behind] = /^column ([^."]+)\.(.+) does not exist$/.exec(text) ?? [];
  if (behind !== undefined) return { kind: 'column', qualifier, name: behind };
  const relation = /^relation "(?:[^".]+\.)?([^"]+)" does not exist$/.exec(text)?.[1];
  if (relation !== undefined) return { kind: 'relation', name: relation };
  const missing =
    /^(?:missing FROM-clause entry|invalid reference to FROM-clause entry) for table "(.+)"$/.exec(text)?.[1];
  return missing === undefined ? undefined : { kind: 'qualifier', name: missing };
}

interface NamedTables {
  tables: Table[];
  aliases: string[];
}

function namesFor(wrong: Wrong, schema: DatabaseSchema, { tables, aliases }: NamedTables): string[] {
  if (wrong.kind === 'relation') return schema.tables.map(({ name }) => name);
  if (wrong.kind === 'qualifier') return aliases;
  return tables.flatMap(({ columns }) => columns.map(({ name }) => name));
}

/** The tables that a statement names, and what it calls them. */
async function tablesOf(schema: DatabaseSchema, sql: string): Promise<NamedTables> {
  const named = new Set<string>();
  const aliases: string[] = [];
  const visit = (value: AstValue | undefined): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== 'object' || value === null) return;
    const { relname, alias } = value;
    if (typeof relname === 'string') {
      named.add(relname);
      const name =
        typeof alias === 'object' && alias && !Array.isArray(alias) ? alias['aliasname'] : undefined;
      aliases.push(typeof name === 'string' ? name : relname);
    }
    Object.values(value).forEach(visit);
  };
  for (const { node } of await parseStatements(sql)) visit(node);
  return { tables: schema.tables.filter(({ name }) => named.has(name)), aliases };
}

/** PostgreSQL's or the guard's message; undefined where the statement can be planned. */
async function refusalOf({ database, signal }: NamesInput, sql: string): Promise<string | undefined> {
  const verdict = await guardQuery(sql, { origin: 'user' });
  if (!verdict.allowed) return verdict.message;
  try {
    await database.explain(verdict.sql, { timeoutMs: explainTimeoutMs, signal });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    const failure = AppError.from(error);
    if (failure.code.startsWith('SQL_') || failure.code === 'PERMISSION_DENIED') return failure.message;
    throw failure;
  }
}
