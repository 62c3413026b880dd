/** A download must leave the reserved space free. */
import { statfsSync } from 'node:fs';
import type { DiskContext } from './context.ts';
import { failure } from './errno.ts';
import type { DiskOptions } from './options.ts';
import type { Workspace } from './workspace.ts';

interface Space {
  readonly options: DiskOptions;
  readonly wanted: DiskContext['wanted'];
}

interface Arriving {
  readonly label: string;
  readonly sizeBytes: number;
  readonly writtenBytes: number;
  /** Promised to other downloads. */
  readonly othersBytes: number;
}

/** Throws Failure `diskFull`, and has then noted what the trash is to make room for. */
export function assertSpace(workspace: Workspace, { options, wanted }: Space, file: Arriving): void {
  const { label, sizeBytes, writtenBytes, othersBytes } = file;
  const { reservedBytes } = options;
  const space = statfsSync(workspace.staging.base, { bigint: true });
  const free = Number(space.bavail * space.bsize);
  // What a plugin makes of content may be larger than was thought.
  const needed = Math.max(0, sizeBytes - writtenBytes);
  const isTooLittle = writtenBytes !== sizeBytes && free < needed + othersBytes + reservedBytes;
  noteWanted(isTooLittle ? needed + othersBytes : 0);
  if (isTooLittle)
    throw failure(
      'diskFull',
      'stage',
      label,
      `${needed} bytes are needed and ${free} are free, of which ${reservedBytes} are reserved and ${othersBytes} belong to other downloads`,
    );

  /** The trash makes room for the largest. */
  function noteWanted(missedBytes: number): void {
    const key = workspace.trashPrefix;
    const before = wanted.get(key) ?? 0;
    const open = free < before + reservedBytes ? before : 0;
    if (missedBytes > 0) wanted.set(key, Math.max(open, missedBytes));
    else if (open === 0) wanted.delete(key);
  }
}
