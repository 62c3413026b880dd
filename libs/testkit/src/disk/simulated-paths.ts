/** Paths of the simulated disk: the same rules and the same refusals as on a real one. */
import { type ExpectedLocal, isYoungStamp, type LocalId, localId, settledStamp } from '@tidemark/contracts';
import type { Inode } from './inodes.ts';
import { refuseStranger } from './simulated-mounts.ts';
import { identityOf, refuse, type Simulation, stampOf } from './simulation.ts';

export interface Spot {
  readonly folder: Inode;
  readonly folderId: LocalId;
  readonly name: string;
}

/** The folder a path lies in. @throws Failure `invalidName`, `nameTooLong`, `localGone`, `changedMeanwhile` */
export function spotOf(simulation: Simulation, action: string, path: string): Spot {
  const names = path.split('/');
  for (const name of names) checkName(action, path, name);
  if (names[0] === '.tidemark-root' || names.includes('.tidemark-staging'))
    refuse('invalidName', action, path, 'the name is reserved');
  const name = names.pop() ?? '';
  return { ...folderOf(simulation, action, path, names), name };
}

export function folderOf(
  simulation: Simulation,
  action: string,
  path: string,
  names: readonly string[],
): { readonly folder: Inode; readonly folderId: LocalId } {
  let folder = simulation.folder.root;
  let folderId = identityOf(folder, localId(''), '');
  let at = '';
  for (const name of names) {
    const next = folder.children.get(name);
    if (next === undefined) refuse('localGone', action, path, 'its folder is not there');
    if (next.kind !== 'folder') refuse('changedMeanwhile', action, path, 'something on the way is no folder');
    folderId = identityOf(next, folderId, name);
    folder = next;
    at = at === '' ? name : `${at}/${name}`;
    refuseStranger(simulation.folder.mounts, action, at, folderId);
  }
  return { folder, folderId };
}

/** What is there, if it is `expected`. @throws Failure `localGone`, `changedMeanwhile`, `diskDenied` */
export function held(action: string, path: string, spot: Spot, expected: ExpectedLocal): Inode {
  const inode = spot.folder.children.get(spot.name);
  if (inode === undefined) refuse('localGone', action, path, 'it is not there');
  if (inode.kind !== 'file' && inode.kind !== 'folder')
    refuse('diskDenied', action, path, 'it is not synced');
  const same =
    identityOf(inode, spot.folderId, spot.name) === expected.id &&
    stampOf(inode) === settledStamp(expected.stamp);
  if (!same) refuse('changedMeanwhile', action, path, 'it is not what was expected');
  return inode;
}

/** See the real disk: what is about to be replaced has to be known to the last byte. @throws Failure `changedMeanwhile` */
export function refuseYoung(action: string, path: string, { stamp }: ExpectedLocal): void {
  if (isYoungStamp(stamp)) refuse('changedMeanwhile', action, path, 'it was written to a moment ago');
}

export function checkName(action: string, path: string, name: string): void {
  const bad = name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0');
  if (bad || !name.isWellFormed()) refuse('invalidName', action, path, 'a part of it is no name');
  if (name.length > 85 && utf8Bytes(name) > 255) refuse('nameTooLong', action, path, 'a name is too long');
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
