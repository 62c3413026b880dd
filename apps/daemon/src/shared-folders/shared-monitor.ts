/** The shared folders of a monitor: each has a run that goes on beside that of the sync folder around them. */
import type { ItemId, RecordedEvent } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import { isPaused } from '@tidemark/engine';
import type { OpenedRun } from '../open-run.ts';
import type { RunHandle } from '../profile-run.ts';
import { isOpaque, keyOfTarget, type KnownFolder, readKnownFolders } from './known-folders.ts';
import { runSharedFolder, type SharedRun } from './run-shared-folder.ts';
import { settleSharedFolders } from './settle-shared-folders.ts';
import type { AskedTargets } from './shortcuts.ts';

export interface SharedMonitorOptions extends Omit<
  SharedRun,
  'info' | 'monitoring' | 'mode' | 'warn' | 'onBegun'
> {
  readonly opened: Pick<OpenedRun, 'state' | 'disk' | 'info'>;
  /** The run of the sync folder does not know yet that files may be moved between it and shared folders; a new one does. */
  readonly beginAnew: (() => void) | null;
}

export interface SharedMonitor {
  /** Events of the run of the sync folder are durable, and folded. */
  appended(events: readonly RecordedEvent[]): void;
  /** Nothing is under way in the sync folder: shared folders may come, move and go. */
  rested(): void;
  /** Looks into all of them although nothing is due. */
  look(): Promise<void>;
  /** Resolves when all of them have ended. */
  close(): Promise<void>;
}

/** What could not be reached or failed is tried again after so long. */
const retryMs = 60_000;

interface Going {
  readonly path: string;
  /** Null while it waits for another attempt. */
  handle: RunHandle | null;
  readonly end: () => Promise<void>;
}

export function createSharedMonitor(options: SharedMonitorOptions): SharedMonitor {
  const { profile, opened, account, output, clock } = options;
  const { state } = opened;
  const closing = new AbortController();
  const closed = AbortSignal.any([closing.signal, options.interrupted]);
  const going = new Map<string, Going>();
  const asked: AskedTargets = new Map();
  /** What was said last of each, by its key. */
  const told = new Map<string, string>();
  let candidates: Set<ItemId> | null = null;
  let settling: Promise<void> | null = null;
  let isDue = false;

  return {
    appended(events) {
      if (events.some(({ event }) => event.type === 'Paused' || event.type === 'Resumed')) settleSoon();
      if (candidates === null) return;
      for (const { items } of events)
        for (const item of items) if (isOpaque(state, item)) candidates.add(item);
    },
    rested: settleSoon,
    async look() {
      // One that ends meanwhile looks when it begins anew.
      const looks = [...going.values()].map(({ handle }) => handle?.look().catch(() => undefined));
      await Promise.all(looks);
    },
    async close() {
      closing.abort();
      await settling;
      await Promise.all([...going.values()].map(({ end }) => end()));
    },
  };

  function settleSoon(): void {
    isDue = true;
    settling ??= settleWhileDue().finally(() => (settling = null));
  }

  async function settleWhileDue(): Promise<void> {
    while (isDue && !closed.aborted) {
      isDue = false;
      try {
        await settle();
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        once('', `The shared folders are not synced at the moment: ${escaped(error.message)}`);
      }
    }
  }

  async function settle(): Promise<void> {
    if (isPaused(state)) return endOthers(new Map());
    candidates ??= new Set([...state.trees.items.keys()].filter((item) => isOpaque(state, item)));
    if (candidates.size === 0 && readKnownFolders(profile).length === 0) return;
    const ready = await settleSharedFolders({
      ...{ profile, state, asked, candidates, drive: account.drive },
      ...{ info: opened.info, disk: opened.disk, say: options.say },
      warn: (line) => once('', line),
      endRun: async (key) => going.get(key)?.end(),
    });
    const wanted = new Map(ready.map((folder) => [keyOfTarget(folder.target), folder]));
    await endOthers(wanted);
    if (wanted.size > 0 && options.beginAnew !== null) return options.beginAnew();
    for (const [key, folder] of wanted) if (!going.has(key) && !closed.aborted) begin(key, folder);
  }

  async function endOthers(wanted: ReadonlyMap<string, KnownFolder>): Promise<void> {
    for (const [key, run] of going) if (wanted.get(key)?.path !== run.path) await run.end();
  }

  function begin(key: string, folder: KnownFolder): void {
    const ending = new AbortController();
    const one: Going = {
      ...{ path: folder.path, handle: null },
      end: async () => {
        ending.abort();
        await ended;
        going.delete(key);
      },
    };
    going.set(key, one);
    const ended = keepGoing(key, one, AbortSignal.any([closed, ending.signal]));
  }

  /** One run after the other, until it is ended. */
  async function keepGoing(key: string, one: Going, interrupted: AbortSignal): Promise<void> {
    const run = { ...options, info: opened.info, mode: 'real', monitoring: true, interrupted } as const;
    const warn = (line: string): void => once(key, line);
    const onBegun = (handle: RunHandle): void => {
      one.handle = handle;
      told.delete(key);
    };
    while (!interrupted.aborted) {
      try {
        const now = readKnownFolders(profile).find(({ target }) => keyOfTarget(target) === key);
        if (now !== undefined) await runSharedFolder({ ...run, warn, onBegun }, { ...now, path: one.path });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        // Its folder was removed or moved, and the next look at the sync folder says which.
        const isMoved = error instanceof Failure && error.code === 'rootSuspended';
        if (!isMoved) warn(`Shared folder "${escaped(one.path)}": ${escaped(error.message)}`);
      }
      one.handle = null;
      if (!interrupted.aborted) await clock.sleep(retryMs, interrupted);
    }
  }

  /** A run that goes on does not repeat itself. */
  function once(about: string, line: string): void {
    if (told.get(about) === line) return;
    told.set(about, line);
    output.errorLine(`WARNING: ${line}`);
  }
}
