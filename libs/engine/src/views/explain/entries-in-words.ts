/** What an entry says that the one before did not. */
import type { LocalEntry, RemoteEntry } from '@tidemark/trees';
import { quote } from './commands.ts';

/** `before` null: the drive had not shown the item. */
export function remoteNews(before: RemoteEntry | null, now: RemoteEntry): string {
  if (before === null || before.kind !== now.kind) return `The drive showed ${introduction(now)}`;
  const news = placeNews(before, now, 'item');
  const areHashed = before.hash !== null && now.hash !== null;
  const isSame = areHashed ? before.hash === now.hash : before.cTag !== null && before.cTag === now.cTag;
  if (now.kind === 'file' && !isSame)
    news.push(areHashed || before.sizeBytes !== now.sizeBytes ? newContent(now) : 'as a new version');
  if (now.kind === 'file' && before.modifiedAt !== now.modifiedAt)
    news.push('with another modification time');
  return `The drive showed it ${listed(news)}`;
}

/** `before` null: the disk had not shown the item. */
export function localNews(before: LocalEntry | null, now: LocalEntry): string {
  if (before === null || before.kind !== now.kind) return `The disk showed ${introduction(now)}`;
  const news = placeNews(before, now, 'file');
  const areHashed = before.hash !== null && now.hash !== null;
  const isOther = before.sizeBytes !== now.sizeBytes || (areHashed && before.hash !== now.hash);
  if (now.kind === 'file' && before.stamp !== now.stamp)
    news.push(isOther ? newContent(now) : 'touched or rewritten, with the size it had');
  return `The disk showed it ${listed(news)}`;
}

const newContent = ({ sizeBytes }: RemoteEntry | LocalEntry): string =>
  `with new content (${sizeBytes} bytes)`;

const listed = (news: readonly string[]): string =>
  news.length === 0 ? 'again, with nothing new that matters' : news.join(', ');

function introduction(entry: RemoteEntry | LocalEntry): string {
  const { kind, name, sizeBytes } = entry;
  if ('oddity' in entry && entry.oddity !== undefined) return `${quote(name)}, but ${entry.oddity}`;
  if (kind === 'file') return `the file ${quote(name)} (${sizeBytes} bytes)`;
  return kind === 'folder'
    ? `the folder ${quote(name)}`
    : `${quote(name)}, which is neither a file nor a folder of this drive`;
}

function placeNews<Entry extends RemoteEntry | LocalEntry>(
  before: Entry,
  now: Entry,
  what: string,
): string[] {
  const news: string[] = [];
  if (before.name !== now.name) news.push(`renamed from ${quote(before.name)} to ${quote(now.name)}`);
  if (before.parent !== now.parent) news.push('moved to another folder');
  if (before.id !== now.id) news.push(`as another ${what} in its place`);
  return news;
}
