/** Folders, moves, deletions and times: each checks what is there, acts, and looks again at what it acted on. */
import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  type BigIntStats,
} from 'node:fs';
import type { Disk, LocalRow } from '@tidemark/contracts';
import type { DiskContext } from './context.ts';
import { giveBack } from './displaced.ts';
import { asFailure, errnoOf, failure } from './errno.ts';
import { type OpenFile, pathIn, placeOf, refuseYoung, withExpected } from './expected.ts';
import { linkedRow, moveLink, removeLink } from './linked.ts';
import { atSpot, followedAt, linksMoved } from './links.ts';
import type { Folder } from './folders.ts';
import { isFile, isFolder, rowOf, sameContent, sameFile } from './identity.ts';
import { openFolder, viaDescriptor } from './open-flags.ts';
import { pathNames } from './path-names.ts';
import { setMode, setTimes } from './file-times.ts';
import { renameFree } from './rename-free.ts';
import { toTrash } from './to-trash.ts';

const apartWhy = 'a folder that is synced on its own holds the name';

export function createChanging(
  context: DiskContext,
): Pick<Disk, 'createFolder' | 'move' | 'remove' | 'setModifiedAt'> {
  const { folders, options, flush } = context;
  const now = (): number => options.clock.now();
  return {
    async createFolder(path) {
      const action = 'create the folder';
      const { folders: above, name } = pathNames(action, path);
      return folders.within(action, above, async (folder) => {
        try {
          const created = makeFolder(context, folder, name);
          const stats = lstatSync(folder.base + name, { bigint: true });
          const linked = isFolder(stats) ? null : linkedRow(folder, name, now);
          if (linked?.kind === 'folder') return linked;
          if (!isFolder(stats)) throw failure('nameTaken', action, path, 'something else holds the name');
          if (context.isApart(stats)) throw failure('diskDenied', action, path, apartWhy);
          if (created) await flush.folder(folder);
          return rowOf(stats, placeOf(folder, name, stats), now);
        } catch (error) {
          throw asFailure(action, path, error);
        }
      });
    },

    async move(path, toPath, expected) {
      const action = 'move';
      const from = pathNames(action, path);
      const to = pathNames(action, toPath);
      return folders.within(action, from.folders, (source) =>
        folders.within(action, to.folders, async (target) => {
          const row =
            followedAt(source, from.name) === null
              ? await withExpected(action, source, from.name, expected, (opened) =>
                  moveOpened(context, opened, source, from.name, target, to.name, path),
                )
              : await moveLink(context, source, from.name, target, to.name, expected);
          linksMoved(source.mounts.links, path, toPath);
          await durable(context, action, path, source, ...(source === target ? [] : [target]));
          return row;
        }),
      );
    },

    async remove(path, kind, expected, { isOnlyCopy = false } = {}) {
      const action = 'delete';
      const { folders: above, name } = pathNames(action, path);
      refuseYoung(action, path, expected);
      return folders.within(action, above, async (folder) => {
        if (followedAt(folder, name) !== null) {
          const trash = await removeLink(context, folder, name, kind, expected);
          await durable(context, action, path, folder);
          return { trash };
        }
        return withExpected(action, folder, name, expected, async (opened) => {
          if (isFolder(opened.stats) !== (kind === 'folder'))
            throw failure('changedMeanwhile', action, path, `it is no ${kind}`);
          const trash =
            kind === 'folder'
              ? removeFolder(folder, name)
              : await removeFile(context, folder, name, opened, isOnlyCopy);
          await flush.folder(folder);
          return { trash };
        });
      });
    },

    async setModifiedAt(path, expected, modifiedAt) {
      const action = 'set the time of';
      const { folders: above, name } = pathNames(action, path);
      refuseYoung(action, path, expected);
      return folders.within(action, above, (home) =>
        atSpot(action, home, name, (folder, leaf) =>
          withExpected(action, folder, leaf, expected, (opened) => {
            context.refused(setTimes(viaDescriptor(opened.fd), opened.stats, modifiedAt));
            const stats = fstatSync(opened.fd, { bigint: true });
            if (stats.size !== opened.stats.size)
              throw failure('changedMeanwhile', action, path, 'it changed meanwhile');
            return rowOf(stats, opened.place, now);
          }),
        ),
      );
    },
  };
}

async function durable(
  { flush }: DiskContext,
  action: string,
  path: string,
  ...changed: readonly Folder[]
): Promise<void> {
  try {
    await Promise.all(changed.map(flush.folder));
  } catch (error) {
    throw asFailure(action, path, error);
  }
}

/** @returns whether the name was free */
function makeFolder({ options, refused }: DiskContext, folder: Folder, name: string): boolean {
  try {
    mkdirSync(folder.base + name, options.setPermissions ? options.folderMode : 0o777);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
  // The umask may have taken bits away that the settings ask for.
  const wanted = options.folderMode & 0o777;
  if (!options.setPermissions || (wanted & ~0o700) === 0) return true;
  const fd = openSync(folder.base + name, openFolder);
  refused(setMode(fd, wanted));
  closeSync(fd);
  return true;
}

function moveOpened(
  context: DiskContext,
  opened: OpenFile,
  source: Folder,
  name: string,
  target: Folder,
  toName: string,
  path: string,
): LocalRow {
  try {
    renameFree(context.renames, source, name, target, toName);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST' || !isOwnName(opened.stats, source, target, toName)) throw error;
    // A folder that ignores case says that the other spelling is taken, by the very file that is to get it.
    renameSync(source.base + name, target.base + toName);
  }
  const stats = lstatSync(target.base + toName, { bigint: true, throwIfNoEntry: false });
  const right =
    stats !== undefined &&
    sameFile(stats, opened.stats) &&
    (isFolder(stats) || sameContent(stats, opened.stats));
  if (right) return rowOf(stats, placeOf(target, toName, stats), () => context.options.clock.now());
  if (stats !== undefined) giveBack(context, target, toName, source, name);
  throw failure('changedMeanwhile', 'move', path, 'it changed at the last moment');
}

const isOwnName = (stats: BigIntStats, source: Folder, target: Folder, toName: string): boolean => {
  const there = lstatSync(target.base + toName, { bigint: true, throwIfNoEntry: false });
  const alone = isFolder(stats) || stats.nlink === 1n;
  return source === target && alone && there !== undefined && sameFile(there, stats);
};

/** Only when nothing at all is in it (ENOTEMPTY becomes `changedMeanwhile`). */
function removeFolder(folder: Folder, name: string): null {
  rmdirSync(folder.base + name);
  return null;
}

/** @returns where it is, relative to the trash */
async function removeFile(
  context: DiskContext,
  folder: Folder,
  name: string,
  opened: OpenFile,
  isOnlyCopy: boolean,
): Promise<string> {
  if (!isFile(opened.stats))
    throw failure('changedMeanwhile', 'delete', pathIn(folder, name), 'it is no file');
  return toTrash(context, folder, name, opened, isOnlyCopy);
}
