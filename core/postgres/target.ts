import type { ConnectionParams } from '../contract/index.ts';

/** Where a database is and who asks: the parameters of a connection, and the password. */
export interface DatabaseTarget extends ConnectionParams {
  password?: string | undefined;
  /** Where names without a schema are looked for; the server's own default where absent. */
  searchPath?: string[] | undefined;
  /** The saved connection's name, for the ledger of what the app connects to. */
  connectionName?: string | undefined;
}
