import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** 256 random bits, safe in a URL and in a cookie. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What one request offers to prove itself with. */
export interface Credentials {
  headers: IncomingHttpHeaders;
  /** The `token` of the query string. */
  queryToken: string | null;
}

export interface Gate {
  /** Cookies know no ports, so the name carries it: two hosts on one machine do not overwrite each other's. */
  cookieName: string;
  /** `host:port` values that a browser may have asked for. */
  hosts: string[];
  isToken(offered: string | null | undefined): boolean;
  /**
   * What the cookie holds once the token was shown. It is not the token: browsers send cookies to every port of this
   * machine, and what another program receives there must not open the address that was printed.
   */
  session: string;
  isSession(offered: string | null | undefined): boolean;
}

/**
 * @param port the port that the host listens on
 * @param session what the cookies of an earlier host at this port hold. Defaults to a new one.
 */
export function createGate(token: string, port: number, session = createToken()): Gate {
  return {
    cookieName: `sqlcodegen-${port}`,
    hosts: [`127.0.0.1:${port}`, `localhost:${port}`],
    isToken: matcherOf(token),
    session,
    isSession: matcherOf(session),
  };
}

/** Equal lengths by hashing, so that the comparison takes the same time whatever is offered. */
function matcherOf(secret: string): (offered: string | null | undefined) => boolean {
  const expected = digest(secret);
  return (offered) => timingSafeEqual(digest(offered ?? ''), expected);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Why a request is refused, or undefined. A foreign `Host` is DNS rebinding, a foreign `Origin` another page of the
 * user's browser. A program without a browser sends no `Origin`; then the token alone decides.
 */
export function refusal(
  gate: Gate,
  { headers, queryToken }: Credentials,
): { status: number; reason: string } | undefined {
  if (!headers.host || !gate.hosts.includes(headers.host)) {
    return { status: 403, reason: `This host answers to ${gate.hosts.join(' and ')} only.` };
  }
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    return { status: 403, reason: 'Another site may not talk to this host.' };
  }
  if (!gate.isToken(queryToken) && !gate.isSession(readCookie(headers.cookie, gate.cookieName))) {
    return {
      status: 401,
      reason: 'Open the address that the app printed.',
    };
  }
  return undefined;
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
