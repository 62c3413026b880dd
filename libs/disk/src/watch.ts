/**
 * Watches the sync folder with chokidar, one inotify watch a folder. Everything here is a hint: scans are the truth.
 *
 * Two streams are joined. The kernel's own events name the folder at once, but miss what happened in a new folder before it
 * was watched; chokidar's come after it looked, and tell of that as well. What both say is told once.
 *
 * The kernel does not tell that the root is gone while we hold it open, nor that another one stands in its place, nor of mounts below
 * it: each beat looks at that, and watching begins anew.
 */
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AbortSignalLike, WatchReport } from '@tidemark/contracts';
import { watch as watchWithChokidar, type FSWatcher } from 'chokidar';
import { errnoOf } from './errno.ts';
import { beatMs, createLostEvents, inotifyQueueLength, readLimit } from './lost-events.ts';
import { innerWorkspaceName } from './path-names.ts';
import { mountPointsBelow } from './mount-points.ts';
import { rootAt } from './root-at.ts';
import { createToldFolders } from './told-folders.ts';

export interface WatchOptions {
  /** Absolute path of the sync folder, which exists. */
  readonly root: string;
  /** Folders in which something happened, relative to the root; null: anywhere. */
  readonly told: (folders: readonly string[] | null) => void;
  /** Less can be watched than when watching began. Called soon, then at most once in `limitedRestMs`. */
  readonly limited: (report: WatchReport) => void;
  /** Is the event at that path, relative to the root, one of our own placing? Asked once for each event. */
  readonly isOurs: (path: string) => boolean;
  readonly signal: AbortSignalLike;
}

/** Chokidar tells of an event at most so long after the kernel did, on a busy machine. */
const echoMs = 5_000;
const echoesMax = 20_000;
/** A tree that is being unpacked meets the limit with each of its folders. */
const limitedSoonMs = 200;
const limitedRestMs = 60_000;

export function watchFolder({
  root: given,
  isOurs,
  told,
  limited,
  signal,
}: WatchOptions): Promise<WatchReport> {
  if (signal.aborted) return Promise.resolve({ folders: 0, limit: null });
  // The root itself may be reached through a symbolic link; below it none is followed.
  let root = realpathSync(given);
  let rootSeen = rootAt(given);
  let mountsSeen = mountsBelow(given);
  const folders = createToldFolders({ told: tell, later });
  const lost = createLostEvents(inotifyQueueLength(), performance.now());
  const echoes = new Map<string, number>();
  let refused: unknown[] = [];
  let isTurning = false;
  let isReady = false;
  let sayLimitAtMs = 0;
  let isLimitDue = false;
  const timers = new Set<NodeJS.Timeout>();

  let watcher = watchRoot();
  const heart = setInterval(() => {
    if (lost.beat(performance.now())) folders.add(null);
    lookAtRoot();
  }, beatMs);
  heart.unref();

  return new Promise((resolve) => {
    const stop = (): void => {
      clearInterval(heart);
      for (const timer of timers) clearTimeout(timer);
      void watcher.close();
      resolve({ folders: 0, limit: null });
    };
    signal.addEventListener('abort', stop, { once: true });
    watcher.once('ready', () => {
      isReady = true;
      resolve(report());
    });
  });

  function watchRoot(): FSWatcher {
    const watching = watchWithChokidar(root, {
      backend: 'native',
      followSymlinks: false,
      ignoreInitial: true,
      // Holding events back would make hints late; whether a file is complete is found out when it is read.
      atomic: false,
      awaitWriteFinish: false,
      ignorePermissionErrors: true,
      ignored: isOwn,
    });
    watching.on('raw', (event, name, details) => {
      count();
      const folder = folderWatched(details);
      // Under its own name a folder tells that it is gone itself, and no watched folder above the root would.
      if (folder === null || (folder === root && name === basename(root))) return folders.add(null);
      const path = name === null ? folder : join(folder, name);
      if (isOwn(path)) return;
      remember(path);
      if (event === 'rename' && isOurs(relative(path))) return;
      folders.add(relative(folder));
    });
    watching.on('all', (event, path) => {
      if (path === root) return folders.add(event === 'unlinkDir' ? null : '');
      // A new folder may have had content before it was watched.
      if (event === 'addDir') folders.add(relative(path));
      if (isEcho(path)) return;
      folders.add(relative(dirname(path)));
    });
    watching.on('error', (error) => {
      refused.push(error);
      if (!isReady) return;
      folders.add(null);
      if (isLimitDue) return;
      isLimitDue = true;
      later(Math.max(limitedSoonMs, sayLimitAtMs - performance.now()), () => {
        isLimitDue = false;
        sayLimitAtMs = performance.now() + limitedRestMs;
        limited(report());
      });
    });
    return watching;
  }

  function lookAtRoot(): void {
    const seen = rootAt(given);
    const mounts = mountsBelow(given);
    if (seen === rootSeen && mounts === mountsSeen) return;
    rootSeen = seen;
    mountsSeen = mounts;
    folders.add(null);
    if (seen === null) return;
    void watcher.close();
    root = realpathSync(given);
    refused = [];
    isReady = false;
    watcher = watchRoot();
    watcher.once('ready', () => {
      isReady = true;
      // Nothing was watched until now.
      folders.add(null);
      if (refused.length > 0) limited(report());
    });
  }

  function report(): WatchReport {
    return { folders: countFolders(watcher, root) - refused.length, limit: limitText(refused) };
  }

  function tell(where: readonly string[] | null): void {
    if (!signal.aborted) told(where);
  }

  function later(delayMs: number, work: () => void): void {
    if (delayMs === 0) {
      setImmediate(work);
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, delayMs);
    timers.add(timer);
  }

  function count(): void {
    if (lost.seen()) folders.add(null);
    if (isTurning) return;
    isTurning = true;
    setImmediate(() => {
      isTurning = false;
      lost.turned();
    });
  }

  /** Our own workspaces, which lie at the top of a file system. */
  function isOwn(path: string): boolean {
    return path.endsWith(`/${innerWorkspaceName}`);
  }

  function relative(path: string): string {
    return path === root ? '' : path.slice(root.length + 1);
  }

  function remember(path: string): void {
    if (echoes.size >= echoesMax) echoes.clear();
    echoes.set(path, performance.now());
  }

  function isEcho(path: string): boolean {
    const toldMs = echoes.get(path);
    return toldMs !== undefined && performance.now() - toldMs < echoMs;
  }
}

/** As text, for comparison. */
const mountsBelow = (root: string): string => [...mountPointsBelow(root)].sort().join('\n');

/** Chokidar hands out what it calls details as `{ watchedPath }`. */
function folderWatched(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return null;
  return typeof details.watchedPath === 'string' ? details.watchedPath : null;
}

function countFolders(watcher: FSWatcher, root: string): number {
  return Object.keys(watcher.getWatched()).filter((path) => `${path}/`.startsWith(`${root}/`)).length;
}

function limitText(refused: readonly unknown[]): string | null {
  if (refused.length === 0) return null;
  const codes = new Set(refused.map((error) => errnoOf(error) ?? String(error)));
  const count = refused.length === 1 ? 'One folder' : `${refused.length} folders`;
  if (codes.has('ENOSPC')) {
    const max = readLimit('max_user_watches');
    const limit = max === null ? '' : ` (fs.inotify.max_user_watches is ${max})`;
    return `${count} cannot be watched: the user limit on the total number of inotify watches has been reached${limit}`;
  }
  return `${count} cannot be watched: ${[...codes].join(', ')}`;
}
