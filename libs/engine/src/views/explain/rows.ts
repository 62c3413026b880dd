/** What a row says that the one before did not. */
import type { LocalRow, RemoteRow } from '@tidemark/contracts';
import { quote } from './commands.ts';

/** `before` null: the drive had not shown the item. */
export function remoteNews(before: RemoteRow | null, row: RemoteRow): string {
  if (before === null || before.kind !== row.kind) return `The drive showed ${introduction(row)}`;
  const news = placeNews(before, row);
  const sameContent =
    before.hash !== null && row.hash !== null
      ? before.hash === row.hash
      : before.cTag !== null && before.cTag === row.cTag;
  if (row.kind === 'file' && !sameContent) {
    const isCertain = before.sizeBytes !== row.sizeBytes || (before.hash !== null && row.hash !== null);
    news.push(isCertain ? `with new content (${row.sizeBytes} bytes)` : 'as a new version');
  }
  if (row.kind === 'file' && before.modifiedAt !== row.modifiedAt)
    news.push('with another modification time');
  return `The drive showed it ${news.length === 0 ? 'again, with nothing new that matters' : news.join(', ')}`;
}

/** `before` null: the disk had not shown the item. */
export function localNews(before: LocalRow | null, row: LocalRow): string {
  if (before === null || before.kind !== row.kind) return `The disk showed ${introduction(row)}`;
  const news = placeNews(before, row);
  if (before.id !== row.id) news.push('as another file in its place');
  if (row.kind === 'file' && before.stamp !== row.stamp) {
    const isCertain =
      before.sizeBytes !== row.sizeBytes ||
      (before.hash !== null && row.hash !== null && before.hash !== row.hash);
    news.push(
      isCertain ? `with new content (${row.sizeBytes} bytes)` : 'touched or rewritten, with the size it had',
    );
  }
  return `The disk showed it ${news.length === 0 ? 'again, with nothing new that matters' : news.join(', ')}`;
}

function introduction(row: RemoteRow | LocalRow): string {
  const { kind, name, sizeBytes } = row;
  if ('oddity' in row && row.oddity !== undefined) return `${quote(name)}, but ${row.oddity}`;
  if (kind === 'file') return `the file ${quote(name)} (${sizeBytes} bytes)`;
  return kind === 'folder'
    ? `the folder ${quote(name)}`
    : `${quote(name)}, which is neither a file nor a folder of this drive`;
}

function placeNews(before: RemoteRow | LocalRow, row: RemoteRow | LocalRow): string[] {
  const news: string[] = [];
  if (before.name !== row.name) news.push(`renamed from ${quote(before.name)} to ${quote(row.name)}`);
  if (before.parentId !== row.parentId) news.push('moved to another folder');
  return news;
}
