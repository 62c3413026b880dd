/** Claims challenges of continuous access evaluation: `WWW-Authenticate: Bearer …, claims="<base64 JSON>"`. */
import type { Reply } from '../errors.ts';

/** The JSON to pass on to the identity platform, or null when the 401 carries no challenge. */
export function claimsOf(reply: Reply): string | null {
  const { challenge } = reply;
  if (challenge === undefined || !challenge.includes('insufficient_claims')) return null;
  const encoded = /\bclaims="([A-Za-z0-9+/=_-]{1,8192})"/.exec(challenge)?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  try {
    JSON.parse(text);
    return text;
  } catch {
    return null;
  }
}
