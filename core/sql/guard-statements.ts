import type { AstNode } from './parse.ts';

const statementNames = new Map(
  Object.entries({
    AlterRoleSetStmt: 'ALTER ROLE',
    AlterSystemStmt: 'ALTER SYSTEM',
    CallStmt: 'CALL',
    CheckPointStmt: 'CHECKPOINT',
    ClosePortalStmt: 'CLOSE',
    ClusterStmt: 'CLUSTER',
    CopyStmt: 'COPY',
    CreateTableAsStmt: 'CREATE TABLE AS',
    DeallocateStmt: 'DEALLOCATE',
    DeclareCursorStmt: 'DECLARE CURSOR',
    DeleteStmt: 'DELETE',
    DiscardStmt: 'DISCARD',
    DoStmt: 'DO',
    DropStmt: 'DROP',
    ExecuteStmt: 'EXECUTE',
    ExplainStmt: 'EXPLAIN of anything but a query that you typed',
    FetchStmt: 'FETCH or MOVE',
    GrantStmt: 'GRANT or REVOKE',
    InsertStmt: 'INSERT',
    ListenStmt: 'LISTEN',
    LoadStmt: 'LOAD',
    LockStmt: 'LOCK',
    MergeStmt: 'MERGE',
    NotifyStmt: 'NOTIFY',
    PrepareStmt: 'PREPARE',
    RefreshMatViewStmt: 'REFRESH MATERIALIZED VIEW',
    ReindexStmt: 'REINDEX',
    TransactionStmt: 'BEGIN, COMMIT or ROLLBACK',
    TruncateStmt: 'TRUNCATE',
    UnlistenStmt: 'UNLISTEN',
    UpdateStmt: 'UPDATE',
    VacuumStmt: 'VACUUM or ANALYZE',
    VariableSetStmt: 'SET or RESET',
    VariableShowStmt: 'SHOW',
  }),
);

/** The SQL command of a statement's node, for a message: `DELETE`, `CREATE FUNCTION`. */
export function describeStatement(node: AstNode): string {
  return nameStatement(Object.keys(node)[0] ?? 'An empty statement');
}

/** The SQL command of a node's tag. Tags without an entry are spelled out: `CreateRoleStmt` is CREATE ROLE. */
export function nameStatement(tag: string): string {
  const spelled = tag.replace(/Stmt$/, '').replace(/([a-z])([A-Z])/g, '$1 $2');
  return statementNames.get(tag) ?? spelled.toUpperCase();
}
