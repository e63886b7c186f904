import type { Node, ResTarget } from 'libpg-query';
import type { Block, ColumnAt, Relation, RelationColumn } from './block.ts';
import { isGrain } from './closure.ts';
import { aggregatesRows } from './find-aggregates.ts';
import { readColumns, readGrouping } from './read-grouping.ts';
import { resolveColumn } from './resolve.ts';

interface OutputColumn extends RelationColumn {
  at?: ColumnAt | undefined;
}

/** What the rows of a SELECT are to the statement around: its columns, and what is unique among them. */
export function deriveRelation(block: Block, name: string): Relation {
  const outputs = outputsOf(block);
  if (outputs === undefined) {
    return { name, columns: undefined, uniqueKeys: [], unknown: `The columns of ${name} are not known.` };
  }
  return {
    name,
    columns: outputs.map(({ name: column, origin }) => ({ name: column, origin })),
    ...keysOf(block, outputs),
  };
}

function outputsOf(block: Block): OutputColumn[] | undefined {
  const outputs: OutputColumn[] = [];
  for (const target of block.select.targetList ?? []) {
    const found = 'ResTarget' in target ? outputOf(block, target.ResTarget) : undefined;
    if (found === undefined) return undefined;
    outputs.push(...found);
  }
  return outputs;
}

function outputOf(block: Block, { name, val }: ResTarget): OutputColumn[] | undefined {
  if (val === undefined || !('ColumnRef' in val)) return [{ name: name ?? calledName(val) }];
  const fields = val.ColumnRef.fields ?? [];
  const last = fields.at(-1);
  if (last !== undefined && 'A_Star' in last) return starOf(block, fields);
  const at = resolveColumn(block, val.ColumnRef);
  const plain = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
  if (at === undefined || at === 'outer') return [{ name: name ?? plain }];
  return [{ name: name ?? plain, at, origin: originOf(block, at) }];
}

/** A call without an alias is called like its function. */
function calledName(node: Node | undefined): string {
  const last = node !== undefined && 'FuncCall' in node ? node.FuncCall.funcname?.at(-1) : undefined;
  return last !== undefined && 'String' in last ? (last.String.sval ?? '?column?') : '?column?';
}

function starOf(block: Block, fields: Node[]): OutputColumn[] | undefined {
  const [first] = fields;
  const qualifier =
    fields.length > 1 && first !== undefined && 'String' in first ? first.String.sval : undefined;
  const outputs: OutputColumn[] = [];
  for (const [relation, { name, columns }] of block.relations.entries()) {
    if (qualifier !== undefined && name !== qualifier) continue;
    if (columns === undefined) return undefined;
    outputs.push(...columns.map((column) => ({ ...column, at: { relation, column: column.name } })));
  }
  return outputs;
}

export function originOf({ relations }: Block, { relation, column }: ColumnAt): RelationColumn['origin'] {
  return relations[relation]?.columns?.find(({ name }) => name === column)?.origin;
}

type Keys = Pick<Relation, 'uniqueKeys' | 'unknown'>;

function keysOf(block: Block, outputs: OutputColumn[]): Keys {
  const { select } = block;
  const limited = hasOneRow(block) ? [[]] : [];
  const all = outputs.map(({ name }) => name);
  if (select.groupClause !== undefined) {
    const grouping = readGrouping(block);
    const key = grouping === undefined ? undefined : namesOf(outputs, grouping.columns, grouping.isWhole);
    return { uniqueKeys: [...limited, ...(key === undefined ? [] : [key])] };
  }
  const distinct = select.distinctClause;
  // `DISTINCT` is a list with an empty node in it; `DISTINCT ON` has its expressions.
  const isPlain = distinct !== undefined && distinct.every((node) => Object.keys(node).length === 0);
  const on = isPlain || distinct === undefined ? undefined : distinctOn(block, outputs, distinct);
  const own = rowKeys(block, outputs);
  return {
    uniqueKeys: [...limited, ...(isPlain ? [all] : []), ...(on ? [on] : []), ...own],
    unknown:
      isPlain || on || limited.length > 0
        ? undefined
        : block.relations.find(({ unknown }) => unknown)?.unknown,
  };
}

function distinctOn(block: Block, outputs: OutputColumn[], nodes: readonly Node[]): string[] | undefined {
  const { columns, isWhole } = readColumns(block, nodes);
  return namesOf(outputs, columns, isWhole);
}

/** An aggregate without GROUP BY, and LIMIT 1. */
function hasOneRow({ select }: Block): boolean {
  const limit = select.limitCount;
  const isOne = limit !== undefined && 'A_Const' in limit && limit.A_Const.ival?.ival === 1;
  return isOne || (select.groupClause === undefined && aggregatesRows(select));
}

/** Keys of relations whose rows the block does not multiply. */
function rowKeys(block: Block, outputs: OutputColumn[]): string[][] {
  return block.relations.flatMap(({ uniqueKeys }, relation) =>
    isGrain(block, relation)
      ? uniqueKeys.flatMap((key) => {
          const names = namesOf(
            outputs,
            key.map((column) => ({ relation, column })),
            true,
          );
          return names === undefined ? [] : [names];
        })
      : [],
  );
}

/** The outputs' names of columns, where all of them are put out. */
function namesOf(outputs: OutputColumn[], columns: ColumnAt[], isWhole: boolean): string[] | undefined {
  const names = columns.map(
    ({ relation, column }) =>
      outputs.find(({ at }) => at?.relation === relation && at.column === column)?.name,
  );
  return isWhole && names.every((name) => name !== undefined) ? names : undefined;
}
