/**
 * What must be true when the faults have ended and the client is at rest: both trees are equal, no version is lost, none is doubled,
 * none leaves the trees but by a user's doing.
 *
 * What a power cut may take: a version that its user never flushed, when it was nowhere else yet; the file may be gone, older, or a
 * part of what was written. The client repeats that on the drive as it repeats every change of the disk, so such a part may
 * become a file's version online, and what was there is in the version history. What may never follow from a cut: a version that is
 * on the drive, or that was flushed on the disk, leaves the trees; a file that the client put in place is torn.
 */
import { hashOf } from './ledger.ts';
import { filesBelow } from './recycled.ts';
import { hashesIn, type Rig } from './rig.ts';

export type Trees = {
  readonly disk: ReadonlyMap<string, string>;
  readonly drive: ReadonlyMap<string, string>;
};

export function treesOf({ sync, drive }: Rig): Trees {
  const disk = new Map([...hashesIn(sync.folder)].filter(([path]) => !isLeftAlone(path)));
  return {
    disk,
    drive: new Map(drive.dump().map((item) => [item.path, item.quickXorHash ?? 'folder'])),
  };
}

/** Our own folder, and what a power cut leaves of the way in which a user saves: skip_file has the client leave that alone. */
const isLeftAlone = (path: string): boolean => path.startsWith('/.tidemark-staging') || path.endsWith('.tmp');

/** Paths that are not the same on both sides. */
export function differences({ disk, drive }: Trees): string[] {
  const paths = new Set([...disk.keys(), ...drive.keys()]);
  return [...paths]
    .filter((path) => disk.get(path) !== drive.get(path))
    .map((path) => `${path}: disk ${disk.get(path) ?? 'nothing'}, drive ${drive.get(path) ?? 'nothing'}`);
}

const nothing = hashOf('');

/** One line for each thing that is wrong. */
export function troubles(rig: Rig): string[] {
  const trees = treesOf(rig);
  const places = new Set([
    ...trees.disk.values(),
    ...trees.drive.values(),
    ...rig.versionHistory,
    ...filesBelow(rig.drive),
    ...hashesIn(rig.trashFolder).values(),
  ]);
  const lost = rig.ledger
    .wanted()
    .filter(({ hash }) => !places.has(hash))
    .map(({ name }) => `lost: ${name}`);
  const inTrees = new Set([...trees.disk.values(), ...trees.drive.values()]);
  const removed = rig.ledger
    .current()
    .filter(({ hash }) => !inTrees.has(hash))
    .map(({ name }) => `removed or replaced by no user: ${name}`);
  return [
    ...differences(trees).map((line) => `not equal: ${line}`),
    ...lost,
    ...removed,
    ...rig.spoiled.map((line) => `flushed, and torn by a power cut: ${line}`),
    ...unknownOrDoubled(rig, 'disk', trees.disk),
    ...unknownOrDoubled(rig, 'drive', trees.drive),
  ];
}

function unknownOrDoubled({ ledger }: Rig, side: string, tree: ReadonlyMap<string, string>): string[] {
  const first = new Map<string, string>();
  const found: string[] = [];
  for (const [path, hash] of tree) {
    if (hash === 'folder') continue;
    const name = ledger.nameOf(hash);
    if (name === undefined) found.push(`saved by no user: ${path} on the ${side}`);
    // A full disk leaves files without content, and any number of them.
    if (hash === nothing || ledger.belongsTwice(hash)) continue;
    const other = first.get(hash);
    if (other !== undefined) found.push(`doubled on the ${side}: ${other} and ${path}, both ${name ?? hash}`);
    first.set(hash, path);
  }
  return found;
}
