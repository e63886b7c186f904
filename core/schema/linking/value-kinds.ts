/** What a word of a question is a value of: `France` is one of a country, `who` asks for a person. */
import { stemWord } from '../question-words.ts';

/** Words that columns and tables of such values are called by, in stems. */
const kinds = {
  country: ['country', 'nation', 'nationality'],
  language: ['language'],
  currency: ['currency'],
  person: ['person', 'employee', 'staff', 'user', 'member'],
  date: ['date'],
} as const;

const personWords = `who whom whose anyone anybody somebody everyone technician mechanic driver clerk accountant operator
engineer programmer developer inspector auditor secretary assistant planner buyer trainer nurse cook waiter colleague
worker boss supervisor`;
const currencyWords =
  'dollar euro pound yen franc rupee peso krona krone zloty yuan rouble usd eur gbp jpy chf';
const dateWords = `yesterday today tomorrow january february march april june july august september october november
december monday tuesday wednesday thursday friday saturday sunday`;

type Kind = keyof typeof kinds;

function addWords(known: Map<string, Kind>, words: string, kind: Kind): void {
  for (const word of words.split(/\s+/)) known.set(stemWord(word), kind);
}

/** Names of regions and languages, from the runtime; those of several words count by none of them. */
function addNames(known: Map<string, Kind>, type: 'region' | 'language', kind: Kind): void {
  const names = new Intl.DisplayNames(['en'], { type, fallback: 'none' });
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = names.of(type === 'region' ? code.toUpperCase() : code);
    if (name !== undefined && /^\p{L}+$/u.test(name)) known.set(stemWord(name), kind);
  }
}

let known: Map<string, Kind> | undefined;

/** Stems that name what such a value is kept as; none for most words. */
export function kindsOfValue(stem: string): readonly string[] {
  known ??= collect();
  const kind = known.get(stem);
  return kind === undefined ? [] : kinds[kind];
}

function collect(): Map<string, Kind> {
  const found = new Map<string, Kind>();
  addNames(found, 'language', 'language');
  addNames(found, 'region', 'country');
  addWords(found, personWords, 'person');
  addWords(found, currencyWords, 'currency');
  addWords(found, dateWords, 'date');
  return found;
}
