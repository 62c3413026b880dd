/** Brings the drive's version to its path. A local version that must survive is kept beside it; an equal one is adopted. */
import type { Authors, CommandOf, LocalRow, Outcome } from '@tidemark/plugin-sdk';
import { Failure, throwIfStopping } from '@tidemark/plugin-sdk';
import { bringIn } from './bring-in.ts';
import type { Context } from './config.ts';

export async function downloadFile(command: CommandOf<'DownloadFile'>, context: Context): Promise<Outcome> {
  const { path, remote, expected, keepAs } = command;
  const rival = await rivalOf(command, context);
  // Both sides made the same bytes: there is nothing to fetch and nothing to keep aside.
  if (rival !== null && rival.hash === remote.hash) return { local: rival };

  const arrival = await bringIn(command, context);
  const { staged, hash, hashUnconfirmed, transferredBytes, requestIds } = arrival;
  const content = arrival.content === undefined ? {} : { content: arrival.content };
  if (rival !== null && rival.hash === hash) {
    await staged.discard();
    return {
      ...{ local: rival, ...content, transferredBytes, requestIds },
      ...(hashUnconfirmed && { unconfirmed: true }),
    };
  }
  const { row, kept, reused, trash } = await staged.place(path, {
    ...{ expected, keepAs, modifiedAt: remote.modifiedAt },
    ...(await authorsOf(command, context)),
  });
  if (reused === true)
    context.say(
      `Local data is already preserved by an identical safeBackup; reusing existing preservation: ${path}`,
    );
  return {
    local: row,
    ...content,
    ...(kept !== null && { kept }),
    ...(trash !== null && { trash }),
    // Comparing cannot find out that these bytes are that version. Not said of a file already written to again.
    ...(hashUnconfirmed && row.hash === hash && { unconfirmed: true }),
    transferredBytes,
    requestIds,
  };
}

/** A file is worth more than the names of those who saved it. */
async function authorsOf(
  { path, remote }: CommandOf<'DownloadFile'>,
  { config, drive, signal, say }: Context,
): Promise<{ readonly authors?: Authors }> {
  if (!config.writeAuthors) return {};
  try {
    return { authors: await drive.authors(remote.id, { signal }) };
  } catch (error) {
    throwIfStopping(signal);
    if (!(error instanceof Failure)) throw error;
    say(`${path} is written without the names of those who saved it: ${error.details.detail}`, 'warning');
    return {};
  }
}

/** The local version that would have to be kept aside, read to the last byte; null when there is none. */
async function rivalOf(
  { path, expected, keepAs }: CommandOf<'DownloadFile'>,
  { disk, signal }: Context,
): Promise<LocalRow | null> {
  return expected === null || keepAs === null ? null : disk.hash(path, expected, { signal });
}
