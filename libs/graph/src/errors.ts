/**
 * From answers and faults to failures. Codes differ in case between workloads and nest; the deepest known one is the most
 * specific. Bodies can be empty, HTML or anything else, so nothing here throws.
 *
 * @see https://learn.microsoft.com/graph/errors
 */
import { Failure, type FailureCode, type ServiceAnswer } from '@tidemark/contracts';
import { redact } from './redact.ts';
import { pauseMaxMs } from './http/retry-after.ts';
import type { TransportFault, FaultKind } from './http/transport-fault.ts';

/** An answer of Graph or of a pre-authenticated host. */
export interface Reply {
  readonly status: number;
  /** Parsed body; undefined when it is empty or not JSON. */
  readonly json: unknown;
  readonly requestId: string | undefined;
  readonly location: string | undefined;
  /** `WWW-Authenticate` of a 401. */
  readonly challenge: string | undefined;
  /** Milliseconds. */
  readonly retryAfterMs: number | null;
}

/** What the error envelope says, deepest code first. Codes in lower case. */
export interface GraphError {
  readonly codes: readonly string[];
  readonly message: string;
}

const byCode: ReadonlyMap<string, FailureCode> = new Map(
  Object.entries<FailureCode>({
    accessdenied: 'accessDenied',
    accessrestricted: 'accessDenied',
    provisioningnotallowed: 'accessDenied',
    notallowed: 'accessDenied',
    activitylimitreached: 'throttled',
    throttledrequest: 'throttled',
    toomanyrequests: 'throttled',
    servicenotavailable: 'serviceUnavailable',
    servicereadonly: 'serviceUnavailable',
    resourcebeingprovisioned: 'serviceUnavailable',
    cannotsnapshottree: 'serviceUnavailable',
    invalidrequest: 'invalidRequest',
    invalidrange: 'invalidRequest',
    notsupported: 'invalidRequest',
    childitemcountexceeded: 'invalidRequest',
    maxfilesizeexceeded: 'invalidRequest',
    itemnotfound: 'notFound',
    uploadsessionnotfound: 'notFound',
    malwaredetected: 'malware',
    virussuspicious: 'malware',
    namealreadyexists: 'nameTaken',
    resourcemodified: 'preconditionFailed',
    entitytagdoesnotmatch: 'preconditionFailed',
    malformedentitytag: 'preconditionFailed',
    lockmismatch: 'locked',
    resourcelocked: 'locked',
    resyncrequired: 'resyncRequired',
    resyncchangesapplydifferences: 'resyncRequired',
    resyncapplydifferences: 'resyncRequired',
    resyncchangesuploaddifferences: 'resyncRequired',
    resyncuploaddifferences: 'resyncRequired',
    syncstatenotfound: 'resyncRequired',
    quotalimitreached: 'quotaReached',
    insufficientstorage: 'quotaReached',
    unauthenticated: 'loginRequired',
    invalidauthenticationtoken: 'loginRequired',
    pathistoolong: 'nameTooLong',
    pathtoodeep: 'nameTooLong',
    invalidpath: 'invalidName',
    invalidfilename: 'invalidName',
  }),
);

/** Codes that say no more than the status does. */
const vague = new Set(['invalidrequest', 'accessdenied', 'notallowed']);

const byStatus: Readonly<Record<number, FailureCode>> = {
  400: 'invalidRequest',
  401: 'loginRequired',
  402: 'accessDenied',
  403: 'accessDenied',
  404: 'notFound',
  405: 'invalidRequest',
  406: 'invalidRequest',
  407: 'offline',
  408: 'timedOut',
  409: 'nameTaken',
  410: 'resyncRequired',
  411: 'invalidRequest',
  412: 'preconditionFailed',
  413: 'invalidRequest',
  414: 'nameTooLong',
  415: 'invalidRequest',
  416: 'invalidRequest',
  422: 'invalidRequest',
  423: 'locked',
  429: 'throttled',
  501: 'invalidRequest',
  507: 'quotaReached',
  509: 'throttled',
};

/** Statuses whose meaning is fixed whatever the body says. */
const decisive = new Set([401, 407, 408, 410, 412, 423, 429, 507, 509]);

/** The code for an answer that is not a success. */
export function failureCodeOf(status: number, error: GraphError): FailureCode {
  // Seen on PATCH of the time: 409 whose text says that the eTag does not match.
  if (status === 409 && /\betag\b/i.test(error.message)) return 'preconditionFailed';
  const fixed = decisive.has(status) ? byStatus[status] : undefined;
  if (fixed !== undefined) return fixed;
  for (const code of error.codes) {
    const known = byCode.get(code);
    if (known !== undefined && !(vague.has(code) && byStatus[status] !== undefined)) return known;
  }
  return byStatus[status] ?? (status >= 500 || status < 400 ? 'serviceUnavailable' : 'invalidRequest');
}

/** Reads the error envelope of any parsed body. */
export function graphErrorOf(json: unknown): GraphError {
  const codes: string[] = [];
  let message = '';
  let at: unknown = isRecord(json) ? json['error'] : undefined;
  for (let depth = 0; isRecord(at) && depth < 8; depth += 1) {
    if (typeof at['code'] === 'string' && at['code'] !== '') codes.unshift(at['code'].toLowerCase());
    if (message === '' && typeof at['message'] === 'string') message = at['message'];
    at = at['innerError'] ?? at['innererror'];
  }
  return { codes, message };
}

/** `action` starts the text, for instance `Cannot read item "01ABC"`. */
export function refusal(action: string, reply: Reply): Failure {
  const error = graphErrorOf(reply.json);
  const code = failureCodeOf(reply.status, error);
  return new Failure({
    code,
    detail: `${action}: ${answerText(reply.status, error)}`,
    ...(reply.retryAfterMs === null ? {} : { afterMs: Math.min(reply.retryAfterMs, pauseMaxMs) }),
    ...saidIn(reply),
  });
}

/** A failure with a code of the caller's choice, worded like every other. */
export function refusalAs(code: FailureCode, action: string, reply: Reply): Failure {
  return new Failure({
    code,
    detail: `${action}: ${answerText(reply.status, graphErrorOf(reply.json))}`,
    ...saidIn(reply),
  });
}

/** What a failure tells of the answer itself: for the service's support, and word for word, since people search the web for it. */
export function saidIn({ status, json, requestId }: Reply): SaidByService {
  const error = isRecord(json) && isRecord(json['error']) ? json['error'] : {};
  const text = (value: unknown): string => (typeof value === 'string' ? redact(value) : '');
  return {
    ...(requestId === undefined ? {} : { requestId }),
    answer: { status, code: text(error['code']), message: text(error['message']) },
  };
}

interface SaidByService {
  readonly requestId?: string;
  readonly answer: ServiceAnswer;
}

const byFault: Readonly<Record<FaultKind, FailureCode>> = {
  unreachable: 'offline',
  interrupted: 'offline',
  timedOut: 'timedOut',
  untrusted: 'tlsUntrusted',
  aborted: 'timedOut',
  oversized: 'serviceUnavailable',
  refusedByProxy: 'offline',
  misused: 'invalidRequest',
};

export function faultFailure(action: string, fault: TransportFault): Failure {
  return new Failure(
    { code: byFault[fault.kind], detail: `${action}: ${redact(fault.message)}` },
    { cause: fault },
  );
}

function answerText(status: number, error: GraphError): string {
  const code = error.codes[0];
  const parts = [`the service answered ${status}`];
  if (code !== undefined) parts.push(`(${redact(code)})`);
  if (error.message !== '') parts.push(`"${redact(error.message)}"`);
  return parts.join(' ');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
