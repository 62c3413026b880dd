/** What went wrong with a socket, as a failure. */
import { Failure } from '@tidemark/contracts';

const untrusted: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const late: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]);

/** @param cause an error, or what happened in words */
export function socketFailure(hostname: string, cause: unknown, wasOpen: boolean): Failure {
  const { code, text } = reasonOf(cause);
  const detail = wasOpen
    ? `Cannot go on listening to "${hostname}": ${text}`
    : `Cannot connect to "${hostname}": ${text}`;
  if (untrusted.has(code)) return new Failure({ code: 'tlsUntrusted', detail }, { cause });
  return new Failure({ code: late.has(code) ? 'timedOut' : 'offline', detail }, { cause });
}

/** The innermost error that has a code says most. */
function reasonOf(cause: unknown): { readonly code: string; readonly text: string } {
  let text = cause instanceof Error ? cause.message : String(cause);
  for (let at = cause, depth = 0; at instanceof Error && depth < 5; depth++) {
    if ('code' in at && typeof at.code === 'string')
      return { code: at.code, text: `${at.message === '' ? text : at.message} (${at.code})` };
    if (at.message !== '') text = at.message;
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return { code: '', text };
}
