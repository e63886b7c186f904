/** Why PostgreSQL refuses a query, in the words of the project's figures. */
export const failureClasses = [
  'unknown column',
  'GROUP BY strictness',
  'type against type',
  'bad literal',
  'DISTINCT with ORDER BY',
  'syntax',
  'not parsed by the tool',
  'other',
] as const;
export type FailureClass = (typeof failureClasses)[number];

/** SQLSTATEs: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const classOfState: Record<string, FailureClass> = {
  '42703': 'unknown column',
  '42803': 'GROUP BY strictness',
  '42883': 'type against type',
  '42804': 'type against type',
  '22P02': 'bad literal',
  '22003': 'bad literal',
  '22007': 'bad literal',
  '22008': 'bad literal',
  '42P10': 'DISTINCT with ORDER BY',
  '42601': 'syntax',
};

/** The class of PostgreSQL's refusal. */
export function classifyState(sqlState: string | undefined): FailureClass {
  return classOfState[sqlState ?? ''] ?? 'other';
}
