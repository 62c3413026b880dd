/** What has arrived and was checked, turned back by the plugin that changes such files: into a staged file of its own, which is the one that gets a name. */
import { Failure, throwIfStopping } from '@tidemark/plugin-sdk';
import type { ContentChange } from '@tidemark/plugin-sdk/unstable';
import { stagingKey } from '@tidemark/plugin-sdk/unstable';
import type { Arrival, Bringing } from './bring-in.ts';
import type { Context } from './config.ts';

/** Throws Failure, `contentFailed` when the plugin could not. Nothing has a name by then. */
export async function takeDown(
  arrival: Arrival,
  command: Bringing,
  context: Context,
  change: ContentChange,
): Promise<Arrival> {
  const { remote, path } = command;
  const arrived = arrival.staged;
  // The key that the drive's version has: as that it is known again if no answer tells that it was placed.
  const staged = await context.disk.stage(stagingKey(remote), remote.sizeBytes, path);
  // What an earlier attempt made may end anywhere.
  if (staged.offset > 0) await staged.restart();
  try {
    for await (const chunk of change.down(path, arrived.read())) {
      throwIfStopping(context.signal);
      await staged.write(chunk);
    }
    const disk = await staged.finish();
    // As the drive tells of it, by which it is known again.
    const drive = { sizeBytes: remote.sizeBytes, hash: remote.hash ?? arrival.hash };
    const { plugin } = change;
    await context.report({ type: 'ContentMatched', command: command.id, plugin, drive, disk });
    await arrived.discard();
    return { ...arrival, staged, hash: disk.hash, content: plugin };
  } catch (error) {
    await staged.discard();
    // It is whole. Another attempt would fetch the same, and make the same of it.
    if (error instanceof Failure && error.code === 'contentFailed') await arrived.discard();
    throw error;
  }
}
