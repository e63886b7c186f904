import { PostgreSQL, SQLDialect } from '@codemirror/lang-sql';
import { reservedWords } from '../../lib/quote-identifier.ts';

/** Words that are no reserved names and yet read as part of the language. */
const otherKeywords = `between by cube exists filter first following last materialized next nulls ordinality over
  partition preceding range recursive rollup row rows set sets ties unbounded values within without xmlattributes
  insert update delete begin commit rollback explain temporary`;

/** Functions and type names, in the colour of types; the rest of what the dialect knows as types stays. */
const functions = `avg coalesce count date_part date_trunc dense_rank extract first_value generate_series greatest
  json_agg jsonb_agg lag last_value lead least length lower max min ntile nullif now percent_rank rank round row_number
  string_agg substring sum to_char trim unnest upper`;

/**
 * CodeMirror's PostgreSQL dialect knows hundreds of unreserved words as keywords, `id` and `name` among them, which
 * makes half of the columns bold. This one keeps the words that PostgreSQL itself reserves, and the grammar's own.
 */
export const postgres = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: [...reservedWords, ...otherKeywords.split(/\s+/)].join(' '),
  builtin: functions.split(/\s+/).join(' '),
  types: `bigint bit boolean bytea char character cidr date decimal double float inet int integer interval json jsonb
    money numeric precision real regclass serial smallint text time timestamp timestamptz uuid varchar varying xml zone`,
});
