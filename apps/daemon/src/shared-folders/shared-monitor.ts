/** The shared folders of a monitor: each has a run that goes on beside that of the sync folder around them. */
import type { ItemId, RecordedEvent } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { Busy, type MadeChanges, type WantedChanges } from '@tidemark/control';
import { escaped } from '@tidemark/disk';
import { isPaused, localKnown, remoteKnown } from '@tidemark/engine';
import type { OpenedRun } from '../open-run.ts';
import { type GoingFolder, keepGoing } from './going-folder.ts';
import { isOpaque, keyOfPlace, type KnownPlace, readKnownFiles, readKnownPlaces } from './known-folders.ts';
import type { SharedRun } from './run-shared-folder.ts';
import { settleSharedFolders } from './settle-shared-folders.ts';
import { prepareSharedFiles, sharedFilesToSync } from './shared-files.ts';
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
  /** Lets what is held in them go on: the plan with that hash, or all. Resolves to the paths of the folders. */
  confirm(hash: string | null): Promise<readonly string[]>;
  /** Makes what a user decided on in one of them (`below`). Throws Busy, and Failure. */
  change(wanted: WantedChanges): Promise<MadeChanges>;
  /** Resolves when all of them have ended. */
  close(): Promise<void>;
}

/** Which folders are shared ones is found out after the first pass of the sync folder. */
export const settlingPass = 'settling';

export function createSharedMonitor(options: SharedMonitorOptions): SharedMonitor {
  const { profile, opened, account, output } = options;
  const { state } = opened;
  const closing = new AbortController();
  const closed = AbortSignal.any([closing.signal, options.interrupted]);
  const going = new Map<string, GoingFolder>();
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
      await Promise.all([...going.values()].map((folder) => folder.look()));
    },
    async confirm(hash) {
      const confirmed: string[] = [];
      for (const folder of [...going.values()]) if (await folder.confirm(hash)) confirmed.push(folder.path);
      return confirmed;
    },
    async change(wanted) {
      const folder = [...going.values()].find(({ path }) => path === wanted.below);
      if (folder === undefined) throw new Busy(`"${wanted.below ?? ''}" is not synced at the moment`);
      return folder.change(wanted);
    },
    async close() {
      closing.abort();
      await settling;
      await Promise.all([...going.values()].map((folder) => folder.end()));
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
        // Those that are synced now are waited for, each by its key.
        if (await settle()) options.cycle.ended(settlingPass);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        options.cycle.ended(settlingPass);
        once('', `The shared folders are not synced at the moment: ${escaped(error.message)}`);
      }
    }
  }

  /** False: the run begins anew for them, or it is not known yet whether there are any. */
  async function settle(): Promise<boolean> {
    if (isPaused(state)) {
      await endOthers(new Map());
      return true;
    }
    candidates ??= new Set([...state.trees.items.keys()].filter((item) => isOpaque(state, item)));
    const { info } = opened;
    // It was made before the run began, and may have been moved or removed since.
    if (readKnownFiles(profile) !== null)
      await prepareSharedFiles({
        ...{ profile, info, state, drive: account.drive, say: options.say },
        warn: (line) => once('files', line),
      });
    if (candidates.size === 0 && readKnownPlaces(profile).length === 0) return isKnown();
    const ready = await settleSharedFolders({
      ...{ profile, state, asked, candidates, drive: account.drive },
      ...{ info, disk: opened.disk, say: options.say },
      warn: (line) => once('', line),
      tell: options.tell,
      endRun: end,
    });
    const files = sharedFilesToSync({ profile, info });
    const places: readonly KnownPlace[] = files === null ? ready : [...ready, files];
    const wanted = new Map(places.map((place) => [keyOfPlace(place), place]));
    await endOthers(wanted);
    if (wanted.size > 0 && options.beginAnew !== null) {
      options.beginAnew();
      return false;
    }
    for (const [key, folder] of wanted) if (!going.has(key) && !closed.aborted) begin(key, folder);
    return isKnown();
  }

  function isKnown(): boolean {
    return remoteKnown(state) && localKnown(state);
  }

  async function endOthers(wanted: ReadonlyMap<string, KnownPlace>): Promise<void> {
    for (const [key, { path }] of going) if (wanted.get(key)?.path !== path) await end(key);
  }

  async function end(key: string): Promise<void> {
    await going.get(key)?.end();
    going.delete(key);
  }

  function begin(key: string, folder: KnownPlace): void {
    const run = {
      ...{ ...options, info: opened.info, interrupted: closed },
      warn: (line: string) => once(key, line),
      onBegun: () => void told.delete(key),
    };
    going.set(key, keepGoing(run, folder));
  }

  /** A run that goes on does not repeat itself. */
  function once(about: string, line: string): void {
    if (told.get(about) === line) return;
    told.set(about, line);
    output.errorLine(`WARNING: ${line}`);
  }
}
