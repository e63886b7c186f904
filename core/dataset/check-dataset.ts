import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { datasetExampleSchema, type DatasetExample } from '../contract/index.ts';
import { checkPrompt } from './check-prompt.ts';
import { loadTokenCounter } from './format/count-tokens.ts';
import { formattedExampleSchema, mistralFiles, type FormattedExample } from './format/formatted-example.ts';
import { createSchemaSource, demand } from './read-source.ts';
import { eachRecord } from './reading/read-records.ts';
import { splitFileNames } from './split/split-examples.ts';

export interface DatasetProblem {
  file: string;
  /** The example, where one is at fault. */
  id?: string;
  /** A clause: "its prompt inserts rows". */
  problem: string;
}

export interface DatasetCheck {
  /** Lines read, by file. */
  examples: Record<string, number>;
  problems: DatasetProblem[];
}

type SplitFile = keyof typeof splitFileNames;

/** What a line says in short, to compare files with: its prompt, completion and linked tables. */
function digest({ prompt, completion, linkedTables = [] }: FormattedExample): string {
  return createHash('sha256')
    .update(JSON.stringify([prompt, completion, linkedTables]))
    .digest('base64');
}

/**
 * Reads what the stages `format` and `split` wrote and checks what a trainer relies on, without trusting how it was
 * made: no database in two splits; dev is val and test; no row of data in a prompt; every completion ends; nothing is
 * longer than the limit, by counting again; prompts are those that a model is asked with.
 * @throws AppError DATASET_MISSING or DATASET_CORRUPT, naming the file, where one cannot be read
 */
export async function checkDataset(
  processedDir: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<DatasetCheck> {
  const { signal } = options;
  const schemaOf = createSchemaSource(processedDir);
  const counter = await loadTokenCounter();
  const examples: Record<string, number> = {};
  const problems: DatasetProblem[] = [];
  const lines = { train: new Map(), dev: new Map(), val: new Map(), test: new Map() } as LineIndex;
  for (const split of Object.keys(splitFileNames) as SplitFile[]) {
    const file = splitFileNames[split];
    const source = { path: join(processedDir, file), stage: 'split' };
    const take = async (example: DatasetExample) => {
      const found = checkPrompt(example, await schemaOf(example.dbId), counter);
      const isElsewhere = split === 'dev' ? example.split === 'train' : example.split !== split;
      if (isElsewhere) found.push(`it says that it is in ${example.split}`);
      if (lines[split].has(example.id)) found.push('its id occurs twice');
      lines[split].set(example.id, { dbId: example.dbId, digest: digest(example) });
      problems.push(...found.map((problem) => ({ file, id: example.id, problem })));
    };
    await demand(source, eachRecord(datasetExampleSchema, source, take, signal));
    examples[file] = lines[split].size;
  }
  problems.push(...compareSplits(lines));
  for (const split of ['train', 'dev'] as const) {
    const file = mistralFiles[split];
    const formatted = await readDigests(join(processedDir, file), signal);
    examples[file] = formatted.size;
    problems.push(...compareFiles(file, formatted, lines[split]));
  }
  return { examples, problems };
}

type LineIndex = Record<SplitFile, Map<string, { dbId: string; digest: string }>>;

async function readDigests(path: string, signal: AbortSignal | undefined) {
  const digests: LineIndex[SplitFile] = new Map();
  const source = { path, stage: 'format' };
  const take = (example: FormattedExample) =>
    void digests.set(example.id, { dbId: example.dbId, digest: digest(example) });
  await demand(source, eachRecord(formattedExampleSchema, source, take, signal));
  return digests;
}

function compareSplits(lines: LineIndex): DatasetProblem[] {
  const held = new Map([...lines.val, ...lines.test]);
  const splits = ['train', 'val', 'test'] as const;
  const databases = splits.map((split) => new Set([...lines[split].values()].map(({ dbId }) => dbId)));
  const shared = databases.flatMap((own, index) =>
    databases.slice(index + 1).flatMap((other) => [...own].filter((dbId) => other.has(dbId))),
  );
  return [
    ...shared.map((dbId) => ({
      file: splitFileNames.train,
      problem: `the database ${dbId} is in two splits`,
    })),
    ...compareFiles(splitFileNames.dev, lines.dev, held),
  ];
}

/** Both must hold the same examples with the same text. */
function compareFiles(
  file: string,
  own: LineIndex[SplitFile],
  others: LineIndex[SplitFile],
): DatasetProblem[] {
  const ids = [...new Set([...own.keys(), ...others.keys()])];
  return ids
    .filter((id) => own.get(id)?.digest !== others.get(id)?.digest)
    .map((id) => ({ file, id, problem: 'it is missing or another in the files of the splits' }));
}
