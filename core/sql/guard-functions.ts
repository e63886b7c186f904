/**
 * What a function does beside computing a value; used in sentences: "pg_read_file() reads files on the server."
 *
 * A person's own statement is checked against `deniedRules`: the server's READ ONLY transaction stops writes to
 * tables, and these rules stop what it does not stop. A model's statement is checked against `modelFunctions`,
 * a list of what analytic queries need, by name: everything else is refused. That such a name means PostgreSQL's own
 * function in a given database is for core/postgres/foreign-functions.ts to find out.
 * A test compares both with pg_proc of a real server: every volatile function has been decided upon.
 */
interface DeniedRule {
  pattern: RegExp;
  does: string;
}

const deniedRules: DeniedRule[] = [
  {
    pattern: /^pg_(read_|ls_|stat_file$|file_|logdir_ls$|hba_file_|ident_file_|show_all_file_)/,
    does: 'reads or writes files on the server',
  },
  { pattern: /^(lo_.*|loread|lowrite)$/, does: 'reads or writes large objects and files on the server' },
  {
    pattern: /^(dblink|postgres_fdw_|http_|http$|urlencode_http|pg_background_)/,
    does: 'reaches outside this database',
  },
  { pattern: /^(query|cursor)_to_xml/, does: 'runs SQL hidden in a text' },
  {
    pattern: /^(ts_stat|crosstab\d*|connectby|xpath_table|crosstab_hash)$/,
    does: 'runs SQL hidden in a text',
  },
  { pattern: /^(nextval|setval)$/, does: 'advances a sequence' },
  { pattern: /^set_config$/, does: 'changes settings' },
  { pattern: /^pg_(terminate|cancel)_backend$/, does: 'stops other sessions' },
  { pattern: /^pg_(try_)?advisory_/, does: 'takes or frees locks' },
  { pattern: /^pg_notify$/, does: 'sends a notification' },
  { pattern: /^(txid_current|pg_current_xact_id)$/, does: 'uses up a transaction number' },
  {
    pattern: /^pg_(reload_conf|rotate_logfile.*|promote|switch_(wal|xlog)|log_.*|export_snapshot)$/,
    does: 'controls the server',
  },
  {
    pattern:
      /^pg_(start_backup|stop_backup|backup_.*|wal_replay_(pause|resume)|create_.*|drop_.*|copy_.*|sync_.*)$/,
    does: 'controls the server',
  },
  {
    pattern: /^(run_command_on_\w+|master_run_on_worker|oracle_execute)$/,
    does: 'reaches outside this database',
  },
  { pattern: /^pg_(logical_|replication_)/, does: 'controls replication' },
  {
    pattern:
      /^pg_(stat.*_reset.*|stat_reset.*|stat_force_next_flush|clear_.*_stats|restore_.*_stats|\w+_reset(_\w+)?)$/,
    does: 'changes statistics',
  },
  {
    pattern:
      /^(pg_import_system_collations|pg_extension_config_dump|pg_stop_making_pinned_objects|pg_nextoid)$/,
    does: 'changes the catalogue',
  },
  {
    pattern: /^(binary_upgrade_.*|brin_(de)?summarize_.*|gin_clean_pending_list)$/,
    does: 'changes the database',
  },
  // Of contributed modules; they write to a table's file without asking whether the transaction is READ ONLY.
  {
    pattern: /^(heap_force_(kill|freeze)|pg_truncate_visibility_map)$/,
    does: 'changes the database',
  },
  { pattern: /^(pg_prewarm|autoprewarm_.*|pg_buffercache_evict.*)$/, does: "changes the server's memory" },
];

/** Schemas of extensions whose functions leave the database or plan work for later. */
const deniedSchemas = new Set(
  words(
    'aws_s3 aws_lambda aws_commons cron net http dblink utl_file dbms_pipe dbms_alert dbms_sql citus_internal',
  ),
);

