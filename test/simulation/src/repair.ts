/**
 * What only a user can put right: names that the drive cannot hold, names that differ in case only, links, and notebooks
 * that hold a name. After it both sides can be equal to the last item.
 */
import { checkName } from '@tidemark/settings';
import type { World } from './world.ts';

/** Says whether there was anything to do. */
export function repair({ disk, drive, swarm, trace }: World): boolean {
  const accountKind = swarm.driveKind === 'documentLibrary' ? 'sharepoint' : swarm.driveKind;
  let repairs = 0;
  for (const [path, { kind }] of drive.user.tree()) {
    if (kind !== 'opaque') continue;
    repairs += 1;
    trace.line(`drive user deletes the notebook ${path}`);
    drive.user.remove(path);
  }
  for (let odd = firstOdd(); odd !== null; odd = firstOdd()) {
    repairs += 1;
    const { path, isLink } = odd;
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    trace.line(`disk user ${isLink ? 'deletes the link' : 'gives another name to'} ${path}`);
    if (isLink) disk.user.remove(path);
    else disk.user.rename(path, `${folder}fixed ${firstFree(folder)}`);
  }
  return repairs > 0;

  function firstFree(folder: string): number {
    const taken = disk.user.tree();
    let number = 1;
    while (taken.has(`${folder}fixed ${number}`)) number += 1;
    return number;
  }

  function firstOdd(): { readonly path: string; readonly isLink: boolean } | null {
    const seen = new Set<string>();
    for (const [path, { kind }] of disk.user.tree()) {
      const isLink = kind === 'symlink' || kind === 'special';
      const name = path.slice(path.lastIndexOf('/') + 1);
      const isBad = checkName(name, name, { accountKind }) !== undefined;
      if (isLink || isBad || seen.has(path.toLowerCase())) return { path, isLink };
      seen.add(path.toLowerCase());
    }
    return null;
  }
}
