/**
 * Shortcuts that lead to single files of others. They are left alone, which is told once of each, so they are noted. The note decides
 * nothing: one that is lost or damaged is made anew.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asFailure, errnoOf } from '@tidemark/disk';
import { makeFolders } from '@tidemark/folders';
import type { Profile } from '../profile.ts';

type Place = Pick<Profile, 'locations'>;

const folderOf = ({ locations }: Place): string => join(locations.state, 'shared');
const fileOf = (profile: Place): string => join(folderOf(profile), 'file-pointers.json');

/** Their ids on the own drive. Throws Failure. */
export function readFilePointers(profile: Place): ReadonlySet<string> {
  const file = fileOf(profile);
  try {
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const list: readonly unknown[] = Array.isArray(json) ? json : [];
    return new Set(list.filter((one) => typeof one === 'string'));
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) === 'ENOENT') return new Set();
    throw asFailure('read which shortcuts lead to files, in', file, error);
  }
}

/** Throws Failure. */
export function writeFilePointers(profile: Place, pointers: ReadonlySet<string>): void {
  const file = fileOf(profile);
  try {
    makeFolders(folderOf(profile), 0o700);
    writeFileSync(`${file}.new`, `${JSON.stringify([...pointers].sort())}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw asFailure('note which shortcuts lead to files, in', file, error);
  }
}
