/** Fetches the drive's version beside the local one, under a name of its own, so that the local one may follow it. */
import type { CommandOf, Outcome } from '@tidemark/plugin-sdk';
import { bringIn } from './bring-in.ts';
import type { Context } from './config.ts';

export async function keepRemoteCopy(
  command: CommandOf<'KeepRemoteCopy'>,
  context: Context,
): Promise<Outcome> {
  const { staged, transferredBytes, requestIds } = await bringIn(command, context);
  const kept = await staged.placeAs(command.folder, command.keepAs, command.remote.modifiedAt);
  return { kept, transferredBytes, requestIds };
}
