/** First come, first served, one at a time. */
export interface ExclusiveQueue {
  /** Waits for its turn; leaving by `signal` gives the turn to the next. The returned function ends the turn. */
  enter(signal: AbortSignal): Promise<() => void>;
}

export function createExclusiveQueue(): ExclusiveQueue {
  const waiting: (() => void)[] = [];
  let busy = false;

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else busy = false;
  }

  function takeTurn(): () => void {
    let ended = false;
    return () => {
      if (!ended) leave();
      ended = true;
    };
  }

  return {
    enter(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (!busy) {
          busy = true;
          return resolve(takeTurn());
        }
        const start = () => {
          signal.removeEventListener('abort', giveUp);
          resolve(takeTurn());
        };
        const giveUp = () => {
          waiting.splice(waiting.indexOf(start), 1);
          reject(signal.reason);
        };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.push(start);
      });
    },
  };
}
