import type { Override, OverrideStatement } from '../../contract/index.ts';

type Part = 'question' | 'sql';

/**
 * A new correction on top of an earlier one of the same example: what it does not give stays, and who gave what stays
 * known. The proof is left out where the SQL is another.
 */
export function mergeOverride(earlier: Override | undefined, given: Override): Override {
  if (earlier === undefined) return given;
  const { id, question = earlier.question, sql = earlier.sql, by, why, on } = given;
  return {
    id,
    ...(question !== undefined && { question }),
    ...(sql !== undefined && { sql }),
    ...{ by, why, on },
    ...(sql === earlier.sql && earlier.proof !== undefined && { proof: earlier.proof }),
    history: listStatements(earlier),
  };
}

/** Whoever gave the part that holds, with when and why. Undefined where it is not corrected. */
export function findAuthor(override: Override, part: Part): OverrideStatement | undefined {
  return listStatements(override).findLast((statement) => statement[part] !== undefined);
}

/** All corrections of the example, the oldest first, each with only what it gave itself. */
export function listStatements({ question, sql, by, why, on, history = [] }: Override): OverrideStatement[] {
  const isInherited = (part: Part, text: string | undefined) =>
    text === undefined || history.findLast((each) => each[part] !== undefined)?.[part] === text;
  return [
    ...history,
    {
      ...(!isInherited('question', question) && { question }),
      ...(!isInherited('sql', sql) && { sql }),
      ...{ by, why, on },
    },
  ];
}
