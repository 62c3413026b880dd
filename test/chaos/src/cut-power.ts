/** The power fails: the daemon is gone at once, and with it all that no program flushed. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './recycled.ts';
import { hashesIn, type Rig } from './rig.ts';
import type { Volume } from './volumes.ts';

/** @param volumes those that lose what was not flushed; on any other all was written just in time */
export async function cutPower(rig: Rig, volumes: readonly Volume[]): Promise<void> {
  const { client, ledger, sync } = rig;
  await client.kill();
  sync.comeBack();
  const seen = sync.isThere() ? treeIn(sync) : [];
  const before = new Map(seen.map(({ inode, hash }) => [inode, hash]));
  for (const volume of volumes) volume.cutPower();
  const after = treeIn(sync);
  const torn = after.filter(({ hash }) => ledger.nameOf(hash) === undefined);
  for (const { path, inode } of torn) {
    const whole = before.get(inode);
    // What the client put in place is flushed; so is what a user flushed.
    if (whole !== undefined && !ledger.isUnflushed(whole))
      rig.spoiled.push(`${path}: ${ledger.nameOf(whole) ?? whole}`);
  }
  const online = rig.drive.dump().flatMap(({ quickXorHash }) => quickXorHash ?? []);
  const inTrees = [...after.map(({ hash }) => hash), ...online];
  ledger.powerCut({
    inTrees,
    anywhere: new Set([...inTrees, ...elsewhere(rig)]),
    torn: torn.map(({ hash }) => hash),
  });
}

/** Where the client and the service keep what is in no tree any more. */
const elsewhere = (rig: Rig): string[] => [
  ...rig.versionHistory,
  ...filesBelow(rig.drive),
  ...hashesIn(rig.trashFolder).values(),
  ...hashesIn(rig.sync.folder).values(),
];

type File = { readonly path: string; readonly inode: number; readonly hash: string };

function treeIn({ folder }: Volume): File[] {
  return [...hashesIn(folder)]
    .filter(([path, hash]) => hash !== 'folder' && !path.startsWith('/.tidemark-staging'))
    .map(([path, hash]) => ({ path, hash, inode: lstatSync(join(folder, path)).ino }));
}
