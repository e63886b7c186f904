/** The only place where a prompt is built, for training data and for inference alike. */
import type { LiteralChoices } from '../sql/sketch/constraint.ts';
import type { SchemaView, TableView } from '../sql/sketch/schema-view.ts';
import { collectLiterals } from './collect-literals.ts';
import type { ValueHint } from './find-hints.ts';
import { linkNames, type NameLink } from './link-names.ts';
import { splitQuestion } from './question-words.ts';
import { chooseTables, serializeSchema } from './serialize-schema.ts';

export interface Prompt {
  text: string;
  /** Tables that the prompt holds, in its order. */
  tables: TableView[];
  /** What the answer may hold besides names. */
  literals: LiteralChoices;
}

function linkText(link: NameLink): string {
  return link.column ? `${link.table.word} . ${link.column.word}` : link.table.word;
}

function hintText(hint: ValueHint): string {
  return `${hint.table} . ${hint.column} = ' ${hint.value.trim().replaceAll(/\s+/g, ' ')} '`;
}

export interface PromptInput {
  view: SchemaView;
  question: string;
  hints: readonly ValueHint[];
}

/**
 * `SCHEMA … QUESTION … LINKS … VALUES … QUERY`, on one line, the schema first, so that it is a common beginning of many
 * questions' prompts. LINKS names what the question's words match in
 * the schema, VALUES the stored values that it names; either is left out when empty.
 */
export function buildPrompt({ view, question, hints }: PromptInput): Prompt {
  const words = splitQuestion(question);
  const links = linkNames(view, words);
  const tables = chooseTables(view, words, hints);
  const kept = new Set(tables.map((table) => table.word));
  const parts = [serializeSchema(view, tables), `QUESTION ${words.join(' ')}`];
  const keptLinks = links.filter((link) => kept.has(link.table.word));
  const keptHints = hints.filter((hint) => kept.has(hint.table));
  if (keptLinks.length > 0) parts.push(`LINKS ${keptLinks.map(linkText).join(' ; ')}`);
  if (keptHints.length > 0) parts.push(`VALUES ${keptHints.map(hintText).join(' ; ')}`);
  parts.push('QUERY');
  return {
    text: parts.join(' '),
    tables,
    literals: collectLiterals(words, hints, links),
  };
}
