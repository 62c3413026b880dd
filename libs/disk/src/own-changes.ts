/**
 * Files that we put into the sync folder ourselves. What is known needs no look, and a first sync under watch would else
 * look into every folder again for each file that it brings. Each placing excuses one event, while the file that it placed has the name:
 * whatever else happens under that name is told. The event of a placing never comes when its folder is not watched yet.
 */

import { type BigIntStats, lstatSync } from 'node:fs';
import type { LocalId } from '@tidemark/contracts';
import { errnoOf } from './errno.ts';
import { identityAnywhere, isFile } from './identity.ts';

export interface OwnChanges {
  /** Called right after the step, before its event can have been read. `path`: relative to the root. `id`: as `fileAt` tells it. */
  placed(path: string, id: LocalId): void;
  /** Is the event at that path ours? Asked once for each event. */
  excuses(path: string): boolean;
}

/**
 * The same where another process places: by the note that it makes right before. `idAt`: which file is at that path now, null for
 * none. `notedAt`: when its note was made, on the clock of `now`.
 */
export function createOthersChanges(
  now: () => number,
  idAt: (path: string) => LocalId | null,
  notedAt: (id: LocalId) => number | null,
): OwnChanges {
  const excused = new Map<LocalId, number>();
  return {
    placed: () => undefined,
    excuses(path) {
      const id = idAt(path);
      const at = id === null ? null : notedAt(id);
      if (id === null || at === null || now() - at >= lifetimeMs || excused.get(id) === at) return false;
      if (excused.size >= placedMax) excused.clear();
      excused.set(id, at);
      return true;
    },
  };
}

/** An event that has not come by then is lost, and its excuse must not serve another one. */
const lifetimeMs = 5_000;
const placedMax = 20_000;

/** `idAt`: which file is at that path now, null for none. */
export function createOwnChanges(now: () => number, idAt: (path: string) => LocalId | null): OwnChanges {
  const placed = new Map<string, { readonly id: LocalId; readonly at: number }>();
  /** A watcher asks for excuses; without one there is nothing to remember. */
  let isAsked = false;
  return {
    placed(path, id) {
      if (!isAsked) return;
      if (placed.size >= placedMax) placed.clear();
      placed.set(path, { id, at: now() });
    },
    excuses(path) {
      isAsked = true;
      const ours = placed.get(path);
      if (ours === undefined) return false;
      placed.delete(path);
      return now() - ours.at < lifetimeMs && idAt(path) === ours.id;
    },
  };
}

/**
 * Which file is at that absolute path, by its identity anywhere. Null for none, and where it cannot be seen: what happens there
 * is told, and a look says why.
 */
export function fileAt(path: string): LocalId | null {
  let stats: BigIntStats | undefined;
  try {
    stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === null) throw error;
  }
  return stats !== undefined && isFile(stats) ? identityAnywhere(stats) : null;
}
