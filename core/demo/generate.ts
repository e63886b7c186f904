import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DemoName } from '../contract/demo.ts';
import { generateEcommerce } from './generation/ecommerce.ts';
import { generateFinance } from './generation/finance.ts';
import { generateHealthcare } from './generation/healthcare.ts';
import { generateRetail } from './generation/retail.ts';
import { generateSaas } from './generation/saas.ts';
import { renderScript, type DemoScript } from './generation/script.ts';

const generators: Record<DemoName, () => DemoScript> = {
  ecommerce: generateEcommerce,
  finance: generateFinance,
  healthcare: generateHealthcare,
  saas: generateSaas,
  retail: generateRetail,
};

/** The script of one demo database: the same text on every call and machine. */
export function generateDemoSql(name: DemoName): string {
  return renderScript(generators[name]());
}

/** Rewrites `data/demo/*.sql`. */
async function main(): Promise<void> {
  const folder = fileURLToPath(new URL('../../data/demo/', import.meta.url));
  await mkdir(folder, { recursive: true });
  for (const name of Object.keys(generators) as DemoName[]) {
    await writeFile(`${folder}${name}.sql`, generateDemoSql(name));
  }
}

if (import.meta.main) await main();
