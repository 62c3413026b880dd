/**
 * Who may ask. The address that is printed holds a token that is good once: the page hands it in for a session, which it keeps in the
 * storage of its tab and sends with each request. Other pages in the browser know neither, and a name that was bound to this machine's
 * address (DNS rebinding) shows in `Host` and `Origin`.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingRequest } from '@tidemark/contracts';

export interface Guard {
  /** A new token, good once. Earlier ones that were not used are void from now on. */
  newToken(): string;
  /** A session for the token; null when it is none, or was used. */
  takeToken(token: string): string | null;
  /** Why the request is refused; null when it came from a page of this server. Every request must pass. */
  refusalOf(request: Pick<IncomingRequest, 'headers'>, port: number): string | null;
  hasSession(request: Pick<IncomingRequest, 'headers'>): boolean;
}

const secretBytes = 32;
/** Tabs that are open at once. The oldest session ends when there is one more. */
const sessionsMax = 32;

export function createGuard(): Guard {
  let token: Buffer | null = null;
  const sessions: Buffer[] = [];
  return {
    newToken() {
      const made = randomBytes(secretBytes).toString('base64url');
      token = digestOf(made);
      return made;
    },
    takeToken(given) {
      if (token === null || !timingSafeEqual(token, digestOf(given))) return null;
      token = null;
      const session = randomBytes(secretBytes).toString('base64url');
      sessions.push(digestOf(session));
      if (sessions.length > sessionsMax) sessions.shift();
      return session;
    },
    refusalOf({ headers }, port) {
      const { host = '', origin, 'sec-fetch-site': site } = headers;
      if (!namesOf(port).includes(host)) return 'This address has another name';
      if (origin !== undefined && origin !== `http://${host}`) return 'Another page asked';
      if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'Another page asked';
      return null;
    },
    hasSession({ headers }) {
      const [scheme, given = ''] = (headers['authorization'] ?? '').split(' ');
      if (scheme !== 'Bearer') return false;
      const digest = digestOf(given);
      return sessions.some((one) => timingSafeEqual(one, digest));
    },
  };
}

/** The names of loopback: no name that a server elsewhere could own. */
const namesOf = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`];

/** Of equal length, whatever was sent. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
