import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashQuestion } from '../../core/dataset/find-leaks.ts';
import { buildQuestionFilter } from '../../core/dataset/question-filter.ts';
import { demoDatabases } from '../../core/demo/index.ts';

/** What proves, without the data, that a model was trained on no question that it is measured by. */
export interface QuestionRecord {
  /** Of the train.jsonl whose questions starter-questions.bloom holds. */
  trainSha256: string;
  /** Different ones, near duplicates counted once. */
  questions: number;
  /** Spider databases that the training data speaks of. */
  databases: string[];
  /** Spider's dev split, which may not be published whole: its databases and `hashQuestion` of its questions. */
  dev: { databases: string[]; questions: string[] };
}

export const recordFiles = { report: 'starter-data-report.json', filter: 'starter-questions.bloom' } as const;

export interface DevPair {
  dbId: string;
  question: string;
}

/** Notes every question that `isForbidden` lets into the training data: a few more than become examples. */
export function recordQuestions(isForbidden: (question: string) => boolean) {
  const hashes = new Set<string>();
  return {
    isForbidden(question: string): boolean {
      if (isForbidden(question)) return true;
      hashes.add(hashQuestion(question));
      return false;
    },
    write(folder: string, trainSha256: string, databases: Iterable<string>, dev: readonly DevPair[]): void {
      const record: QuestionRecord = {
        ...{ trainSha256, questions: hashes.size, databases: [...databases].toSorted() },
        dev: {
          databases: [...new Set(dev.map((pair) => pair.dbId))].toSorted(),
          questions: [...new Set(dev.map((pair) => hashQuestion(pair.question)))].toSorted(),
        },
      };
      writeFileSync(path.join(folder, recordFiles.report), `${JSON.stringify(record, null, 1)}\n`);
      writeFileSync(path.join(folder, recordFiles.filter), buildQuestionFilter(hashes));
    },
  };
}

/** The questions of the demo databases and of data/own, which models are measured by and never trained on. */
export function readOwnQuestions(dataDir: string): string[] {
  const own = path.join(dataDir, 'own');
  const files = existsSync(own) ? readdirSync(own, { recursive: true, encoding: 'utf8' }) : [];
  const asked = files
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(path.join(own, file), 'utf8').split('\n').filter(Boolean))
    .map((line) => (JSON.parse(line) as { question: string }).question);
  return [...demoDatabases.flatMap(({ questions }) => questions.map(({ question }) => question)), ...asked];
}
