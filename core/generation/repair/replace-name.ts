/** A text, a comment or a dollar-quoted text; a quoted name; a name. */
const tokens =
  /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|(\$[\p{L}_]*\$)[\s\S]*?\1|"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*/gu;

export interface WrongName {
  name: string;
  /** What stands before its dot, as PostgreSQL tells it. */
  qualifier?: string | undefined;
}

/** The statement with one name in the place of another, wherever it stands as a name; with a qualifier, behind that only. */
export function replaceName(sql: string, { name, qualifier }: WrongName, written: string): string {
  let before = { end: 0, name: '' };
  return sql.replaceAll(tokens, (token: string, _dollar: unknown, at: number) => {
    const meant = nameOf(token);
    if (meant === undefined) return token;
    const isBehindDot = sql.slice(before.end, at).trim() === '.';
    const isIt =
      meant === name && (qualifier === undefined ? !isBehindDot : isBehindDot && before.name === qualifier);
    before = { end: at + token.length, name: meant };
    return isIt ? written : token;
  });
}

/** The name that a token means: small letters unless it is quoted. Undefined for what is none. */
function nameOf(token: string): string | undefined {
  if (token.startsWith('"')) return token.slice(1, -1).replaceAll('""', '"');
  return /^[\p{L}_]/u.test(token) ? token.toLowerCase() : undefined;
}
