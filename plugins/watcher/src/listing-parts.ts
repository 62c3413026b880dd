/** What a scan found, in parts that one message carries: a folder with very many entries comes in several. */
import type { LocalListing, ScanBatch } from '@tidemark/plugin-sdk';

type Folders = LocalListing['folders'];

export const partRowsMax = 2000;

export function* partsOf(folders: ScanBatch['folders']): Generator<Folders> {
  let part: Folders[number][] = [];
  let size = 0;
  for (const { id, rows } of folders) {
    let start = 0;
    do {
      const end = Math.min(rows.length, start + partRowsMax - size);
      const isWhole = end === rows.length;
      part.push({ id, rows: rows.slice(start, end), ...(isWhole ? {} : { more: true }) });
      // A folder weighs something, also when nothing is in it.
      size += end - start + 1;
      start = end;
      if (size >= partRowsMax) {
        yield part;
        part = [];
        size = 0;
      }
    } while (start < rows.length);
  }
  if (part.length > 0) yield part;
}
