/**
 * Makes one change that a user asked for, through the ports. What is as wanted already counts as made, so that a change may be made
 * again after a crash. Nothing is lost by any of them: what loses its name goes to the trash.
 */
import type {
  Disk,
  Drive,
  EqualFile,
  ExpectedLocal,
  LocalRow,
  UserChange,
  UserChangeOf,
} from '@tidemark/contracts';
import { Failure, isSameInode, isSameStamp } from '@tidemark/contracts';
import { changedSinceText } from '@tidemark/engine';
import type { ContentPath } from '@tidemark/plugin-sdk/unstable';
import { stagedFrom } from './staged-content.ts';

export interface ChangePorts {
  readonly disk: Disk;
  readonly drive: Drive;
  /** Through the plugins that change content. Absent, or null: there is none. */
  readonly content?: ContentPath | null;
}

export interface Made {
  /** Where the file that lost its name is, relative to the trash. */
  readonly trash: string | null;
}

/** Throws Failure; then it is not made. `isMoved`: an earlier change of the same plan may have moved it, which its stamp shows. */
export async function makeChange(
  ports: ChangePorts,
  change: UserChange,
  isMoved: (expected: ExpectedLocal) => boolean,
): Promise<Made> {
  switch (change.type) {
    case 'RestoreOnDrive':
      return restoreOnDrive(ports, change);
    case 'MakeFolder':
      await ports.disk.createFolder(change.path);
      return nothingLost;
    case 'Move': {
      const { disk } = ports;
      const { path, toPath, expected } = change;
      const there = await disk.stat(toPath);
      if (there !== null && isSameInode(there.id, expected.id) && (await disk.stat(path)) === null)
        return nothingLost;
      await disk.move(path, toPath, await asItIs(disk, path, expected, isMoved));
      return nothingLost;
    }
    case 'Remove': {
      const { disk } = ports;
      const { path, kind, expected, equalTo } = change;
      if ((await disk.stat(path)) === null) return nothingLost;
      if (equalTo !== undefined) await proveEqual(ports, change, equalTo);
      return disk.remove(path, kind, await asItIs(disk, path, expected, isMoved));
    }
    case 'PutBack':
      return putBack(ports, change, isMoved);
  }
}

const nothingLost: Made = { trash: null };

async function restoreOnDrive(
  { drive }: ChangePorts,
  { driveItemId, toParentId, name, unlessOther }: UserChangeOf<'RestoreOnDrive'>,
): Promise<Made> {
  if ((await drive.item(driveItemId)) !== null) return nothingLost;
  try {
    const { row } = await drive.restore(driveItemId, { parentId: toParentId, name });
    const isOther = unlessOther !== null && row.hash !== null && !unlessOther.includes(row.hash);
    if (isOther) await drive.delete(driveItemId, row.eTag);
  } catch (error) {
    const isRefused =
      error instanceof Failure &&
      ['notFound', 'nameTaken', 'invalidRequest', 'accessDenied'].includes(error.code);
    if (unlessOther === null || !isRefused) throw error;
  }
  return nothingLost;
}

/** Reads both files, and asks the drive for both. Throws Failure `changedMeanwhile`, and what reading throws. */
async function proveEqual(
  { disk, drive }: ChangePorts,
  { path, expected }: UserChangeOf<'Remove'>,
  other: EqualFile,
): Promise<void> {
  const onDisk = [await disk.hash(path, expected), await disk.hash(other.path, other.expected)];
  const onDrive = await drive.items(other.driveItemIds);
  const { driveHashes = [other.hash, other.hash] } = other;
  const isEqual =
    onDisk.every(({ hash }) => hash === other.hash) &&
    other.driveItemIds.every((id, index) =>
      onDrive.some((row) => row.id === id && 'hash' in row && row.hash === driveHashes[index]),
    );
  if (!isEqual)
    throw new Failure({
      code: 'changedMeanwhile',
      detail: `Cannot drop "${path}": it, or "${other.path}", ${otherContentText}`,
    });
}

const otherContentText = 'has another content by now, on disk or on the drive';

async function putBack(
  ports: ChangePorts,
  change: UserChangeOf<'PutBack'>,
  isMoved: (expected: ExpectedLocal) => boolean,
): Promise<Made> {
  const { disk } = ports;
  const { path, expected, hashes, sizeBytes, modifiedAt, sources } = change;
  const there = await disk.stat(path);
  if (there?.kind === 'file' && there.sizeBytes === sizeBytes) {
    const { hash } = await disk.hash(path, there);
    if (hashes.includes(hash)) return removeSources(ports, change);
  }
  for (const source of sources) {
    const staged = await stagedFrom(ports, source, change);
    if (staged === null) continue;
    try {
      const now = expected === null ? null : await asItIs(disk, path, expected, isMoved);
      const { trash } = await staged.place(path, { expected: now, keepAs: null, modifiedAt });
      await removeSources(ports, change);
      return { trash: trash ?? null };
    } catch (error) {
      await staged.discard();
      throw error;
    }
  }
  throw new Failure({
    code: 'notFound',
    detail: `Cannot put back "${path}": its earlier content is neither in the trash nor among the versions of the drive`,
  });
}

async function removeSources({ disk }: ChangePorts, { sources }: UserChangeOf<'PutBack'>): Promise<Made> {
  for (const source of sources)
    if (source.in === 'folder' && (await disk.stat(source.path)) !== null)
      await disk.remove(source.path, 'file', source.expected);
  return nothingLost;
}

/**
 * What the port is to expect. An earlier change of ours that moved the file left it another stamp: then its identity has to do.
 * @throws Failure `changedMeanwhile`, `localGone`
 */
async function asItIs(
  disk: Disk,
  path: string,
  expected: ExpectedLocal,
  isMoved: (expected: ExpectedLocal) => boolean,
): Promise<ExpectedLocal> {
  const row: LocalRow | null = await disk.stat(path);
  const detail = `Cannot change "${path}": `;
  if (row === null) throw new Failure({ code: 'localGone', detail: `${detail}it is not there any more` });
  const isIt =
    isSameInode(row.id, expected.id) && (isSameStamp(row.stamp, expected.stamp) || isMoved(expected));
  if (!isIt) throw new Failure({ code: 'changedMeanwhile', detail: detail + changedSinceText });
  return row;
}
