/**
 * What only a user can put right: names that the drive cannot hold, names that differ in case only, links, notebooks that hold
 * a name, and what the system refuses where a disk is mounted. After it both sides can be equal to the last item.
 */
import type { State } from '@tidemark/engine';
import { checkName } from '@tidemark/settings';
import { aDisk } from './root-incidents.ts';
import { openFolders } from './users.ts';
import type { World } from './world.ts';

/** Says whether there was anything to do. @param state what the client knows: its user acts on the problems that it names */
export function repair(world: World, state: State | null): boolean {
  const { disk, drive, swarm, trace } = world;
  const accountKind = swarm.driveKind === 'documentLibrary' ? 'sharepoint' : swarm.driveKind;
  let repairs = 0;
  if (state !== null && isRefused(state)) takeOutDisk();
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
    else if (isMountedAt(path)) takeOutDisk();
    else disk.user.rename(path, `${folder}fixed ${firstFree(folder)}`);
  }
  return repairs > 0;

  /** For good: without the disk the folder is another one, which has to be said. */
  function takeOutDisk(): void {
    const point = disk.user.mountPoint(aDisk);
    trace.line(`disk user takes the disk out of the folder, and syncs anew`);
    if (point?.isMounted === true) {
      disk.user.unmount(point.path);
      // It had covered the folder under it.
      openFolders(disk);
    }
    world.wishes.resync = true;
    world.beginsAnew = true;
    repairs += 1;
  }

  function isMountedAt(path: string): boolean {
    const point = disk.user.mountPoint(aDisk);
    return point?.isMounted === true && point.path === path;
  }

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

/** It may not move or remove a mount point, nor move anything across one; or it misses what was mounted. */
const isRefused = ({ activities, local }: State): boolean =>
  local.mounts.length > 0 &&
  ([...activities.values()].some(
    ({ state: standing, failure }) =>
      standing === 'problem' && (failure?.code === 'diskDenied' || failure?.code === 'mountBoundary'),
  ) ||
    local.oddities.some(({ code }) => code === 'unreadable'));
