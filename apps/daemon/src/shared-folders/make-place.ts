/** A folder in the sync folder for what others share. */
import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { asFailure, errnoOf, folderKey } from '@tidemark/disk';
import type { State } from '@tidemark/engine';
import { modeOf } from '@tidemark/settings';
import { folderOnDisk } from '@tidemark/trees';
import type { Profile } from '../profile.ts';

export interface MadePlace {
  /** Tells the folder wherever it is moved to (`folderKey`). */
  readonly folder: string;
  /** False: it was there already, and is taken over. */
  readonly isMade: boolean;
}

type Place = Pick<Profile, 'settings'>;

/** The folder that would be taken over, as `folderKey` tells it; null: none is there. Throws Failure `nameTaken` as `makePlace`. */
export function folderThere({ settings }: Place, state: State, path: string): string | null {
  const place = join(settings.sync_dir, path);
  const agreed = folderOnDisk(state.trees, path.split('/'))?.synced ?? null;
  if (agreed !== null) throw inTheWay(path, 'a folder of your own drive');
  const there = folderKey(place);
  if (there === null && isAnythingAt(place)) throw inTheWay(path, 'a file');
  return there;
}

/** Throws Failure `nameTaken` where something else has its name, a folder of the own drive included. */
export function makePlace({ settings }: Place, state: State, path: string): MadePlace {
  const there = folderThere({ settings }, state, path);
  if (there !== null) return { folder: there, isMade: false };
  const place = join(settings.sync_dir, path);
  try {
    mkdirSync(place, { mode: modeOf(settings.sync_dir_permissions) });
  } catch (error) {
    throw asFailure('make the shared folder', path, error);
  }
  const folder = folderKey(place);
  if (folder === null) throw inTheWay(path, 'something else');
  return { folder, isMade: true };
}

export const inTheWay = (path: string, what: string): Failure =>
  new Failure({
    code: 'nameTaken',
    detail: `Cannot sync "${path}" as a shared folder: ${what} has its name on disk. Rename it or move it away`,
  });

export function isAnythingAt(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return true;
  }
}
