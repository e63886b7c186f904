import type { CoreHandlers } from '../contract/index.ts';

type Ask = CoreHandlers['generation.ask'];
type RepairCall = CoreHandlers['generation.repair'];

/** Every statement that a model has written since the app was started, its candidates included. */
export interface ModelStatements {
  list(): Iterable<string>;
  /** Notes down what comes out of it. */
  watch(ask: Ask): Ask;
  watchRepair(repair: RepairCall): RepairCall;
}

/** Enough for a long day; the oldest go. */
const mostStatements = 5_000;

/** So that what a model wrote cannot be run as a write, even where the history was cleared or never kept it. */
export function createModelStatements(): ModelStatements {
  const statements = new Set<string>();
  const add = (sql: string | undefined): void => {
    if (sql === undefined || sql === '') return;
    statements.add(sql);
    if (statements.size > mostStatements) statements.delete(statements.values().next().value ?? '');
  };
  return {
    list: () => statements,
    watch: (ask) =>
      async function* watched(input, context) {
        // The last of a growing text; what an ask wrote counts also where it was cancelled or failed.
        let text: string | undefined;
        try {
          for await (const event of ask(input, context)) {
            if (event.kind === 'sql') {
              if (text !== undefined && !event.sql.startsWith(text)) add(text);
              text = event.sql;
            }
            if (event.kind === 'answer') {
              const { sql, candidates, alternatives } = event.answer;
              for (const written of [sql, ...[...candidates, ...alternatives].map((one) => one.sql)])
                add(written);
            }
            yield event;
          }
        } finally {
          add(text);
        }
      },
    watchRepair: (repair) => async (input, context) => {
      const repaired = await repair(input, context);
      if (repaired.kind === 'repaired') add(repaired.sql);
      return repaired;
    },
  };
}
