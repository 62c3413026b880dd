/** Fetches the drive's version beside the local one, under a name of its own, so that the local one may follow it. */
import type { CommandOf, LocalRow, Outcome } from '@tidemark/plugin-sdk';
import { type Arrival, bringIn } from './bring-in.ts';
import type { Context } from './config.ts';

export async function keepRemoteCopy(
  command: CommandOf<'KeepRemoteCopy'>,
  context: Context,
): Promise<Outcome> {
  const arrival = await bringIn(command, context);
  const { staged, transferredBytes, requestIds } = arrival;
  const content = arrival.content === undefined ? {} : { content: arrival.content };
  const same = await sameOnDisk(command, arrival, context);
  if (same !== null) {
    await staged.discard();
    return { local: same, ...content, transferredBytes, requestIds };
  }
  const kept = await staged.placeAs(command.folder, command.keepAs, command.remote.modifiedAt);
  return { kept, ...content, transferredBytes, requestIds };
}

/** Where a plugin changes content, only what it turned back can be compared. Equal bytes need no copy. */
async function sameOnDisk(
  { path }: CommandOf<'KeepRemoteCopy'>,
  { content, hash }: Arrival,
  { disk, signal }: Context,
): Promise<LocalRow | null> {
  const there = content === undefined ? null : await disk.stat(path);
  if (there === null || there.kind !== 'file') return null;
  const { id, stamp } = there;
  const read = await disk.hash(path, { id, stamp }, { signal });
  return read.hash === hash ? read : null;
}
