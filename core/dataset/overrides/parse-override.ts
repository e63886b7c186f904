import { overrideSchema } from '../../contract/index.ts';
import type { Override } from '../../contract/index.ts';

/** What is wrong, as a clause without its subject: "has no by". */
export type ParsedOverride = { override: Override } | { fault: string; field: string };

/** Reads one correction's fields, and says in plain words what is wrong with the first that is. */
export function parseOverride(value: unknown): ParsedOverride {
  const parsed = overrideSchema.safeParse(value);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path ?? [];
    return { fault: describeFault(value, path), field: path.join('.') };
  }
  const { question, sql } = parsed.data;
  if (question !== undefined || sql !== undefined) return { override: parsed.data };
  return { fault: 'replaces neither the question nor the SQL', field: '' };
}

function describeFault(value: unknown, path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'is no object with an id';
  const found = path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)[key], value);
  const name = path.join('.');
  if (found === undefined) return `has no ${name}`;
  if (typeof found === 'string' && found.trim() === '') return `has a blank ${name}`;
  if (path.at(-1) === 'on') return `has a date in ${name} that is none`;
  return `has a ${name} of another kind than expected`;
}
