/**
 * What was put aside does not grow without a limit: a disk that damages the log at each start would fill up with it. The last
 * damages stay; of what is older only folders go that hold nothing but what `setAside` puts there.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemovedDamage } from '@tidemark/contracts';
import { PARTS } from './set-aside.ts';

/** The newest among them. */
const damagesMax = 3;

/** `damaged-2026-01-31T12-00-00.000Z`, with `-2` behind it where that was taken */
const namePattern = /^damaged-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)(?:-(\d+))?$/;

/** Never throws: the log is open by now. @param newest absolute path of what was just put aside, whatever time is in its name */
export async function removeOldDamage(folder: string, newest: string): Promise<RemovedDamage[]> {
  const removed: RemovedDamage[] = [];
  for (const path of await tooOld(folder, newest)) {
    const obstacle = await rm(path, { recursive: true }).then(() => null, reasonOf);
    removed.push({ path, obstacle });
  }
  return removed;
}

/** All that is older than the oldest that stays. One damage may be in several folders, when a process ended while it put it aside. */
async function tooOld(folder: string, newest: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => namePattern.test(name));
  const old: string[] = [];
  let whole = 1;
  for (const name of names.toSorted(byTime).toReversed()) {
    const path = join(folder, name);
    if (path === newest) continue;
    const parts = await partsOf(path);
    if (parts === null) continue;
    if (whole >= damagesMax) old.push(path);
    else if (parts.includes('log')) whole += 1;
  }
  return old;
}

/** Null when it is no folder, or when something else is in it. */
async function partsOf(path: string): Promise<readonly string[] | null> {
  try {
    const stats = await lstat(path);
    if (!stats.isDirectory()) return null;
    const parts = await readdir(path);
    for (const part of parts)
      if (!PARTS.includes(part) || (await lstat(join(path, part))).dev !== stats.dev) return null;
    return parts;
  } catch {
    // It cannot be looked at, so it stays.
    return null;
  }
}

function byTime(one: string, other: string): number {
  const [, at = '', number = '1'] = namePattern.exec(one) ?? [];
  const [, otherAt = '', otherNumber = '1'] = namePattern.exec(other) ?? [];
  return at === otherAt ? Number(number) - Number(otherNumber) : at < otherAt ? -1 : 1;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
