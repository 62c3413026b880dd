/**
 * The mark of the root (I-10): a random text in an extended attribute of the sync folder itself, so that the user's folder
 * holds no file of ours. It names the folder that it was put on, and counts only there: a copy of the folder with its
 * attributes is another one.
 */
import { fstatSync, fsyncSync } from 'node:fs';
import type { Random, RootIdentity } from '@tidemark/contracts';
import { fileSystemOf } from './file-system.ts';
import type { Folder } from './folders.ts';
import { isOwnBirthTime } from './identity.ts';
import { findNative } from './native.ts';

export interface RootMarks {
  /** Null where there is none that was put on this very folder. */
  read(root: Folder): string | null;
  /** Keeps `marker`, or makes a new one when that is null. Null where the file system has no such attributes. */
  write(root: Folder, marker: string | null, random: Random): string | null;
}

const attribute = 'user.tidemark.root';
const bytesMax = 256;

/** As on a file system or a runtime without extended attributes. */
export const noMarks: RootMarks = { read: () => null, write: () => null };

export function findRootMarks(): RootMarks {
  if (native === null) return noMarks;
  const { fgetxattr, fsetxattr } = native;
  const read = (root: Folder): string | null => {
    const value = Buffer.alloc(bytesMax);
    const length = Number(fgetxattr(root.fd, attribute, value, BigInt(bytesMax)));
    if (length <= 0) return null;
    const [marker = '', folder] = value.toString('latin1', 0, length).split(' ');
    const isHere = folder !== undefined && folder === nameOf(root);
    return isHere && /^[0-9a-f]{32}$/.test(marker) ? marker : null;
  };
  return {
    read,
    write(root, known, random) {
      const name = nameOf(root);
      if (name === null) return null;
      const marker = known ?? Buffer.from(random.bytes(16)).toString('hex');
      const value = Buffer.from(`${marker} ${name}`, 'latin1');
      if (fsetxattr(root.fd, attribute, value, BigInt(value.length), 0) !== 0) return null;
      fsyncSync(root.fd);
      // Some file systems take an attribute and do not keep it.
      return read(root);
    },
  };
}

/** What the root is known by, with the mark that was read or written. */
export function identityOfRoot(root: Folder, marker: string | null): RootIdentity {
  const { birthtimeNs } = fstatSync(root.fd, { bigint: true });
  // Without a birth time of its own, the number of an inode goes from one folder to another.
  return { id: root.id, marker, fileSystem: isOwnBirthTime(birthtimeNs) ? fileSystemOf(root.fd) : null };
}

/** Tells the folder from its copies; null where nothing does. */
function nameOf(root: Folder): string | null {
  const { ino, birthtimeNs } = fstatSync(root.fd, { bigint: true });
  if (isOwnBirthTime(birthtimeNs)) return `${ino.toString(36)}.${birthtimeNs.toString(36)}`;
  const fileSystem = fileSystemOf(root.fd);
  return fileSystem === null ? null : `${ino.toString(36)}@${fileSystem}`;
}

const native = findNative({
  fgetxattr: { arguments: ['i32', 'string', 'buffer', 'u64'], return: 'i64' },
  fsetxattr: { arguments: ['i32', 'string', 'buffer', 'u64', 'i32'], return: 'i32' },
});
