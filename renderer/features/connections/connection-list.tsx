import { Cable, Database, MessageCircleQuestion, Pencil, Trash2, type LucideIcon } from 'lucide-react';
import type { Connection } from '../../../core/contract/index.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { copy } from '../../copy.ts';

interface ConnectionListProps {
  title: string;
  connections: Connection[];
  onAsk(connection: Connection): void;
  /** Absent where the connections are not the user's to change. */
  onEdit?(connection: Connection): void;
  onRemove?(connection: Connection): void;
}

export function ConnectionList({ title, connections, onAsk, onEdit, onRemove }: ConnectionListProps) {
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      <ul>
        {connections.map((connection) => (
          <li key={connection.id} className="connection-row">
            <ConnectionFacts connection={connection} />
            <Button
              small
              icon={MessageCircleQuestion}
              aria-label={copy.connections.ask(connection.name)}
              onClick={() => onAsk(connection)}
            >
              {copy.connections.askShort}
            </Button>
            {onEdit && (
              <IconButton
                icon={Pencil}
                label={copy.connections.editLabel(connection.name)}
                onClick={() => onEdit(connection)}
              />
            )}
            {onRemove && (
              <IconButton
                icon={Trash2}
                label={copy.connections.removeLabel(connection.name)}
                onClick={() => onRemove(connection)}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function ConnectionFacts({ connection }: { connection: Connection }) {
  const isDemo = connection.kind === 'demo';
  const Icon: LucideIcon = isDemo ? Database : Cable;
  const { user, host, port, database, sslMode } = connection;
  return (
    <>
      <Icon aria-hidden />
      <div className="grow">
        <p className="connection-name truncate">{connection.name}</p>
        <p className="muted truncate">
          {isDemo ? copy.connections.demoWhere : `${user}@${host}:${port}/${database}`}
        </p>
      </div>
      {!isDemo && connection.allowWrites && <span className="badge">{copy.writes.allowed}</span>}
      {!isDemo && <span className="badge">TLS: {sslMode}</span>}
    </>
  );
}
