/** The drive port over Microsoft Graph. */
import {
  Failure,
  type AbortSignalLike,
  type Clock,
  type Drive,
  type DriveInfo,
  type DriveItemId,
  type Random,
} from '@tidemark/contracts';
import { type AccountQueries, createAccountQueries } from '../account/account-queries.ts';
import type { Endpoints } from '../auth/clouds.ts';
import type { Budget, BudgetCounters } from '../http/budget.ts';
import { createGraphClient, type RetryPolicy, type TokenSource } from '../http/graph-client.ts';
import type { Network } from '../http/network.ts';
import { authorsOf } from './authors.ts';
import { changedBy } from './changed-by.ts';
import { createChildrenWalk } from './children-walk.ts';
import { itemPath, readAt, type DriveContext } from './context.ts';
import { createFolder } from './create-folder.ts';
import { canDeleteForGood, deleteForGood, deleteItem } from './delete.ts';
import { createDelta } from './delta.ts';
import { createDownloadUrls } from './download-urls.ts';
import { download, downloadVersion } from './download.ts';
import { createFullDrive } from './full-drive.ts';
import { idPrefixOf } from './ids.ts';
import { readDriveInfo, readFolderInfo, type SharedFolder } from './info.ts';
import { concernsOneItem, readChild, readItems } from './items.ts';
import { move, setModifiedAt } from './patch.ts';
import { createRateLimit } from './rate-limit.ts';
import { quoted } from '../redact.ts';
import type { SessionStore } from './upload-session-open.ts';
import { restore } from './restore.ts';
import { upload } from './upload.ts';
import { earlierVersions } from './versions.ts';

export interface GraphDriveOptions {
  readonly endpoints: Endpoints;
  readonly network: Network;
  readonly tokens: TokenSource;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly random: Random;
  /** `drive_id`; null for the account's own drive. */
  readonly driveId?: string | null;
  /** A folder of another drive is the root, and nothing around it is looked at. It is listed, since its feed tells of the whole drive. */
  readonly folder?: SharedFolder;
  /** `file_fragment_size` in bytes; made a multiple of 320 KiB below 60 MiB. */
  readonly fragmentBytes?: number;
  /** `force_session_upload` */
  readonly smallFiles?: 'fitting' | 'session';
  /** `children` for `force_children_scan` and clouds without a change feed: every round is a complete one. */
  readonly listing?: 'delta' | 'children';
  /** Rows per page; the service adds ancestors and may send fewer. */
  readonly pageSize?: number;
  /** Where upload sessions of large files survive a restart. */
  readonly sessions?: SessionStore | null;
  /** `permanent_delete`: past the recycle bin, where the service can; elsewhere into it. */
  readonly permanentDelete?: boolean;
  /** `rate_limit`: bytes per second of each transfer; 0 is off. */
  readonly rateLimit?: number;
  readonly retry?: RetryPolicy;
}

export interface GraphDrive extends Drive {
  /** Requests of the whole account so far, by kind. */
  requests(): BudgetCounters;
  /** The names of those who changed these items last, as far as the drive tells. Throws Failure. */
  changedBy(
    ids: readonly DriveItemId[],
    options?: { readonly signal?: AbortSignalLike },
  ): Promise<ReadonlyMap<DriveItemId, string>>;
  /** What is no part of syncing. */
  readonly account: AccountQueries;
}

/** Of one item in a shared folder, while the folder itself can be read. */
const hiddenInWords = ({ code, details }: Failure): string =>
  code === 'accessDenied'
    ? `the service does not let you read it, as when its owner hides it: ${details.detail}`
    : details.detail;

const fragmentUnitBytes = 320 * 1024;
const fragmentUnitsMax = 191;

