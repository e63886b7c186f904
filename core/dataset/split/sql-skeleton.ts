const keywords = new Set(
  (
    'select distinct from where group by having order limit offset as on using join left right inner full outer cross ' +
    'natural and or not in is null like ilike between exists union all intersect except asc desc nulls first last case ' +
    'when then else end cast count sum avg min max any_value array_agg'
  ).split(' '),
);

const tokenPattern =
  /(?<value>'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b)|(?<name>"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)|[^\s]/gu;

/** A query's form: key words and operators, `_` for every name, `?` for every literal; aliases are left out. */
export function sqlSkeleton(sql: string): string {
  const words = [...sql.matchAll(tokenPattern)].map(({ 0: text, groups }) => {
    if (groups?.['value'] !== undefined) return '?';
    if (groups?.['name'] === undefined) return text;
    return keywords.has(text.toLowerCase()) ? text.toLowerCase() : '_';
  });
  return words
    .join(' ')
    .replaceAll('_ . _', '_')
    .replaceAll(/_ (as )?_/g, '_');
}
