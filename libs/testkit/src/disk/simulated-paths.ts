/** Paths of the simulated disk: the same rules and the same refusals as on a real one. */
import {
  type ExpectedLocal,
  isSameInode,
  isYoungStamp,
  type LocalId,
  localId,
  settledStamp,
} from '@tidemark/contracts';
import type { Inode } from './inodes.ts';
import { followed } from './simulated-links.ts';
import { refuseReplaced, refuseStranger } from './simulated-mounts.ts';
import { identityOf, refuse, type Simulation, stampOf } from './simulation.ts';

export interface Spot {
  readonly folder: Inode;
  readonly folderId: LocalId;
  readonly name: string;
  /** Where it really is: elsewhere, when the name is a link that is followed. */
  readonly at: { readonly folder: Inode; readonly name: string };
  readonly isLink: boolean;
}

/** The folder a path lies in. @throws Failure `invalidName`, `nameTooLong`, `localGone`, `changedMeanwhile` */
export function spotOf(simulation: Simulation, action: string, path: string): Spot {
  const names = path.split('/');
  for (const name of names) checkName(action, path, name);
  if (names[0] === '.tidemark-root' || names.includes('.tidemark-staging'))
    refuse('invalidName', action, path, 'the name is reserved');
  const name = names.pop() ?? '';
  const above = folderOf(simulation, action, path, names);
  const here = { folder: above.folder, name };
  if (above.folder.children.get(name)?.kind !== 'symlink') return { ...above, name, at: here, isLink: false };
  const place = followed(simulation.folder, path);
  if (place === null) return { ...above, name, at: here, isLink: false };
  const at = place.inode.kind === 'file' ? { folder: place.home, name: place.names.at(-1) ?? '' } : here;
  return { ...above, name, at, isLink: true };
}

export function folderOf(
  simulation: Simulation,
  action: string,
  path: string,
  names: readonly string[],
): Pick<Spot, 'folder' | 'folderId'> {
  const { root, mounts } = simulation.folder;
  let folder = root;
  let folderId = identityOf(folder, localId(''), '');
  let at = '';
  for (const name of names) {
    at = at === '' ? name : `${at}/${name}`;
    const link = folder.children.get(name);
    if (link === undefined) {
      refuseStranger(mounts, action, at, { id: localId(''), inode: null });
      refuse('localGone', action, path, 'its folder is not there');
    }
    const next = link.kind === 'symlink' ? (followed(simulation.folder, at)?.inode ?? link) : link;
    if (next.kind !== 'folder') refuse('changedMeanwhile', action, path, 'something on the way is no folder');
    folderId = identityOf(next, folderId, name);
    folder = next;
    refuseStranger(mounts, action, at, { id: folderId, inode: next });
  }
  return { folder, folderId };
}

/** What is there, or what the link there stands for. */
export const thereAt = (
  simulation: Simulation,
  path: string,
  { folder, name, isLink }: Spot,
): Inode | undefined => (isLink ? followed(simulation.folder, path)?.inode : folder.children.get(name));

/** What is there, if it is `expected`. @throws Failure `localGone`, `changedMeanwhile`, `diskDenied` */
export function held(
  simulation: Simulation,
  action: string,
  path: string,
  spot: Spot,
  expected: ExpectedLocal,
): Inode {
  const inode = thereAt(simulation, path, spot);
  const id = inode === undefined ? localId('') : identityOf(inode, spot.folderId, spot.name);
  refuseReplaced(simulation.folder.mounts, action, path, expected.id, { id, inode: inode ?? null });
  if (inode === undefined) refuse('localGone', action, path, 'it is not there');
  if (inode.kind !== 'file' && inode.kind !== 'folder')
    refuse('diskDenied', action, path, 'it is not synced');
  const same = isSameInode(id, expected.id) && stampOf(inode, spot.isLink) === settledStamp(expected.stamp);
  if (!same) refuse('changedMeanwhile', action, path, 'it is not what was expected');
  return inode;
}

/** As Linux has it: a mount point stays where it is. @throws Failure `mountBoundary` */
export function refuseMountPoint({ folder }: Simulation, action: string, path: string, inode: Inode): void {
  if (folder.mounts.covered.has(inode)) refuse('mountBoundary', action, path, 'something is mounted on it');
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
