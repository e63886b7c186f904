/** PostgreSQL's type of a column, from its name's ending, as format_type prints it. */
export function typeOf(column: string): string {
  return endings.find(([ending]) => ending.test(column))?.[1] ?? 'character varying(40)';
}

const endings: [RegExp, string][] = [
  [/(^|_)(id|no|key|number|year)$/, 'integer'],
  [/_(cd|code|type)$/, 'character varying(10)'],
  [/_(nm|name|ds|txt|text)$/, 'character varying(60)'],
  [/_(dt|date)$/, 'date'],
  [/_ts$/, 'timestamp without time zone'],
  [/_tm$/, 'time without time zone'],
  [/_(amt|amount|prc)$/, 'numeric(15,2)'],
  [/(^|_)(qty|val|km|count)$/, 'numeric(15,3)'],
  [/_pct$/, 'numeric(7,4)'],
  [/_fl$/, 'character(1)'],
  [/_flag$/, 'boolean'],
];
