/** Looks at the sync folder, complete or into named folders: a scan with what this disk knows of mounts, links and its own files. */
import { lstatSync } from 'node:fs';
import type { Disk, LocalId, ScanBatch, ScanEnd, ScanOptions } from '@tidemark/contracts';
import type { DiskContext } from './context.ts';
import { findEarlierMarker } from './earlier-marker.ts';
import { asFailure } from './errno.ts';
import type { Folder } from './folders.ts';
import type { LinkOptions } from './link-rules.ts';
import { pointsOf } from './mount-points.ts';
import type { Mounts } from './nested-mounts.ts';
import { innerWorkspaceName } from './path-names.ts';
import { scan } from './scan.ts';
import { isInnerWorkspace } from './workspace.ts';

export interface LookingOptions {
  readonly links: LinkOptions;
  readonly placementsFolder: string;
  /** Tells other processes what was found of mounts and links; null where there are none, or another one looks. */
  readonly tell: ((mounts: Mounts) => void) | null;
}

export function createLooking(
  context: DiskContext,
  { links, placementsFolder, tell }: LookingOptions,
): Pick<Disk, 'scan' | 'list'> {
  const { options, folders, placements, isApart } = context;
  return {
    scan: (scanOptions) => look(scanOptions),
    list: (paths, scanOptions) => look(scanOptions, paths),
  };

  async function* look(
    { mounts, signal }: ScanOptions = {},
    only?: readonly string[],
  ): AsyncGenerator<ScanBatch | ScanEnd> {
    const root = folders.root();
    const lookAtMounts = (): void => {
      root.mounts.points = pointsOf(options.root, root.mounts.links);
    };
    lookAtMounts();
    root.mounts.expected = mounts === undefined ? null : new Map(mounts.map((mount) => [mount.path, mount]));
    const found = scan({
      ...{ root: folders.root, own: ownInodes, lookAtMounts, links, isApart },
      now: () => options.clock.now(),
      keyOf: keysOfPlaced(),
      ...(only === undefined ? {} : { only }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (tell === null) return yield* found;
    // Before what was found is told: commands may follow from it at once.
    for await (const part of found) {
      tell(root.mounts);
      yield part;
    }
  }

  /** Read before the scan: inside it a fault of the state folder would count as one of the folder that is listed. */
  function keysOfPlaced(): (id: LocalId) => string | undefined {
    try {
      placements.read();
    } catch (error) {
      throw asFailure('read what was placed, in', placementsFolder, error);
    }
    return placements.keyOf;
  }
}

function ownInodes(top: Folder): ReadonlySet<bigint> {
  const own = new Set<bigint>();
  const earlier = top.path === '' ? findEarlierMarker(top) : null;
  if (earlier !== null) own.add(earlier.ino);
  if (isInnerWorkspace(top)) own.add(lstatSync(top.base + innerWorkspaceName, { bigint: true }).ino);
  return own;
}
