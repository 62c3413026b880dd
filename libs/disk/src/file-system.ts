/** Which file system a folder is on: its kind and the number that it keeps over restarts, where it has one. */
import { findNative } from './native.ts';

/** Offsets in `struct statfs` of 64-bit Linux. */
const typeAt = 0;
const numberAt = 56;
const structBytes = 256;
const hasThisLayout = process.arch === 'x64' || process.arch === 'arm64';

const native = findNative({ fstatfs: { arguments: ['i32', 'buffer'], return: 'i32' } });

/** Null where the system or the file system does not tell. */
export function fileSystemOf(fd: number): string | null {
  if (native === null || !hasThisLayout) return null;
  const answer = Buffer.alloc(structBytes);
  if (native.fstatfs(fd, answer) !== 0) return null;
  const number = answer.readBigUInt64LE(numberAt);
  return number === 0n ? null : `${answer.readBigUInt64LE(typeAt).toString(16)}.${number.toString(16)}`;
}
