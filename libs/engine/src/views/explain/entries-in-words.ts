/** What an entry says that the one before did not. */
import type { LocalEntry, RemoteEntry, Side } from '@tidemark/trees';
import { quote } from './commands.ts';

type Entry = RemoteEntry | LocalEntry;

export const placeOf = { remote: 'drive', local: 'disk' } as const satisfies Record<Side, string>;

/** `before` null: the side had not shown the item. */
export function entryNews(side: Side, before: Entry | null, now: Entry): string {
  const shown = `The ${placeOf[side]} showed`;
  if (before === null || before.kind !== now.kind || oddityOf(before) !== oddityOf(now))
    return `${shown} ${introduction(now)}`;
  const news: string[] = [];
  if (before.name !== now.name) news.push(`renamed from ${quote(before.name)} to ${quote(now.name)}`);
  if (before.parent !== now.parent) news.push('moved to another folder');
  if (before.id !== now.id) news.push('as another item in its place');
  if (now.kind === 'file') {
    const areHashed = before.hash !== null && now.hash !== null;
    if (areHashed ? before.hash !== now.hash : before.sizeBytes !== now.sizeBytes)
      news.push(`with new content (${now.sizeBytes} bytes)`);
    else if (!areHashed && versionOf(before) !== versionOf(now))
      news.push('touched or rewritten, with the size it had');
    if (before.modifiedAt !== now.modifiedAt) news.push('with another modification time');
  }
  return `${shown} it ${news.length === 0 ? 'again, with nothing new that matters' : news.join(', ')}`;
}

const versionOf = (entry: Entry): string | null => ('stamp' in entry ? entry.stamp : entry.cTag);
/** Why the drive would not tell of it as it should. */
export const oddityOf = (entry: Entry): string | undefined => ('oddity' in entry ? entry.oddity : undefined);

function introduction(entry: Entry): string {
  const { kind, name, sizeBytes } = entry;
  const oddity = oddityOf(entry);
  if (oddity !== undefined) return `${quote(name)}, but ${oddity}`;
  if (kind === 'file') return `the file ${quote(name)} (${sizeBytes} bytes)`;
  return kind === 'folder'
    ? `the folder ${quote(name)}`
    : `${quote(name)}, which is neither a file nor a folder of this drive`;
}
