/**
 * `trash_days`, `trash_size`, `space_reservation`: what goes from the trash for good, and when the run looks for it. When all is at
 * rest, once an hour; and in the middle of the work when much came into the trash since the last look, or little space is free, so
 * that it keeps up with any rate. Never ends a run.
 */
import type { AbortSignalLike, Clock, EventOf } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { FolderDisk, Trashed } from '@tidemark/disk';
import type { Notice } from '@tidemark/plugin-sdk';

export interface TrashPruning {
  /** Something was recorded. */
  recorded(): void;
  /** Nothing is under way now. Resolves when the trash was looked at, if it was time for that. */
  atRest(): Promise<void>;
  /** The run has done what it wanted. `record` takes the place of the one before. Resolves when the trash was looked at. */
  atEnd(record: RecordPruning): Promise<void>;
  /** Stops in the middle; the next run goes on. */
  close(): Promise<void>;
}

/** Resolves when the event is durable. */
export type RecordPruning = (event: EventOf<'PruningPlanned'>) => Promise<void>;

export interface TrashPruningOptions {
  readonly disk: Pick<FolderDisk, 'pruneTrash' | 'trashed' | 'isSpaceShort' | 'wantedBytes'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly days: number;
  readonly sizeMax: number;
  /** The end of the run: it waits for no large trash. */
  readonly signal: AbortSignalLike;
  /** Rejects when the run is over. */
  readonly record: RecordPruning;
  /** Paths of what is under way. */
  readonly underWay: () => readonly string[];
  readonly tell: (notice: Notice) => Promise<void>;
}

const everyMs = 3600 * 1000;
const dayMs = 24 * everyMs;
const stepSize = 500;
/** A look reads all of the trash: a share of it has to be new, so that looking costs in proportion to what comes. */
const newFilesMin = 1000;
const newShare = 1 / 8;
const spaceEveryMs = 60_000;
const looksInVainMax = 3;

export function createTrashPruning(options: TrashPruningOptions): TrashPruning {
  const { disk, clock, days, sizeMax, signal, underWay, tell } = options;
  const closing = new AbortController();
  const closed = new Promise<never>((_resolve, reject) => {
    closing.signal.addEventListener('abort', () => reject(new Closed()), { once: true });
  });
  closed.catch(() => undefined);
  const close = (): void => closing.abort();
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });

  let nextAt = -Infinity;
  let isLooking = false;
  let looking: Promise<void> = Promise.resolve();
  let seen: Trashed = { files: 0, sizeBytes: 0 };
  let left = 0;
  let { record } = options;
  const ending = Promise.withResolvers<RecordPruning>();
  const space = createSpaceWatch(disk, clock);

  /** Throws Closed when the run ends first, also because its log cannot be written: then everything stays. */
  function recorded(event: EventOf<'PruningPlanned'>): Promise<void> {
    const taken = record(event).catch((error: unknown) => {
      throw new Closed('what goes from the trash was not recorded', { cause: error });
    });
    const late = ending.promise.then((atEnd) => (atEnd === record ? taken : atEnd(event)));
    return Promise.race([taken, closed, late]);
  }

  async function lookOnce(): Promise<void> {
    nextAt = clock.monotonic() + everyMs;
    seen = disk.trashed();
    const forSpace = space.isWorthIt();
    try {
      const pruned = await disk.pruneTrash({
        ...{ keepMs: days * dayMs, sizeMax, forSpace, stepSize, underWay, signal: closing.signal },
        record: (files) => recorded({ type: 'PruningPlanned', files }),
      });
      left = pruned.left;
      if (forSpace) space.looked(pruned.sizeBytes > 0);
      if (pruned.obstacle !== null) await tell({ type: 'pruningObstructed', detail: pruned.obstacle });
    } catch (error) {
      if (error instanceof Closed) return;
      if (!(error instanceof Failure)) throw error;
      await tell({ type: 'pruningObstructed', detail: error.details.detail });
    }
  }

  function look(): Promise<void> {
    if (closing.signal.aborted || isLooking) return looking;
    isLooking = true;
    looking = lookOnce().finally(() => {
      isLooking = false;
    });
    return looking;
  }

  function isPressing(): boolean {
    const now = disk.trashed();
    if (now.files - seen.files >= Math.max(newFilesMin, left * newShare)) return true;
    return now.sizeBytes - seen.sizeBytes >= sizeMax * newShare || space.isDue();
  }

  return {
    recorded() {
      if (!isLooking && isPressing()) void look();
    },
    atRest: () => (clock.monotonic() >= nextAt || isPressing() ? look() : looking),
    async atEnd(atEnd) {
      // The loop takes nothing in any more: what waits for it is recorded by this one.
      ending.resolve(atEnd);
      await looking;
      record = atEnd;
      await look();
    },
    async close() {
      close();
      signal.removeEventListener('abort', close);
      await looking;
    },
  };
}

class Closed extends Error {}

interface SpaceWatch {
  /** Asks for the free space now and then, and at once when a larger download than before found too little of it. */
  isDue(): boolean;
  /** Space is short, and the trash may help. */
  isWorthIt(): boolean;
  /** The trash was looked at for space. */
  looked(hasRemoved: boolean): void;
}

/**
 * Where removing frees nothing, as on a file system with snapshots, the trash would go in vain, piece by piece. Space that is
 * still short after several looks is a reason to leave the trash alone for a day.
 */
function createSpaceWatch(
  disk: Pick<FolderDisk, 'isSpaceShort' | 'wantedBytes'>,
  clock: Pick<Clock, 'monotonic'>,
): SpaceWatch {
  let looks = 0;
  let notBefore = -Infinity;
  let nextAt = -Infinity;
  /** When the free space was asked for last. */
  let wantedBytes = 0;

  function isWorthIt(): boolean {
    const isShort = disk.isSpaceShort();
    if (!isShort) looks = 0;
    if (looks >= looksInVainMax) {
      looks = 0;
      notBefore = clock.monotonic() + dayMs;
    }
    return isShort && clock.monotonic() >= notBefore;
  }

  return {
    isWorthIt,
    isDue() {
      const before = wantedBytes;
      wantedBytes = disk.wantedBytes();
      if (wantedBytes <= before && clock.monotonic() < nextAt) return false;
      nextAt = clock.monotonic() + spaceEveryMs;
      return isWorthIt();
    },
    looked(hasRemoved) {
      if (hasRemoved) looks += 1;
      // What is there does not help: to read all of it again each minute helps less.
      else nextAt = clock.monotonic() + everyMs;
    },
  };
}
