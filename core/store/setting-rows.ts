import type { Database } from 'better-sqlite3';
import type { z } from 'zod';

export interface SettingRows {
  /** Undefined when never set, or when what is kept does not fit the schema any more. */
  get<T>(key: string, schema: z.ZodType<T>): T | undefined;
  /** @param value anything that JSON can hold */
  set(key: string, value: unknown): void;
}

export function createSettingRows(database: Database): SettingRows {
  const get = database.prepare<[string], { value: string }>('SELECT value FROM settings WHERE key = ?');
  const set = database.prepare<[string, string]>(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  return {
    get(key, schema) {
      const row = get.get(key);
      return row && schema.safeParse(JSON.parse(row.value)).data;
    },
    set: (key, value) => void set.run(key, JSON.stringify(value)),
  };
}
