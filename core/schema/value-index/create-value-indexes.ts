import type { DatabaseSchema, ValueIndexStatus } from '../../contract/index.ts';
import type { ValueSample } from '../find-hints.ts';
import { readChangedValues } from './read-changed-values.ts';
import type { ValueDatabase } from './read-column-values.ts';
import { samplesOfStored, type StoredValues, type ValueFiles } from './stored-values.ts';
import { defaultValueLimits, type ValueLimits } from './value-limits.ts';

/** What the user decided for one connection. */
export interface ValueChoice {
  enabled: boolean;
  /** Columns that are kept whatever they look like: `table.column`, or `*` for all. */
  allowed: string[];
}

export interface ValueIndexesOptions {
  files: ValueFiles;
  open(connectionId: string, options: { signal?: AbortSignal | undefined }): Promise<ValueDatabase>;
  schemaOf(
    connectionId: string,
    options: { signal?: AbortSignal | undefined; refresh?: boolean | undefined },
  ): Promise<DatabaseSchema>;
  choices: {
    /** Undefined where the user never chose. */
    get(connectionId: string): ValueChoice | undefined;
    set(connectionId: string, choice: ValueChoice): void;
  };
  /** What holds where the user never chose; off by default. */
  defaultChoice?: ((connectionId: string) => ValueChoice) | undefined;
  limits?: ValueLimits | undefined;
  /** How long the first question waits for the first reading, in milliseconds. Defaults to 1,000. */
  firstReadWaitMs?: ((connectionId: string) => number) | undefined;
}

/**
 * Values of the text columns of connections whose user asked for it, kept in a file each and fresh: whenever they are
 * used and were last looked at five minutes ago, one statement asks PostgreSQL's counters, and tables that changed are
 * read again, in the background. Nothing of a value is ever logged or put into an error.
 */
export interface ValueIndexes {
  /** What is kept; empty while it is off or being read for the first time, which is waited for a second by default. */
  samplesOf(
    connectionId: string,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<readonly ValueSample[]>;
  status(connectionId: string): Promise<ValueIndexStatus>;
  /** Reads the values, and from now on keeps them. Columns allowed before stay so, unless others are given. */
  enable(
    connectionId: string,
    options?: { allowed?: readonly string[] | undefined; signal?: AbortSignal },
  ): Promise<ValueIndexStatus>;
  /** Stops, and removes what is kept. */
  disable(connectionId: string): Promise<ValueIndexStatus>;
  /** Reads what changed, or everything. Throws what prevents it; what was kept before stays. */
  refresh(
    connectionId: string,
    options?: { everything?: boolean | undefined; signal?: AbortSignal },
  ): Promise<ValueIndexStatus>;
  /** Removes what is kept of one connection or of all; whether it is on stays. @returns how many files */
  clear(connectionId?: string): Promise<number>;
  /** After a connection was changed or removed: what was kept may be of another database. */
  forget(connectionId: string): Promise<void>;
  /** Stops reading in the background. */
  close(): Promise<void>;
}

const checkedMs = 5 * 60_000;
const defaultFirstReadWaitMs = 1_000;
const off: ValueChoice = { enabled: false, allowed: [] };

export function createValueIndexes(options: ValueIndexesOptions): ValueIndexes {
  return new ConnectionValues(options);
}

interface Kept {
  values: StoredValues;
  samples: readonly ValueSample[];
  checkedAt: number;
}

class ConnectionValues implements ValueIndexes {
  private readonly options: ValueIndexesOptions;
  private readonly kept = new Map<string, Promise<Kept | undefined>>();
  private readonly reading = new Map<string, { done: Promise<void>; abort: AbortController }>();
  private readonly failures = new Map<string, string>();

  constructor(options: ValueIndexesOptions) {
    this.options = options;
  }

  async samplesOf(id: string): Promise<readonly ValueSample[]> {
    if (!this.choiceOf(id).enabled) return [];
    const kept = await this.load(id);
    if (kept && performance.now() - kept.checkedAt < checkedMs) return kept.samples;
    const reading = this.readInBackground(id);
    if (kept) return kept.samples;
    const waitMs = this.options.firstReadWaitMs?.(id) ?? defaultFirstReadWaitMs;
    await Promise.race([reading, waitFor(waitMs)]);
    return (await this.kept.get(id))?.samples ?? [];
  }

