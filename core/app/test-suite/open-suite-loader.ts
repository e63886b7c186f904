import { AppError } from '../../contract/index.ts';
import { openRowLoader, type LoaderTarget, type RowLoader } from '../../postgres/load-rows.ts';

/** A server of ours, the embedded one for example; never a user's. */
export interface SuiteServer {
  adminTargetOf(database: string): LoaderTarget;
}

const suiteDatabase = 'test_suite';
/** Key of the advisory lock that stands for "a test suite runs here". */
const suiteKey = 7_265_003;

/**
 * A fresh empty database for fillings, gone when the loader is closed. Its collation is C: text sorts by bytes, as in
 * the databases that Spider is loaded into.
 * @throws AppError CONFLICT where another command runs a test suite on this server
 */
export async function openSuiteLoader(server: SuiteServer): Promise<RowLoader> {
  const admin = await openRowLoader(server.adminTargetOf('postgres'));
  try {
    await takeLock(admin);
    await admin.run(`DROP DATABASE IF EXISTS ${suiteDatabase} WITH (FORCE)`);
    await admin.run(`CREATE DATABASE ${suiteDatabase} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`);
    const loader = await openRowLoader(server.adminTargetOf(suiteDatabase));
    return { ...loader, close: () => closeBoth(loader, admin) };
  } catch (error) {
    await admin.close();
    throw error;
  }
}

async function takeLock(admin: RowLoader): Promise<void> {
  const { rows } = await admin.read(`SELECT pg_try_advisory_lock(${suiteKey})`);
  if (rows[0]?.[0] === 't') return;
  throw new AppError('CONFLICT', 'Another command runs a test suite on the embedded server.', {
    hint: 'Wait until it is done, then run this again.',
  });
}

/** The lock goes with its connection. */
async function closeBoth(loader: RowLoader, admin: RowLoader): Promise<void> {
  try {
    await loader.close();
    await admin.run(`DROP DATABASE IF EXISTS ${suiteDatabase} WITH (FORCE)`);
  } finally {
    await admin.close();
  }
}
