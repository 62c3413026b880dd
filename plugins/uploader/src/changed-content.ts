/**
 * A file that a plugin changes on its way up. All of it is made of one stable version before the first byte is sent, and kept: an upload that
 * is interrupted goes on with the same bytes, even if the plugin would make others by now.
 */
import type { CommandOf } from '@tidemark/plugin-sdk';
import { Failure, failureGuide } from '@tidemark/plugin-sdk';
import type { ChangedContent, ContentChange } from '@tidemark/plugin-sdk/unstable';
import { isYoungStamp } from '@tidemark/plugin-sdk/unstable';
import type { Context } from './config.ts';

export interface Changed {
  readonly plugin: string;
  readonly content: ChangedContent;
}

/** Makes it, says what matches what, and keeps it for another attempt where that is likely to go on with it. */
export async function withChanged<Result>(
  command: CommandOf<'UploadFile'>,
  context: Context,
  change: ContentChange,
  send: (changed: Changed) => Promise<Result>,
): Promise<Result> {
  const key = keyOf(command);
  const content = await make(command, key, context, change);
  let isWanted = false;
  try {
    const { plugin } = change;
    const { drive, disk } = content;
    // The answer to the upload may be lost, and then only this tells what the drive shows.
    await context.report({ type: 'ContentMatched', command: command.id, plugin, drive, disk });
    return await send({ plugin, content });
  } catch (error) {
    isWanted = key !== null && (context.signal.aborted || isPassing(error));
    throw error;
  } finally {
    if (!isWanted) await content.discard();
  }
}

/** By which another attempt finds what was made; null: a young stamp may be that of other bytes. */
const keyOf = ({ path, expected }: CommandOf<'UploadFile'>): string | null =>
  isYoungStamp(expected.stamp) ? null : `${path} ${expected.id} ${expected.stamp}`;

async function make(
  { path, expected }: CommandOf<'UploadFile'>,
  key: string | null,
  { disk }: Context,
  change: ContentChange,
): Promise<ChangedContent> {
  const source = await disk.read(path, expected);
  let content: ChangedContent;
  try {
    content = await change.up(path, key, () => source.open(0));
  } catch (error) {
    // It closes the file, and a file that changed explains every other failure.
    await source.finish();
    throw error;
  }
  try {
    await source.finish();
    return content;
  } catch (error) {
    await content.discard();
    throw error;
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof Failure && failureGuide[error.code].retry === 'later';
