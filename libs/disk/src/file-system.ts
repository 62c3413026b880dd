/** Which file system a folder is on: its kind, and what it keeps over restarts and on another device. */
import { findNative } from './native.ts';

/** Offsets in `struct statfs` of 64-bit Linux. */
const typeAt = 0;
const blocksAt = 16;
const numberAt = 56;
const structBytes = 256;
const hasThisLayout = process.arch === 'x64' || process.arch === 'arm64';

/** Their number is of their own (ext2 to ext4, btrfs, tmpfs, ZFS). That of most others is the number of the device. */
const numbered = new Set([0xef53n, 0x9123683en, 0x01021994n, 0x2fc12fc1n]);
/** Over a network, or a program: they have no number, and their size is that of something else (NFS, SMB, FUSE). */
const sizeless = new Set([0x6969n, 0xff534d42n, 0xfe534d42n, 0x65735546n]);

const native = findNative({ fstatfs: { arguments: ['i32', 'buffer'], return: 'i32' } });

/** Null where the system does not tell. */
export function fileSystemOf(fd: number): string | null {
  if (native === null || !hasThisLayout) return null;
  const answer = Buffer.alloc(structBytes);
  if (native.fstatfs(fd, answer) !== 0) return null;
  const type = answer.readBigUInt64LE(typeAt) & 0xffffffffn;
  const kind = type.toString(16);
  if (sizeless.has(type)) return kind;
  return `${kind}.${answer.readBigUInt64LE(numbered.has(type) ? numberAt : blocksAt).toString(16)}`;
}
