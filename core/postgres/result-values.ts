import type pg from 'pg';
import type { Cell } from '../contract/index.ts';

/** Object identifiers of types that travel as something else than PostgreSQL's text; from pg_type.dat, fixed for ever. */
const boolOid = 16;
const numberOids = new Set([21, 23, 26, 700, 701]); // int2 int4 oid float4 float8

/**
 * Reads cells as the contract says: small integers and floats as numbers, booleans as booleans, everything else as
 * the text that PostgreSQL printed. NaN and the infinities stay text, because JSON has no such numbers.
 */
export const cellTypes = {
  getTypeParser: (oid: number) =>
    oid === boolOid ? readBoolean : numberOids.has(oid) ? readNumber : readText,
};

function readBoolean(text: string): Cell {
  return text === 't';
}

function readNumber(text: string): Cell {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

function readText(text: string): Cell {
  return text;
}

/** Names of types by `oid:typmod`. Common ones are known; the rest is asked of the server once. */
export type TypeNames = Map<string, string>;

export function createTypeNames(): TypeNames {
  return new Map([
    ['16:-1', 'boolean'],
    ['20:-1', 'bigint'],
    ['21:-1', 'smallint'],
    ['23:-1', 'integer'],
    ['25:-1', 'text'],
    ['700:-1', 'real'],
    ['701:-1', 'double precision'],
    ['1082:-1', 'date'],
    ['1114:-1', 'timestamp without time zone'],
    ['1184:-1', 'timestamp with time zone'],
    ['1700:-1', 'numeric'],
    ['3802:-1', 'jsonb'],
  ]);
}

/** The columns' types as format_type prints them, such as `numeric(10,2)`. Needs a transaction that still works. */
export async function nameTypes(
  client: pg.ClientBase,
  fields: pg.FieldDef[],
  known: TypeNames,
): Promise<string[]> {
  const unknown = fields.filter((field) => !known.has(keyOf(field)));
  if (unknown.length > 0) {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format_type(t.oid, t.typmod) AS name
       FROM unnest($1::oid[], $2::int4[]) WITH ORDINALITY AS t(oid, typmod, position) ORDER BY position`,
      [unknown.map((field) => field.dataTypeID), unknown.map((field) => field.dataTypeModifier)],
    );
    unknown.forEach((field, index) => known.set(keyOf(field), rows[index]?.name ?? 'unknown'));
  }
  return fields.map((field) => known.get(keyOf(field)) ?? 'unknown');
}

function keyOf(field: pg.FieldDef): string {
  return `${field.dataTypeID}:${field.dataTypeModifier}`;
}
