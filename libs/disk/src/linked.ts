/**
 * Moving and removing what a link leads to acts on the link itself: what is outside the sync folder stays where it is
 * (`docs/adr/0004-symbolic-links.md`).
 */
import { closeSync, fstatSync, lstatSync, openSync, readlinkSync, symlinkSync } from 'node:fs';
import type { ExpectedLocal, Kind, LocalRow } from '@tidemark/contracts';
import type { DiskContext } from './context.ts';
import { giveBack } from './displaced.ts';
import { failure } from './errno.ts';
import { compare, type OpenFile, pathIn, placeOf } from './expected.ts';
import type { Folder } from './folders.ts';
import { isFolder, rowOf, sameFile } from './identity.ts';
import { followedAt, type FollowedLink, statsAt } from './links.ts';
import { openReference } from './open-flags.ts';
import { renameFree } from './rename-free.ts';
import { toTrash } from './to-trash.ts';

/** What the followed link at that name stands for; null when there is none. */
export function linkedRow(folder: Folder, name: string, now: () => number): LocalRow | null {
  const link = followedAt(folder, name);
  const stats = link === null ? undefined : statsAt(folder, name);
  if (link === null || stats === undefined) return null;
  return rowOf(stats, { ...placeOf(folder, name, stats), mount: link.mount, isLinked: true }, now);
}

/** @returns where the link is, relative to the trash */
export const removeLink = (
  context: DiskContext,
  folder: Folder,
  name: string,
  kind: Kind,
  expected: ExpectedLocal,
): Promise<string> =>
  withLink('delete', folder, name, expected, (opened, link) => {
    if (link.kind !== kind)
      throw failure('changedMeanwhile', 'delete', pathIn(folder, name), `it is no ${kind}`);
    return toTrash(context, folder, name, opened);
  });

/** A link whose text is relative to its folder is made anew in another one, and the old one goes to the trash. */
export const moveLink = (
  context: DiskContext,
  source: Folder,
  name: string,
  target: Folder,
  toName: string,
  expected: ExpectedLocal,
): Promise<LocalRow> =>
  withLink('move', source, name, expected, async (opened, link) => {
    const isRelative = !readlinkSync(source.base + name).startsWith('/');
    const known = statsAt(source, name);
    if (isRelative && source.id !== target.id) {
      symlinkSync(link.target, target.base + toName);
      await toTrash(context, source, name, opened);
    } else {
      renameFree(context.renames, source, name, target, toName);
      if (!sameFile(lstatSync(target.base + toName, { bigint: true }), opened.stats)) {
        giveBack(context, target, toName, source, name);
        throw failure('changedMeanwhile', 'move', pathIn(source, name), 'it changed at the last moment');
      }
    }
    if (known === undefined)
      throw failure('changedMeanwhile', 'move', pathIn(source, name), 'it leads nowhere by now');
    const place = { parentId: target.id, name: toName, mount: link.mount, isLinked: true };
    return rowOf(known, place, () => context.options.clock.now());
  });

/** Runs `work` with the link held open, after a look at what it leads to. @throws Failure `localGone`, `changedMeanwhile` */
async function withLink<Result>(
  action: string,
  folder: Folder,
  name: string,
  expected: ExpectedLocal,
  work: (opened: OpenFile, link: FollowedLink) => Promise<Result> | Result,
): Promise<Result> {
  const path = pathIn(folder, name);
  const fd = openSync(folder.base + name, openReference);
  try {
    const link = followedAt(folder, name);
    const target = statsAt(folder, name);
    if (link === null || target === undefined || isFolder(target) !== (link.kind === 'folder'))
      throw failure('changedMeanwhile', action, path, 'the link leads elsewhere by now');
    const place = { ...placeOf(folder, name, target), mount: link.mount, isLinked: true };
    compare(action, path, target, place, expected);
    return await work({ fd, stats: fstatSync(fd, { bigint: true }), place }, link);
  } finally {
    closeSync(fd);
  }
}
