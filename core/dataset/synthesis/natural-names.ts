import { stemWord } from '../../schema/question-words.ts';

/** What abbreviated names of tables and columns say. */
const expansions = new Map(
  Object.entries({
    num: 'number',
    nbr: 'number',
    no: 'number',
    qty: 'quantity',
    amt: 'amount',
    dept: 'department',
    desc: 'description',
    avg: 'average',
    addr: 'address',
    cust: 'customer',
    emp: 'employee',
    prod: 'product',
    org: 'organization',
    fname: 'first name',
    lname: 'last name',
    dob: 'date of birth',
    pct: 'percent',
    yr: 'year',
    crs: 'course',
    prof: 'professor',
    stu: 'student',
    hrs: 'hours',
    loc: 'location',
    mgr: 'manager',
    max: 'maximum',
    min: 'minimum',
    tel: 'telephone',
    acc: 'account',
  }),
);

const irregularPlurals = new Map([
  ['person', 'people'],
  ['child', 'children'],
  ['man', 'men'],
  ['woman', 'women'],
  ['staff', 'staff'],
  ['aircraft', 'aircraft'],
  ['series', 'series'],
  ['species', 'species'],
  ['media', 'media'],
  ['people', 'people'],
]);
const irregularSingulars = new Map([...irregularPlurals].map(([one, many]) => [many, one]));

/** Heads that names are written together with: `bedtype`, `clublocation`. */
const glued =
  /^(\p{L}{3,})(names?|types?|prices?|locations?|dates?|codes?|numbers?|phones?|titles?|points?|records?|address|status|count)$/u;
const oneWord =
  /^(surname|username|nickname|candidates?|updates?|subtypes?|account|discount|viewpoints?|county)$/;

function splitGlued(word: string): string[] {
  const match = oneWord.test(word) ? undefined : glued.exec(word);
  return match?.[1] && match[2] && /[aeiouy]/.test(match[1]) ? [match[1], match[2]] : [word];
}

function readWords(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .flatMap((word) => splitGlued(word.toLowerCase()))
    .flatMap((word) => (expansions.get(word) ?? word).split(' '));
}

/** Names come again and again, and reading one costs more than all else that is done with it. */
const wordsByName = new Map<string, readonly string[]>();
const maxKnownNames = 100_000;

/** The words of a name in lower case, abbreviations written out: `customerQty` → customer, quantity. */
export function nameWords(name: string): readonly string[] {
  const known = wordsByName.get(name);
  if (known) return known;
  if (wordsByName.size >= maxKnownNames) wordsByName.clear();
  const words = readWords(name);
  wordsByName.set(name, words);
  return words;
}

/** The plural of a phrase's last word. */
export function pluralOf(text: string): string {
  const last = /\S+$/.exec(text)?.[0] ?? text;
  const head = text.slice(0, text.length - last.length);
  const irregular = irregularPlurals.get(last);
  // `date made`, `counties represented`, `departure time at`: the noun stands before.
  if (/^(made|by|in|on|at|of|to|for)$|[^e]ed$/.test(last)) return text;
  if (irregular) return head + irregular;
  if (irregularSingulars.has(last) || (/[^s]s$/.test(last) && !/(us|is)$/.test(last))) return text;
  if (/[^aeiou]y$/.test(last)) return `${text.slice(0, -1)}ies`;
  return /(s|x|ch|sh|z)$/.test(last) ? `${text}es` : `${text}s`;
}

/** The singular of a phrase's last word. */
export function singularOf(text: string): string {
  const last = /\S+$/.exec(text)?.[0] ?? text;
  const head = text.slice(0, text.length - last.length);
  const irregular = irregularSingulars.get(last);
  if (irregular) return head + irregular;
  return head + (/(us|is|ss)$/.test(last) ? last : stemWord(last));
}

/** Whether people would say these words: no codes, no single letters. */
export function isSpeakable(words: readonly string[]): boolean {
  return (
    words.length > 0 &&
    words.length <= 5 &&
    words.every((word) => word === 'id' || word === 'of' || /^(?=.*[aeiouy])\p{L}{3,}$/u.test(word))
  );
}

/** `number`, `employees` → number of employees; the rest as it stands. */
export function sayName(words: readonly string[]): string {
  const [first, second, ...rest] = words;
  if (first === 'number' && second !== undefined && second !== 'of')
    return `number of ${pluralOf([second, ...rest].join(' '))}`;
  return words.join(' ');
}

/** A column as a question calls it: its table's name left out where something remains. */
export function sayColumn(columnName: string, tableName: string, whole: boolean): string {
  const words = nameWords(columnName);
  const table = new Set(nameWords(tableName).map(stemWord));
  const own = words.filter((word) => !table.has(stemWord(word)));
  return sayName(!whole && own.length > 0 ? own : words);
}

/** Reference and link prefixes that nobody says. */
const silent = new Set(['ref', 'tbl', 'table', 'tb', 'dim', 'fact']);

export function sayTable(tableName: string): string {
  const words = nameWords(tableName);
  const own = words.filter((word) => !silent.has(word));
  return (own.length > 0 ? own : words).join(' ');
}