export interface FunctionCall {
  /** Schema as written, if any. */
  schema?: string;
  name: string;
  argumentCount: number;
}

/** What a function that nobody may call does, or undefined where a person may call it. */
export function findDeniedEffect(call: FunctionCall): string | undefined {
  if (call.schema !== undefined && deniedSchemas.has(call.schema)) return 'reaches outside this database';
  // ts_rewrite(query, target, substitute) computes; ts_rewrite(query, text) runs the text.
  if (call.name === 'ts_rewrite' && call.argumentCount === 2) return 'runs SQL hidden in a text';
  return deniedRules.find((rule) => rule.pattern.test(call.name))?.does;
}

/** Families of denied functions whose prefix is common among columns: `lineorder.lo_revenue`, `visits.http_status`. */
const columnLike = /^(lo_|http_)/;
/** Those of these families that really take one argument, or more with defaults. */
const columnLikeFunctions = new Set(
  words(`lo_close lo_creat lo_create lo_get lo_import lo_tell lo_tell64 lo_unlink
    http_get http_post http_put http_patch http_delete http_head http_collect_response`),
);

/** PostgreSQL's functions of one argument that a model may not call and whose names no ordinary column has. */
const modelDeniedAttribute = new RegExp(
  `^(currval|setseed|txid_status|amvalidate|current_setting|plpgsql_validator|row_security_active|${[
    'pg_(stat_get|get|sleep|xact|collation|database_collation|partition|safe_snapshot|sequence|tablespace)(_.*)?',
    'pg_(blocking_pids|current_logfile|relation_filenode|relation_filepath|options_to_table|settings_get_flags)',
  ].join('|')})$`,
);

/**
 * What `value.name` does where a function of one argument has that name: PostgreSQL reads it as `name(value)` if
 * the value has no such column. Undefined where nothing speaks against it.
 */
export function findDeniedAttribute(name: string, origin: 'user' | 'model'): string | undefined {
  if (columnLike.test(name) && !columnLikeFunctions.has(name)) return undefined;
  const effect = findDeniedEffect({ name, argumentCount: 1 });
  if (effect !== undefined || origin === 'user' || !modelDeniedAttribute.test(name)) return effect;
  return 'is not on the list of functions that a model may call';
}

/** Whether a model's statement may call it: a known analytic function, not of a schema other than pg_catalog. */
export function isModelFunction(call: FunctionCall): boolean {
  if (call.schema !== undefined && call.schema !== 'pg_catalog') return false;
  return modelFunctions.has(call.name) && findDeniedEffect(call) === undefined;
}

/** Catalogue relations that hold passwords, connection strings or server files. */
export const secretRelations = new Set(
  words(`pg_authid pg_shadow pg_user_mapping pg_user_mappings pg_subscription pg_hba_file_rules
    pg_ident_file_mappings pg_file_settings pg_largeobject`),
);

const aggregates = words(`any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or count every json_agg
  json_agg_strict json_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict jsonb_agg
  jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict max min
  range_agg range_intersect_agg string_agg sum xmlagg corr covar_pop covar_samp regr_avgx regr_avgy regr_count
  regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp variance var_pop var_samp
  mode percentile_cont percentile_disc rank dense_rank percent_rank cume_dist row_number ntile lag lead first_value
  last_value nth_value`);

const numbers =
  words(`abs cbrt ceil ceiling degrees div erf erfc exp factorial floor gamma gcd lcm lgamma ln log log10
  min_scale mod pi power pow radians round scale sign sqrt trim_scale trunc width_bucket random random_normal acos acosd
  asin asind atan atand atan2 atan2d cos cosd cot cotd sin sind tan tand sinh cosh tanh asinh acosh atanh
  numeric float4 float8 int2 int4 int8 num_nulls num_nonnulls`);

