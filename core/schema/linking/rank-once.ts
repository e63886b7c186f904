import type { SchemaView } from '../../sql/sketch/schema-view.ts';
import type { ValueHint } from '../find-hints.ts';
import { rankSchema, type Ranking } from './rank-schema.ts';

interface Known {
  words: string;
  hints: readonly ValueHint[];
  ranking: Ranking;
}

const latest = new WeakMap<SchemaView, Known>();

/** Ranks as `rankSchema` does; the same question on the same schema again, with the same hints, is not ranked twice. */
export function rankOnce(
  view: SchemaView,
  questionWords: readonly string[],
  hints: readonly ValueHint[],
): Ranking {
  const words = questionWords.join('\0');
  const known = latest.get(view);
  if (known?.words === words && known.hints === hints) return known.ranking;
  const ranking = rankSchema(view, questionWords, { hints });
  latest.set(view, { words, hints, ranking });
  return ranking;
}
