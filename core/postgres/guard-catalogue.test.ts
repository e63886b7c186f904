import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDeniedAttribute, findDeniedEffect, modelFunctions } from '../sql/guard-functions.ts';
import pg from 'pg';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { startTestServer } from './testing/start-test-server.ts';
import type { TestServer } from './testing/start-test-server.ts';

/** The guard's lists, compared with what a real server has; its queries, planned by a real server. */
let server: TestServer;
let database: Database;
let functions: { name: string; volatility: string; takesOne: boolean }[];

const readFixture = (name: string) =>
  readFileSync(new URL(`../sql/fixtures/${name}`, import.meta.url), 'utf8');

beforeAll(async () => {
  server = await startTestServer();
  const owner = new pg.Client({ connectionString: server.urlOf() });
  await owner.connect();
  await owner.query(readFixture('analytic-schema.sql'));
  await owner.end();
  database = openDatabase(server.target());
  functions = (await database.readRows(
    `SELECT proname AS name, string_agg(DISTINCT provolatile::text, '') AS volatility,
            bool_or((pronargs >= 1 AND pronargs - pronargdefaults <= 1 OR provariadic <> 0 AND pronargs <= 2)
              AND proargtypes[0] NOT IN ('internal'::regtype, 'cstring'::regtype)) AS "takesOne"
     FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace GROUP BY proname`,
  )) as never;
});
afterAll(async () => {
  await database?.close();
  await server?.stop();
});

/** Volatile, and a person may call them: they look at the server's or the session's state, or wait, or draw lots. */
const harmlessVolatile = [
  // Random numbers, the clock, waiting.
  /^(array_sample|array_shuffle|random|random_normal|setseed|gen_random_uuid|uuidv[47]|clock_timestamp|timeofday)$/,
  /^pg_sleep(_for|_until)?$/,
  // What this session did; state and sizes of the server.
  /^(current_query|currval|lastval|currtid2|pg_stat_clear_snapshot|txid_status|pg_xact_status|ts_rewrite)$/,
  /^pg_(table|relation|indexes|total_relation|database|tablespace)_size$/,
  /^pg_(stat_get|get|current_wal|last|control|is|stat_have|available|partition|xact_commit|sequence_last)_\w+$/,
  /^pg_(blocking_pids|safe_snapshot_blocking_pids|isolation_test_session_is_blocked|lock_status|prepared_xact)$/,
  /^pg_(collation|database_collation)_actual_version$|^pg_(current_logfile|jit_available)$/,
  /^pg_(notification_queue_usage|show_replication_origin_status|wal_summary_contents)$/,
  // Called by the server itself, not by a statement: triggers, index and table methods, languages.
  /^(RI_FKey_\w+|unique_key_recheck|suppress_redundant_updates_trigger|tsvector_update_trigger(_column)?)$/,
  /^(\w+handler|plpgsql_validator|amvalidate|dsnowball_(init|lexize)|bernoulli|system)$/,
];

describe('the lists of functions', () => {
  it('decide upon every volatile function of PostgreSQL', () => {
    const volatile = functions.filter((entry) => entry.volatility.includes('v')).map((entry) => entry.name);
    expect(volatile.length).toBeGreaterThan(200);
    const undecided = volatile.filter(
      (name) =>
        findDeniedEffect({ name, argumentCount: 2 }) === undefined &&
        !harmlessVolatile.some((p) => p.test(name)),
    );
    expect(undecided).toEqual([]);
  });

  it('let a model call no volatile function but those named here', () => {
    const volatile = functions.filter(
      (entry) => entry.volatility.includes('v') && modelFunctions.has(entry.name),
    );
    expect(volatile.map((entry) => entry.name).sort()).toEqual(
      `array_sample array_shuffle bernoulli clock_timestamp gen_random_uuid pg_database_size pg_indexes_size
       pg_relation_size pg_table_size pg_total_relation_size random random_normal system timeofday ts_rewrite uuidv4
       uuidv7`.split(/\s+/),
    );
  });

  it('name only functions that exist, in PostgreSQL or in its contributed modules', () => {
    const known = new Set(functions.map((entry) => entry.name));
    const contributed = `similarity word_similarity strict_word_similarity show_trgm unaccent levenshtein
      levenshtein_less_equal soundex difference metaphone dmetaphone dmetaphone_alt daitch_mokotoff hstore akeys avals
      skeys svals each exist defined system_rows system_time`.split(/\s+/);
    const missing = [...modelFunctions].filter((name) => !known.has(name) && !contributed.includes(name));
    expect(missing.sort()).toEqual([]);
  });

  it('refuse as value.name every function of one argument that may not be called', () => {
    const denied = functions.filter((entry) => entry.takesOne);
    for (const origin of ['user', 'model'] as const) {
      const passing = denied.filter(({ name, volatility }) => {
        const mayCall =
          findDeniedEffect({ name, argumentCount: 1 }) === undefined &&
          (origin === 'user' || modelFunctions.has(name) || !volatility.includes('v'));
        return !mayCall && findDeniedAttribute(name, origin) === undefined;
      });
      expect(passing.map((entry) => entry.name)).toEqual([]);
    }
  });

  it('refuse as value.name no column of the system catalogue', async () => {
    const columns = await database.readRows(
      'SELECT DISTINCT attname AS name FROM pg_attribute WHERE attnum > 0',
    );
    const refused = columns.filter(({ name }) => findDeniedAttribute(String(name), 'model') !== undefined);
    expect(refused).toEqual([]);
  });
});

