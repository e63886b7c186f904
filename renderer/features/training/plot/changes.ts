/** Something that changes by itself, and whoever wants to know. */
export interface Changes {
  subscribe(listener: () => void): () => void;
  /** Another number after each change. */
  version(): number;
}

export interface Signal extends Changes {
  emit(): void;
}

export function createSignal(): Signal {
  const listeners = new Set<() => void>();
  let version = 0;
  return {
    version: () => version,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit() {
      version += 1;
      for (const listener of listeners) listener();
    },
  };
}

/** Changes where any of them does. */
export function joinChanges(all: readonly Changes[]): Changes {
  return {
    version: () => all.reduce((sum, one) => sum + one.version(), 0),
    subscribe(listener) {
      const ends = all.map((one) => one.subscribe(listener));
      return () => ends.forEach((end) => end());
    },
  };
}

/** Passes changes on at most once in `everyMs` milliseconds, the last one always. */
export function slowDown(changes: Changes, everyMs: number): Changes {
  return {
    version: () => changes.version(),
    subscribe(listener) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const tell = () => {
        timer = undefined;
        listener();
      };
      const end = changes.subscribe(() => (timer ??= setTimeout(tell, everyMs)));
      return () => {
        clearTimeout(timer);
        end();
      };
    },
  };
}
