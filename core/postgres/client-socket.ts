import { checkRequest, openOutboundSocket, type OutboundConnection } from '../network/index.ts';
import type { DatabaseTarget } from './target.ts';

type Place = Pick<DatabaseTarget, 'host' | 'port' | 'database' | 'user' | 'connectionName'>;

/** The socket of every connection to PostgreSQL: it passes the gate and is written down. */
export function openClientSocket(target: Place): OutboundConnection {
  return openOutboundSocket({ purpose: 'database', initiator: describePlace(target) });
}

/** Whether the server may be spoken to now, over a connection that is open already. @throws AppError */
export function checkTarget(target: Place): void {
  const { host, port } = target;
  checkRequest({ host, port, purpose: 'database', method: 'QUERY', initiator: describePlace(target) });
}

function describePlace({ connectionName, user, database }: Place): string {
  const place = `${user}@${database}`;
  return connectionName ? `${connectionName} (${place})` : place;
}
