/** `--display-sync-status`: the peer's two answers, from a rehearsal, with our verdict over both directions as the last line. */
import { commandEffects } from '@tidemark/contracts';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { openItems, rehearse } from './rehearse.ts';

export async function displaySyncStatus(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const { rehearsed, status, cause, driveId } = await rehearse(context);
  if (cause === 'interrupted') return exitCodeOf('interrupted', commandLine);
  const incoming = rehearsed.filter((command) => commandEffects[command.type] === 'writesDisk');
  const downloadBytes = incoming.reduce(
    (sum, command) => sum + (command.type === 'DownloadFile' ? command.remote.sizeBytes : 0),
    0,
  );
  output.line(`Querying the change status of Drive ID: ${driveId} .`);
  if (incoming.length === 0) {
    output.line(
      'There are no pending changes from Microsoft OneDrive; your local directory matches the data online.',
    );
  } else {
    output.line(
      commandLine.singleDirectory === undefined
        ? "The configured local 'sync_dir' directory is out of sync with Microsoft OneDrive"
        : 'The selected local directory via --single-directory is out of sync with Microsoft OneDrive',
    );
    output.line(
      `Approximate data to download from Microsoft OneDrive: ${Math.round(downloadBytes / 1024)} KB`,
    );
  }
  const open = openItems(status).length;
  const left = open === 0 ? '' : `, ${open} that no change is planned for: tidemark plan`;
  output.line(
    rehearsed.length === 0 && open === 0
      ? 'IN SYNC'
      : `NOT IN SYNC: ${incoming.length} changes to the disk, ${rehearsed.length - incoming.length} to the drive${left}`,
  );
  return 0;
}
