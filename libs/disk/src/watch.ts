/**
 * Watches the sync folder and what its links lead to with chokidar, one inotify watch a folder that matters. Everything here is a hint: scans are the truth.
 *
 * Two streams are joined. The kernel's own events name the folder at once, but miss what happened in a new folder before it
 * was watched; chokidar's come after it looked, and tell of that as well. What both say is told once.
 *
 * The kernel does not tell that the root is gone while we hold it open, nor that another one stands in its place, nor of mounts below
 * it; nor does it know which links a scan followed: each beat looks at that, and watching begins anew.
 */
import { basename, join } from 'node:path';
import type { AbortSignalLike, WatchReport } from '@tidemark/contracts';
import { watch as watchWithChokidar, type FSWatcher } from 'chokidar';
import { errnoOf } from './errno.ts';
import type { Links } from './links.ts';
import { beatMs, createLostEvents, inotifyQueueLength, readLimit } from './lost-events.ts';
import { innerWorkspaceName } from './path-names.ts';
import { createToldFolders } from './told-folders.ts';
import { folderOf, watchedPlaces } from './watched-places.ts';

export interface WatchOptions {
  /** Absolute path of the sync folder, which exists. */
  readonly root: string;
  /** Followed as of the last look; changed by looks. */
  readonly links: Links;
  /** Folders in which something happened, relative to the root; null: anywhere. */
  readonly told: (folders: readonly string[] | null) => void;
  /** May what happens in that folder, relative to the root, or below it matter? The kernel's watches are few. */
  readonly isWatched: (path: string) => boolean;
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
  root,
  links,
  isOurs,
  isWatched,
  told,
  limited,
  signal,
}: WatchOptions): Promise<WatchReport> {
  if (signal.aborted) return Promise.resolve({ folders: 0, limit: null });
  let places = watchedPlaces(root, links);
  let keySeen = places?.key ?? null;
  const folders = createToldFolders({ told: tell, later });
  const lost = createLostEvents(inotifyQueueLength(), performance.now());
  const echoes = new Map<string, number>();
  let refused = createRefusals();
  let isTurning = false;
  let isReady = false;
  let sayLimitAtMs = 0;
  let isLimitDue = false;
  const timers = new Set<NodeJS.Timeout>();

  let watcher = watchPlaces();
  const heart = setInterval(() => {
    if (lost.beat(performance.now())) folders.add(null);
    lookAtPlaces();
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

  function watchPlaces(): FSWatcher {
    const watching = watchWithChokidar([...(places?.tops.keys() ?? [])], {
      backend: 'native',
      followSymlinks: false,
      ignoreInitial: true,
      // Holding events back would make hints late; whether a file is complete is found out when it is read.
      atomic: false,
      awaitWriteFinish: false,
      ignorePermissionErrors: true,
      ignored: (path, stats) =>
        isOwn(path) || (stats?.isDirectory() === true && !isWatched(relative(path) ?? '')),
    });
    watching.on('raw', (event, name, details) => {
      count();
      const folder = folderWatched(details);
      if (folder === null) return folders.add(null);
      const isFile = places?.files.has(folder) === true;
      // Under its own name a folder tells that it is gone itself, and no watched folder above the root would.
      if (!isFile && isTop(folder) && name === basename(folder)) return folders.add(null);
      const path = name === null || isFile ? folder : join(folder, name);
      if (isOwn(path)) return;
      remember(path);
      if (event === 'rename' && isOurs(relative(path) ?? '')) return;
      folders.add(isFile ? folderAbove(folder) : relative(folder));
    });
    watching.on('all', (event, path) => {
      if (isTop(path) && event === 'unlinkDir') return folders.add(null);
      // A new folder may have had content before it was watched.
      if (event === 'addDir') folders.add(relative(path));
      if (isEcho(path)) return;
      folders.add(folderAbove(path));
    });
    watching.on('error', (error) => {
      refused.add(error);
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

  function lookAtPlaces(): void {
    const seen = watchedPlaces(root, links);
    const key = seen?.key ?? null;
    if (key === keySeen) return;
    keySeen = key;
    folders.add(null);
    if (seen === null) return;
    void watcher.close();
    places = seen;
    refused = createRefusals();
    isReady = false;
    watcher = watchPlaces();
    watcher.once('ready', () => {
      isReady = true;
      // Nothing was watched until now.
      folders.add(null);
      if (refused.count() > 0) limited(report());
    });
  }

  function report(): WatchReport {
    return { folders: countFolders() - refused.count(), limit: refused.text() };
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

  function isTop(path: string): boolean {
    return places?.tops.has(path) === true;
  }

  /** Null, which means anywhere, for what is in none of the places. */
  function relative(path: string): string | null {
    return places?.relative(path) ?? null;
  }

  function folderAbove(path: string): string | null {
    const known = relative(path);
    return known === null ? null : folderOf(known);
  }

  function countFolders(): number {
    return Object.keys(watcher.getWatched()).filter((path) => relative(path) !== null).length;
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

/** Chokidar hands out what it calls details as `{ watchedPath }`. */
function folderWatched(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return null;
  return typeof details.watchedPath === 'string' ? details.watchedPath : null;
}

/** What could not be watched. Of hundreds of thousands of folders only the number and the reasons are kept. */
function createRefusals(): { add(error: unknown): void; count(): number; text(): string | null } {
  const codes = new Set<string>();
  let count = 0;
  return {
    add(error) {
      count += 1;
      if (codes.size < codesMax) codes.add(errnoOf(error) ?? String(error));
    },
    count: () => count,
    text: () => (count === 0 ? null : limitText(count, codes)),
  };
}

const codesMax = 10;

function limitText(refused: number, codes: ReadonlySet<string>): string {
  const count = refused === 1 ? 'One folder' : `${refused} folders`;
  if (codes.has('ENOSPC')) {
    const max = readLimit('max_user_watches');
    const limit = max === null ? '' : ` (fs.inotify.max_user_watches is ${max})`;
    return `${count} cannot be watched: the user limit on the total number of inotify watches has been reached${limit}`;
  }
  if (codes.has('EMFILE'))
    return `${count} cannot be watched: the user limit on the number of inotify instances has been reached`;
  return `${count} cannot be watched: ${[...codes].join(', ')}`;
}
