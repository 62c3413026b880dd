/** `--display-sync-status`: the peer's two answers, from a rehearsal, with our verdict over both directions as the last line. */
import { commandEffects } from '@tidemark/contracts';
import type { RunEnd } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { openItems, rehearseAll } from './rehearse.ts';

export async function displaySyncStatus(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const { own, shared } = await rehearseAll(context);
  if (own.cause === 'interrupted') return exitCodeOf('interrupted', commandLine);
  const counted = [own, ...shared.places.map(({ end }) => end)].map(countsOf);
  const downloadBytes = sum(counted.map(({ bytes }) => bytes));
  const incoming = sum(counted.map((one) => one.incoming));
  const outgoing = sum(counted.map((one) => one.outgoing));
  const open = sum(counted.map((one) => one.open));
  output.line(`Querying the change status of Drive ID: ${own.driveId} .`);
  for (const { place } of shared.places)
    output.line(`Querying the change status of the shared folder ${escaped(place.path)}`);
  if (incoming === 0) {
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
  for (const line of shared.lines) output.line(line);
  const left = open === 0 ? '' : `, ${open} that no change is planned for: tidemark plan`;
  const isInSync = incoming + outgoing + open + shared.lines.length === 0 && !shared.hasFailed;
  output.line(
    isInSync ? 'IN SYNC' : `NOT IN SYNC: ${incoming} changes to the disk, ${outgoing} to the drive${left}`,
  );
  return 0;
}

function countsOf({ rehearsed, status }: RunEnd) {
  const incoming = rehearsed.filter((command) => commandEffects[command.type] === 'writesDisk');
  const bytes = incoming.map((command) => (command.type === 'DownloadFile' ? command.remote.sizeBytes : 0));
  return {
    incoming: incoming.length,
    outgoing: rehearsed.length - incoming.length,
    bytes: sum(bytes),
    open: openItems(status).length,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