  async status(id: string): Promise<ValueIndexStatus> {
    const { enabled, allowed } = this.choiceOf(id);
    const kept = enabled ? await this.load(id) : undefined;
    const columns = kept?.values.columns ?? [];
    const failure = this.failures.get(id);
    return {
      enabled,
      isReading: this.reading.has(id),
      allowed,
      ...(kept && { readAt: kept.values.readAt }),
      ...(failure !== undefined && { failure }),
      valueCount: columns.reduce((sum, { values }) => sum + values.length, 0),
      bytes: columns.reduce((sum, { values }) => sum + Buffer.byteLength(values.join('')), 0),
      columns: columns.map(({ values, ...column }) => ({ ...column, valueCount: values.length })),
    };
  }

  async enable(
    id: string,
    { allowed, signal }: { allowed?: readonly string[] | undefined; signal?: AbortSignal } = {},
  ) {
    const before = this.choiceOf(id);
    this.options.choices.set(id, { enabled: true, allowed: [...new Set(allowed ?? before.allowed)] });
    return this.refresh(id, { everything: true, ...(signal && { signal }) });
  }

  async disable(id: string) {
    this.options.choices.set(id, { ...this.choiceOf(id), enabled: false });
    await this.forget(id);
    return this.status(id);
  }

  async refresh(
    id: string,
    { everything = false, signal }: { everything?: boolean | undefined; signal?: AbortSignal } = {},
  ) {
    await this.stopReading(id);
    if (!this.choiceOf(id).enabled) return this.status(id);
    await this.read(id, everything, signal);
    return this.status(id);
  }

  async clear(id?: string) {
    const all = [...this.kept.keys(), ...this.reading.keys()];
    const had = id === undefined ? 0 : Number((await this.load(id)) !== undefined);
    for (const each of new Set(id === undefined ? all : [id])) {
      await this.stopReading(each);
      this.kept.delete(each);
      this.failures.delete(each);
    }
    if (id === undefined) return this.options.files.removeAll();
    await this.options.files.remove(id);
    return had;
  }

  async forget(id: string) {
    await this.clear(id);
  }

  async close() {
    await Promise.all([...this.reading.keys()].map((id) => this.stopReading(id)));
  }

  private choiceOf(id: string): ValueChoice {
    return this.options.choices.get(id) ?? this.options.defaultChoice?.(id) ?? off;
  }

  /** From the file at the first call; then from memory. Fresh from a file means not looked at yet. */
  private load(id: string): Promise<Kept | undefined> {
    const known = this.kept.get(id);
    if (known) return known;
    const loaded = this.options.files
      .read(id)
      .then((values) => values && { values, samples: samplesOfStored(values), checkedAt: -checkedMs });
    this.kept.set(id, loaded);
    return loaded;
  }

  private readInBackground(id: string): Promise<void> {
    const running = this.reading.get(id);
    if (running) return running.done;
    const abort = new AbortController();
    const done = this.read(id, false, abort.signal)
      .catch(() => undefined)
      .finally(() => this.reading.delete(id));
    this.reading.set(id, { done, abort });
    return done;
  }

  private async stopReading(id: string): Promise<void> {
    const running = this.reading.get(id);
    running?.abort.abort();
    await running?.done;
  }

  private async read(id: string, everything: boolean, signal: AbortSignal | undefined): Promise<void> {
    try {
      const before = everything ? undefined : (await this.load(id))?.values;
      const { open, schemaOf, limits = defaultValueLimits } = this.options;
      const schema = await schemaOf(id, { signal, refresh: true });
      const database = await open(id, { signal });
      const { allowed } = this.choiceOf(id);
      const values = await readChangedValues(database, schema, before, { limits, allowed, signal });
      const samples = before === values ? (await this.load(id))?.samples : undefined;
      if (before !== values) await this.options.files.write(id, values);
      const kept = { values, samples: samples ?? samplesOfStored(values), checkedAt: performance.now() };
      this.kept.set(id, Promise.resolve(kept));
      this.failures.delete(id);
    } catch (error) {
      if (!signal?.aborted)
        this.failures.set(id, error instanceof Error ? error.message : 'It could not be read.');
      throw error;
    }
  }
}

const waitFor = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());