const texts =
  words(`ascii bit_length btrim char_length character_length chr concat concat_ws format initcap casefold left
  length lower lpad ltrim md5 normalize is_normalized octet_length overlay parse_ident position quote_ident
  quote_literal quote_nullable regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace
  regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim split_part starts_with
  string_to_array string_to_table strpos substr substring to_ascii to_bin to_hex to_oct translate unistr upper
  like_escape similar_to_escape similar_escape textcat textlen text varchar bpchar encode decode convert convert_from
  convert_to get_bit get_byte set_bit set_byte sha224 sha256 sha384 sha512 crc32 crc32c bit_count hashtext
  like notlike similarity word_similarity strict_word_similarity show_trgm unaccent levenshtein levenshtein_less_equal
  soundex difference metaphone dmetaphone dmetaphone_alt daitch_mokotoff`);

const times = words(`age clock_timestamp date_add date_bin date_part date_subtract date_trunc extract isfinite
  justify_days justify_hours justify_interval make_date make_interval make_time make_timestamp make_timestamptz now
  overlaps statement_timestamp timeofday timezone transaction_timestamp to_char to_date to_number to_timestamp date time
  timestamp timestamptz interval`);

const arrays =
  words(`array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position
  array_positions array_prepend array_remove array_replace array_reverse array_sample array_shuffle array_sort
  array_to_string array_upper cardinality trim_array unnest generate_series generate_subscripts`);

const ranges =
  words(`int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange
  tsmultirange tstzmultirange datemultirange isempty lower_inc upper_inc lower_inf upper_inf multirange range_merge`);

const documents =
  words(`array_to_json json_array_elements json_array_elements_text json_array_length json_build_array
  json_build_object json_each json_each_text json_extract_path json_extract_path_text json_object json_object_keys
  json_populate_record json_populate_recordset json_strip_nulls json_to_record json_to_recordset json_typeof
  jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_concat
  jsonb_contained jsonb_contains jsonb_delete jsonb_delete_path jsonb_each jsonb_each_text jsonb_exists jsonb_exists_all
  jsonb_exists_any jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_keys
  jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query jsonb_path_query_array
  jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record
  jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset
  jsonb_typeof row_to_json to_json to_jsonb hstore akeys avals skeys svals each exist defined
  xmlcomment xmlexists xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document xmltext xpath
  xpath_exists`);

const searches =
  words(`array_to_tsvector numnode phraseto_tsquery plainto_tsquery querytree setweight strip to_tsquery
  to_tsvector json_to_tsvector jsonb_to_tsvector ts_delete ts_filter ts_headline ts_rank ts_rank_cd ts_rewrite
  tsquery_phrase tsvector_to_array websearch_to_tsquery get_current_ts_config`);

const geometryAndNetwork =
  words(`area box center circle diagonal diameter height width isclosed isopen line lseg npoints
  path pclose point polygon popen radius slope bound_box abbrev broadcast family host hostmask inet_merge
  inet_same_family masklen netmask network set_masklen macaddr8_set7bit`);

const others = words(`gen_random_uuid uuidv4 uuidv7 uuid_extract_timestamp
  uuid_extract_version enum_first enum_last enum_range current_database current_schema current_schemas current_user
  session_user version pg_typeof pg_collation_for pg_size_pretty pg_size_bytes
  pg_table_size pg_total_relation_size pg_relation_size pg_indexes_size pg_database_size pg_column_size format_type
  obj_description col_description shobj_description to_regclass to_regtype pg_get_viewdef pg_get_constraintdef
  pg_get_indexdef pg_get_expr pg_get_userbyid pg_table_is_visible pg_input_is_valid bernoulli system system_rows
  system_time`);

export const modelFunctions: ReadonlySet<string> = new Set([
  ...aggregates,
  ...numbers,
  ...texts,
  ...times,
  ...arrays,
  ...ranges,
  ...documents,
  ...searches,
  ...geometryAndNetwork,
  ...others,
]);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