/** Volatile functions of contributed modules that a person may call: they read, or set what the rollback undoes. */
const harmlessContributed = [
  // Pages, statistics and state, for administrators.
  /^(bt_|gin_|gist_|brin_|hash_|heap_page_|heap_tuple_|fsm_|page_|tuple_data_split$|get_raw_page$|verify_heapam$)/,
  /^(pg_buffercache_(numa_)?pages|pg_buffercache_(summary|usage_counts)|pg_freespace|pg_stat_statements(_info)?)$/,
  /^(pg_get_(logical|wal)_\w+|pg_check_(frozen|visible)|pg_visibility(_map)?(_summary)?|pg_relpages|pgrowlocks)$/,
  /^(pgstat\w+|ssl_\w+)$/,
  // Random numbers and salts; a session's thresholds; style sheets, which PostgreSQL keeps from files and networks.
  /^(gen_random_(bytes|uuid)|gen_salt|pgp_\w+|fips_mode|normal_rand|uuid_generate_\w+)$/,
  /^(set_limit|isn_weak|xslt_process)$/,
  // Called by the server itself.
  /^\w+_(call_handler|handler|validator)$/,
];

describe('the contributed modules that PostgreSQL brings', () => {
  let contributed: { name: string; module: string; volatility: string }[];

  beforeAll(async () => {
    const owner = new pg.Client({ connectionString: server.urlOf('contributed') });
    await server.createDatabase('contributed');
    await owner.connect();
    const available = await owner.query<{ name: string }>(
      'SELECT name FROM pg_available_extensions ORDER BY 1',
    );
    for (const { name } of available.rows) {
      // Perl and Python are not on every machine; whoever has a function in them is not asked here.
      if (/perl|python/.test(name)) continue;
      await owner.query(`CREATE EXTENSION IF NOT EXISTS "${name}" CASCADE`);
    }
    const { rows } = await owner.query(
      `SELECT p.proname AS name, e.extname AS module, string_agg(DISTINCT provolatile::text, '') AS volatility
       FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
       JOIN pg_extension e ON e.oid = d.refobjid
       WHERE p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
         AND 'internal'::regtype <> ALL (p.proargtypes::oid[]) GROUP BY 1, 2`,
    );
    contributed = rows;
    await owner.end();
  });

  it('have no volatile function that is not decided upon', () => {
    const volatile = contributed.filter(({ volatility }) => volatility.includes('v'));
    expect(new Set(volatile.map(({ module }) => module)).size).toBeGreaterThan(15);
    const undecided = volatile.filter(
      ({ name }) =>
        findDeniedEffect({ name, argumentCount: 2 }) === undefined &&
        !harmlessContributed.some((pattern) => pattern.test(name)),
    );
    expect(undecided).toEqual([]);
  });

  it('have no function left that takes the text of a query, whatever its volatility', () => {
    const running = contributed.filter(
      ({ name, module }) => (module === 'tablefunc' && name !== 'normal_rand') || name === 'xpath_table',
    );
    expect(running.length).toBeGreaterThan(5);
    expect(running.filter(({ name }) => findDeniedEffect({ name, argumentCount: 1 }) === undefined)).toEqual(
      [],
    );
  });

  it('give a model no volatile function', () => {
    const volatile = contributed.filter(
      ({ name, volatility }) => volatility.includes('v') && modelFunctions.has(name),
    );
    expect(volatile.map(({ name }) => name)).toEqual(['gen_random_uuid']);
  });
});

describe('the analytic queries', () => {
  it('are planned by the server', async () => {
    const failures: string[] = [];
    for (const sql of readFixture('analytic-queries.sql').trim().split('\n')) {
      await database.explain(sql).catch((error: Error) => failures.push(`${sql}: ${error.message}`));
    }
    expect(failures).toEqual([]);
  });
});
