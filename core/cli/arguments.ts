import { InvalidArgumentError } from 'commander';
import { demoNameSchema, type DemoName } from '../contract/index.ts';

/** `--db`: a URL or `demo:NAME`, as the id of a connection. */
export function parseDb(text: string): string {
  if (/^postgres(ql)?:\/\//.test(text)) return `url:${text}`;
  if (text.startsWith('demo:')) return `demo:${parseDemoName(text.slice('demo:'.length))}`;
  throw new InvalidArgumentError('Give postgres://USER@HOST:PORT/DATABASE, or demo:NAME.');
}

export function parseDemoName(text: string): DemoName {
  const name = demoNameSchema.safeParse(text);
  if (name.success) return name.data;
  throw new InvalidArgumentError(`The demo databases are ${demoNameSchema.options.join(', ')}.`);
}

/** A whole number from `min` to `max`, for commander. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  };
}
