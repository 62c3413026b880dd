/** One profile belongs to one program at a time: while a run of ours lasts, the `onedrive` client does not start with its profile. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { countBelieved, holdPeerDatabase, logFolder, type Profile } from '@tidemark/daemon';
import type { CommandContext } from './context.ts';
import { asksForJson } from './for-programs.ts';

/** Returns what lets it start again. Throws PeerRuns when it runs. What it left is said at the first start with a profile of its. */
export async function keepPeerOut(context: CommandContext): Promise<() => void> {
  const { commandLine, output, profile } = context;
  const peer = await holdPeerDatabase(profile);
  if (peer.type === 'none') return () => {};
  if (peer.type === 'unusable') {
    output.errorLine(`WARNING: Cannot hold the item database of the onedrive client, ${peer.why}`);
    output.errorLine('         Do not start that client with this profile while Tidemark runs');
    return () => {};
  }
  const isAnswered = commandLine.action.type === 'migrate' || asksForJson(commandLine);
  if (!isAnswered && !isTakenOver(profile))
    for (const line of firstStartLines(countBelieved(peer.database))) output.line(line);
  return peer.release;
}

/** A run of ours has begun with this profile before. */
export const isTakenOver = (profile: Profile): boolean => existsSync(join(logFolder(profile), 'head'));

const firstStartLines = (items: number | null): readonly string[] => [
  `The onedrive client synced with this profile${items === null ? '' : ` (${items} items)`}: its login, config and filters hold as they are`,
  'Both sides are compared by hash; what is the same on both is not transferred. The way back: tidemark migrate back',
];
