/**
 * Who made a file and who saved it last, in extended attributes of the file, under the names that the peer gives them. Written to a
 * staged file, before it has its name: what a file is known by never changes for their sake.
 */
import type { Authors } from '@tidemark/contracts';
import type { Refusal } from './file-times.ts';
import { findNative } from './native.ts';

/**
 * @returns why one of them was not written; null when all that are known were. The call does not tell why it failed: ENOTSUP is said,
 *   the usual reason, also of a file that has no room for more attributes
 */
export function writeAuthors(fd: number, { createdBy, lastModifiedBy }: Authors): Refusal | null {
  const wanted = [
    ['user.onedrive.createdBy', createdBy],
    ['user.onedrive.lastModifiedBy', lastModifiedBy],
  ] as const;
  const isRefused = wanted.some(([name, value]) => value !== null && !setAttribute(fd, name, value));
  return isRefused ? { what: 'attributes', code: native === null ? 'ENOSYS' : 'ENOTSUP' } : null;
}

function setAttribute(fd: number, name: string, text: string): boolean {
  const value = Buffer.from(text, 'utf8');
  return native?.fsetxattr(fd, name, value, BigInt(value.length), 0) === 0;
}

const native = findNative({
  fsetxattr: { arguments: ['i32', 'string', 'buffer', 'u64', 'i32'], return: 'i32' },
});
