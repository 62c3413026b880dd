/** What a scan found, in parts that one message carries: a folder with very many entries comes in several. */
import type { LocalListing, ScanBatch } from '@tidemark/plugin-sdk';

type Folders = LocalListing['folders'];

export const partRowsMax = 2000;
/** A NATS server takes a megabyte in a message. */
const partBytesMax = 900 * 1024;

export function* partsOf(folders: ScanBatch['folders']): Generator<Folders> {
  let part: Folders[number][] = [];
  let size = 0;
  let bytes = 0;
  for (const { id, rows } of folders) {
    let start = 0;
    do {
      let end = start;
      for (; end < rows.length && size < partRowsMax && bytes < partBytesMax; end += 1) {
        size += 1;
        bytes += bytesOf(rows[end]);
      }
      const isWhole = end === rows.length;
      part.push({ id, rows: rows.slice(start, end), ...(isWhole ? {} : { more: true }) });
      // A folder weighs something, also when nothing is in it.
      size += 1;
      start = end;
      if (size >= partRowsMax || bytes >= partBytesMax) {
        yield part;
        part = [];
        size = 0;
        bytes = 0;
      }
    } while (start < rows.length);
  }
  if (part.length > 0) yield part;
}

/** At most, as JSON: a character may need six bytes. */
const bytesOf = (row: Folders[number]['rows'][number] | undefined): number =>
  row === undefined ? 0 : 300 + 6 * (row.name.length + (row.stagedAs?.length ?? 0));
