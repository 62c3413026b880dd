/** Copies a local version beside itself, under a name of its own, so that the drive gets it while its own version keeps the name there. */
import type { CommandOf, Outcome } from '@tidemark/plugin-sdk';
import { throwIfStopping } from '@tidemark/plugin-sdk';
import type { Context } from './config.ts';

export async function keepLocalCopy(
  { path, expected, sizeBytes, modifiedAt, folder, keepAs }: CommandOf<'KeepLocalCopy'>,
  { disk, signal }: Context,
): Promise<Outcome> {
  const source = await disk.read(path, expected);
  const staged = await disk.stage(`copy of ${expected.id} ${expected.stamp}`, sizeBytes, path);
  // What an earlier attempt left may be of bytes that were being written.
  if (staged.offset > 0) await staged.restart();
  for await (const chunk of source.open(0)) {
    throwIfStopping(signal);
    await staged.write(chunk);
  }
  await staged.finish();
  try {
    await source.finish();
  } catch (error) {
    await staged.discard();
    throw error;
  }
  return { kept: await staged.placeAs(folder, keepAs, modifiedAt) };
}
