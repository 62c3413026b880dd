import type { RequestKind } from './counters.ts';

/** One request as it may be shown: query values of links and tokens are left out. */
export type LoggedRequest = {
  readonly at: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly kind: RequestKind;
  readonly requestId: string;
  readonly clientRequestId: string | undefined;
  readonly userAgent: string | undefined;
  /** Zero while the request is still being answered; -1 when the connection was dropped on purpose. */
  status: number;
  faultId: number | undefined;
};

export type RequestLog = {
  readonly add: (entry: LoggedRequest) => void;
  readonly read: () => readonly LoggedRequest[];
  readonly reset: () => void;
};

/** Keeps the newest `capacity` to twice `capacity` requests. */
export function createRequestLog(capacity: number): RequestLog {
  let entries: LoggedRequest[] = [];
  return {
    add: (entry) => {
      if (entries.length >= capacity * 2) entries = entries.slice(-capacity);
      entries.push(entry);
    },
    read: () => entries,
    reset: () => {
      entries = [];
    },
  };
}

const secretParameters =
  /([?&](?:token|%24skiptoken|\$skiptoken|tempauth|code|access_token|client_secret)=)[^&]*/gi;
const secretFunctionToken = /(\(token=)'[^']*'/gi;

/** The request target with every secret value replaced. */
export function withoutSecrets(target: string): string {
  if (!target.includes('=')) return target;
  return target.replace(secretParameters, '$1…').replace(secretFunctionToken, "$1'…'");
}
