import type { CoreHandlers } from '../contract/index.ts';
import type { DemoName, DemoProgress } from '../contract/demo.ts';
import type { EmbeddedServerManager, PrepareStage } from '../postgres/embedded-manager.ts';
import { demoDatabases } from './catalogue.ts';

export interface DemoHandlersOptions {
  server: EmbeddedServerManager;
}

/** What the demo databases offer through the contract. */
export function createDemoHandlers({
  server,
}: DemoHandlersOptions): Pick<CoreHandlers, 'demo.list' | 'demo.prepare' | 'demo.url'> {
  return {
    'demo.list': async () => demoDatabases,
    'demo.prepare': (_input, { signal }) => prepareAll(server, signal),
    'demo.url': async ({ name }, { signal }) => ({ url: await server.urlOf(name, { signal }) }),
  };
}

async function* prepareAll(server: EmbeddedServerManager, signal: AbortSignal): AsyncGenerator<DemoProgress> {
  const total = demoDatabases.length;
  for (const [done, { name }] of demoDatabases.entries()) {
    for await (const stage of stagesOf(server, name, signal)) yield { stage, database: name, done, total };
  }
  yield { stage: 'ready', done: total, total };
}

/** The steps of one database, as they happen. */
async function* stagesOf(
  server: EmbeddedServerManager,
  name: DemoName,
  signal: AbortSignal,
): AsyncGenerator<PrepareStage> {
  const stages: PrepareStage[] = [];
  let wake = (): void => undefined;
  let settled = false;
  const report = (stage: PrepareStage): void => {
    stages.push(stage);
    wake();
  };
  const work = server.targetOf(name, { signal, report }).finally(() => {
    settled = true;
    wake();
  });
  work.catch(() => undefined);
  while (!settled || stages.length > 0) {
    const stage = stages.shift();
    if (stage !== undefined) yield stage;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  await work;
}
