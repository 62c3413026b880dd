/** A request that got no usable answer. What it means for the caller is decided in `errors.ts`. */
export type FaultKind =
  | 'unreachable'
  | 'interrupted'
  | 'timedOut'
  | 'untrusted'
  | 'aborted'
  | 'oversized'
  | 'refusedByProxy'
  | 'misused';

export class TransportFault extends Error {
  readonly kind: FaultKind;
  /** False only when it is certain that the server never saw the request. */
  readonly sent: boolean;
  constructor(kind: FaultKind, message: string, sent: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = 'TransportFault';
    this.kind = kind;
    this.sent = sent;
  }
}

const untrusted = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'INVALID_CA',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const timeouts = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);
const misuse = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/** Names what undici, TLS or the system reported. */
export function faultOf(error: unknown, sent: boolean): TransportFault {
  if (error instanceof TransportFault) return error;
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  // Node goes on with advice about its own switches, which our users cannot follow.
  if (untrusted.has(code))
    return new TransportFault('untrusted', `${text.split(';')[0] ?? text} (${code})`, sent, error);
  if (timeouts.has(code)) return new TransportFault('timedOut', `${text} (${code})`, sent, error);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new TransportFault('oversized', text, sent, error);
  if (misuse.has(code)) return new TransportFault('misused', `${text} (${code})`, sent, error);
  // undici reports a proxy's refusal of CONNECT as an aborted request with the status in its text.
  if (code === 'UND_ERR_ABORTED' && text.includes('roxy')) {
    return new TransportFault('refusedByProxy', text, false, error);
  }
  const detail = code === '' ? text : `${text === '' ? 'connection failed' : text} (${code})`;
  return new TransportFault(sent ? 'interrupted' : 'unreachable', detail, sent, error);
}

function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
    if ('code' in at && typeof at.code === 'string' && at.code !== '') return at.code;
  }
  return '';
}
