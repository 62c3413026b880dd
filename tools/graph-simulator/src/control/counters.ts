/** What a request is for; decided from its method and path alone. */
export type RequestKind =
  | 'token'
  | 'identity'
  | 'driveRead'
  | 'deltaRead'
  | 'metadata'
  | 'contentDownload'
  | 'contentRedirect'
  | 'simpleUpload'
  | 'sessionCreate'
  | 'fragment'
  | 'sessionStatus'
  | 'createFolder'
  | 'patch'
  | 'delete'
  | 'subscription'
  | 'batch'
  | 'other';

export type Counters = {
  readonly total: number;
  /** A batch is one request, whatever its parts are. */
  readonly byKind: Readonly<Record<RequestKind, number>>;
  /** Parts of batches. */
  readonly batchParts: number;
  /** Statuses of 400 and above that were answered. */
  readonly failures: number;
  /** Faults that were injected. */
  readonly faults: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Content commits by path-independent item id, since the last reset. */
  readonly commitsByItem: Readonly<Record<string, number>>;
};

export type CounterBook = {
  readonly countRequest: (kind: RequestKind) => void;
  readonly countBatchPart: () => void;
  readonly countReply: (status: number, bytesOut: number) => void;
  readonly countBytesIn: (bytes: number) => void;
  readonly countFault: () => void;
  readonly countCommit: (itemId: string) => void;
  readonly read: () => Counters;
  readonly reset: () => void;
};

const noneByKind: Readonly<Record<RequestKind, number>> = {
  token: 0,
  identity: 0,
  driveRead: 0,
  deltaRead: 0,
  metadata: 0,
  contentDownload: 0,
  contentRedirect: 0,
  simpleUpload: 0,
  sessionCreate: 0,
  fragment: 0,
  sessionStatus: 0,
  createFolder: 0,
  patch: 0,
  delete: 0,
  subscription: 0,
  batch: 0,
  other: 0,
};

export function createCounterBook(): CounterBook {
  let byKind = { ...noneByKind };
  let commits = new Map<string, number>();
  let figures = { total: 0, batchParts: 0, failures: 0, faults: 0, bytesIn: 0, bytesOut: 0 };
  return {
    countRequest: (kind) => {
      figures.total += 1;
      byKind[kind] += 1;
    },
    countBatchPart: () => {
      figures.batchParts += 1;
    },
    countReply: (status, bytesOut) => {
      if (status >= 400) figures.failures += 1;
      figures.bytesOut += bytesOut;
    },
    countBytesIn: (bytes) => {
      figures.bytesIn += bytes;
    },
    countFault: () => {
      figures.faults += 1;
    },
    countCommit: (itemId) => {
      commits.set(itemId, (commits.get(itemId) ?? 0) + 1);
    },
    read: () => ({ ...figures, byKind: { ...byKind }, commitsByItem: Object.fromEntries(commits) }),
    reset: () => {
      byKind = { ...noneByKind };
      commits = new Map();
      figures = { total: 0, batchParts: 0, failures: 0, faults: 0, bytesIn: 0, bytesOut: 0 };
    },
  };
}