export function createGraphDrive(options: GraphDriveOptions): GraphDrive {
  const client = createGraphClient(options);
  const { endpoints, budget } = options;
  const downloadUrls = createDownloadUrls(options.clock);
  const rate = createRateLimit(options.rateLimit ?? 0, options.clock);
  const units = Math.floor((options.fragmentBytes ?? 10 * 1024 * 1024) / fragmentUnitBytes);
  const uploading = {
    fragmentBytes: Math.min(fragmentUnitsMax, Math.max(1, units)) * fragmentUnitBytes,
    smallFiles: options.smallFiles ?? 'fitting',
    sessions: options.sessions ?? null,
  } as const;
  const { folder } = options;
  const usual = endpoints.cloud === 'global' && folder === undefined ? 'delta' : 'children';
  const listing = options.listing ?? usual;

  type Opened = { readonly drive: DriveContext; readonly pages: ReturnType<typeof createDelta> };
  let opening: Promise<Opened> | null = null;

  const readInfo = (): Promise<DriveInfo> =>
    folder === undefined
      ? readDriveInfo(client, endpoints, options.driveId ?? null)
      : readFolderInfo(client, endpoints, folder);

  /** What is refused item by item after an owner has ended the sharing is said once, of the whole folder. */
  async function unlessUnshared<Result>(reading: () => Promise<Result>): Promise<Result> {
    try {
      return await reading();
    } catch (error) {
      if (folder !== undefined && error instanceof Failure && concernsOneItem(error)) await readInfo();
      throw error;
    }
  }

  function open(info: Promise<DriveInfo> = readInfo()): Promise<Opened> {
    const opened = info.then(({ id, kind, rootId }) => {
      const drive = {
        id,
        kind,
        rootId,
        idPrefix: idPrefixOf(id, rootId),
        client,
        endpoints,
        downloadUrls,
        selfTouched: new Set<DriveItemId>(),
        full: createFullDrive(),
        listed: { urls: 'asked' as const },
      };
      const pageSize = options.pageSize ?? 500;
      return {
        drive,
        pages: listing === 'delta' ? createDelta(drive, pageSize) : createChildrenWalk(drive, pageSize),
      };
    });
    // The next call tries a failed start again.
    opened.catch(() => {
      if (opening === opened) opening = null;
    });
    return opened;
  }

  async function opened(): Promise<Opened> {
    opening ??= open();
    return opening;
  }

  return {
    info: async () => {
      const info = readInfo();
      const before = await opening?.catch(() => null);
      const now = await info;
      // A root that has changed (a migrated account) makes everything known about the drive void.
      if (before == null || before.drive.id !== now.id || before.drive.rootId !== now.rootId)
        opening = open(info);
      return now;
    },
    delta: async (link, wish) => {
      const { pages } = await opened();
      return unlessUnshared(() => pages.page(link, wish?.signal));
    },
    item: async (id) => {
      const { drive } = await opened();
      return (await readAt(drive, itemPath(drive, id), `Cannot read item ${quoted(id)}`)).row;
    },
    items: async (ids, wish) => {
      const { drive } = await opened();
      const inWords = folder === undefined ? {} : { inWords: hiddenInWords };
      return unlessUnshared(() => readItems(drive, ids, { signal: wish?.signal, ...inWords }));
    },
    child: async (parentId, name) => readChild((await opened()).drive, parentId, name),
    createFolder: async (parentId, name) => createFolder((await opened()).drive, parentId, name),
    upload: async (target, source, modifiedAt, wish) =>
      upload((await opened()).drive, target, rate.source(source, wish?.signal), modifiedAt, uploading, wish),
    download: async (id, sink, wish) =>
      download((await opened()).drive, id, rate.sink(sink, wish?.signal), wish),
    move: async (id, to, ifMatch) => move((await opened()).drive, id, to, ifMatch),
    setModifiedAt: async (id, modifiedAt, ifMatch) =>
      setModifiedAt((await opened()).drive, id, modifiedAt, ifMatch),
    delete: async (id, ifMatch, expected) => {
      const { drive } = await opened();
      const isForGood = options.permanentDelete === true && canDeleteForGood(endpoints.cloud, drive.kind);
      return isForGood ? deleteForGood(drive, id, ifMatch, expected) : deleteItem(drive, id, ifMatch);
    },
    authors: async (id, wish) => authorsOf((await opened()).drive, id, wish?.signal),
    restore: async (id, to) => restore((await opened()).drive, id, to),
    earlierVersions: async (id) => earlierVersions((await opened()).drive, id),
    downloadVersion: async (id, version, sink, wish) =>
      downloadVersion((await opened()).drive, id, version, rate.sink(sink, wish?.signal), wish),
    // The network belongs to the caller that made it: several drives may share it.
    close: async () => {},
    requests: () => budget.counters,
    changedBy: async (ids, wish) => changedBy((await opened()).drive, ids, wish?.signal),
    account: createAccountQueries({ client, endpoints, drive: async () => (await opened()).drive }),
  };
}
