/** The sync folder itself: opened by its path, and looked at there. */
import { fstatSync, openSync, statSync, type BigIntStats } from 'node:fs';
import { Failure, localId } from '@tidemark/contracts';
import { errnoOf } from './errno.ts';
import type { Folder } from './folders.ts';
import { identityOf, isFolder } from './identity.ts';
import type { Mounts } from './nested-mounts.ts';
import { openFolder, viaDescriptor } from './open-flags.ts';
import { escaped } from './quoted.ts';

/** @throws Failure `rootSuspended` */
export function openRoot(rootPath: string, mounts: Mounts): Folder {
  try {
    // The root itself may be reached through a symbolic link: that is the user's own choice.
    const found = statSync(rootPath, { bigint: true });
    if (!isFolder(found)) throw suspended(rootPath, 'it is not a folder');
    const fd = openSync(rootPath, openFolder & ~0o400000);
    const stats = fstatSync(fd, { bigint: true });
    const { dev, ino } = stats;
    const id = identityOf(stats, { parentId: localId(''), name: '', mount: '' });
    const base = `${viaDescriptor(fd)}/`;
    return { path: '', fd, base, id, dev, ino, rootDev: dev, mount: '', mountPath: '', mounts };
  } catch (error) {
    throw error instanceof Failure
      ? error
      : suspended(rootPath, errnoOf(error) ?? 'it cannot be opened', error);
  }
}

/** That another folder, or none, stands at the path of `root` by now. @throws Failure `rootSuspended` */
export function refuseOtherRoot(rootPath: string, root: Folder): void {
  const now = rootStats(rootPath);
  if (now.dev !== root.dev || now.ino !== root.ino)
    throw suspended(rootPath, 'it is another folder than before');
}

function rootStats(rootPath: string): BigIntStats {
  try {
    return statSync(rootPath, { bigint: true });
  } catch (error) {
    throw suspended(rootPath, errnoOf(error) ?? 'it cannot be looked at', error);
  }
}

const suspended = (rootPath: string, why: string, cause?: unknown): Failure =>
  new Failure(
    { code: 'rootSuspended', detail: `Cannot use the sync folder "${escaped(rootPath)}": ${why}` },
    { cause },
  );
