/** What an entry says that the one before did not. */
import type { LocalEntry, RemoteEntry } from '@tidemark/trees';
import { quote } from './commands.ts';

/** `before` null: the drive had not shown the item. */
export function remoteNews(before: RemoteEntry | null, now: RemoteEntry): string {
  if (before === null || before.kind !== now.kind) return `The drive showed ${introduction(now)}`;
  const news = placeNews(before, now);
  if (before.id !== now.id) news.push('as another item in its place');
  const sameContent =
    before.hash !== null && now.hash !== null
      ? before.hash === now.hash
      : before.cTag !== null && before.cTag === now.cTag;
  if (now.kind === 'file' && !sameContent) {
    const isCertain = before.sizeBytes !== now.sizeBytes || (before.hash !== null && now.hash !== null);
    news.push(isCertain ? `with new content (${now.sizeBytes} bytes)` : 'as a new version');
  }
  if (now.kind === 'file' && before.modifiedAt !== now.modifiedAt)
    news.push('with another modification time');
  return `The drive showed it ${news.length === 0 ? 'again, with nothing new that matters' : news.join(', ')}`;
}

/** `before` null: the disk had not shown the item. */
export function localNews(before: LocalEntry | null, now: LocalEntry): string {
  if (before === null || before.kind !== now.kind) return `The disk showed ${introduction(now)}`;
  const news = placeNews(before, now);
  if (before.id !== now.id) news.push('as another file in its place');
  if (now.kind === 'file' && before.stamp !== now.stamp) {
    const isCertain =
      before.sizeBytes !== now.sizeBytes ||
      (before.hash !== null && now.hash !== null && before.hash !== now.hash);
    news.push(
      isCertain ? `with new content (${now.sizeBytes} bytes)` : 'touched or rewritten, with the size it had',
    );
  }
  return `The disk showed it ${news.length === 0 ? 'again, with nothing new that matters' : news.join(', ')}`;
}

function introduction(entry: RemoteEntry | LocalEntry): string {
  const { kind, name, sizeBytes } = entry;
  if ('oddity' in entry && entry.oddity !== undefined) return `${quote(name)}, but ${entry.oddity}`;
  if (kind === 'file') return `the file ${quote(name)} (${sizeBytes} bytes)`;
  return kind === 'folder'
    ? `the folder ${quote(name)}`
    : `${quote(name)}, which is neither a file nor a folder of this drive`;
}

function placeNews(before: RemoteEntry | LocalEntry, now: RemoteEntry | LocalEntry): string[] {
  const news: string[] = [];
  if (before.name !== now.name) news.push(`renamed from ${quote(before.name)} to ${quote(now.name)}`);
  if (before.parent !== now.parent) news.push('moved to another folder');
  return news;
}
