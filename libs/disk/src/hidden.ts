/** What lies in the place of a mount that is missing: nothing of it is told, and nothing that was moved there is gone. */
import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import type { LocalId } from '@tidemark/contracts';
import { errnoOf } from './errno.ts';
import type { Folder } from './folders.ts';
import { identityOf, isFile, isFolder } from './identity.ts';

/** Identities of the folder of that name and of everything in it, as far as it can be looked into. */
export function* identitiesAt(folder: Folder, name: string): Generator<LocalId> {
  const todo = [{ path: folder.base + name, parentId: folder.id, name }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { path, ...place } = next;
    const stats = unless(() => lstatSync(path, { bigint: true }));
    if (stats === null || !isOn(folder, stats)) continue;
    const id = identityOf(stats, { ...place, mount: folder.mount });
    yield id;
    if (!isFolder(stats)) continue;
    for (const inside of unless(() => readdirSync(path)) ?? [])
      todo.push({ path: `${path}/${inside}`, parentId: id, name: inside });
  }
}

const isOn = ({ dev }: Folder, stats: BigIntStats): boolean =>
  stats.dev === dev && (isFolder(stats) || isFile(stats));

/** Null for what cannot be looked at: a folder that is closed hides what is in it here as anywhere else. */
function unless<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}
