/**
 * How many bytes of a file on its way in are certainly there. It is flushed behind the writing, so that the end of a large file
 * is not the first time that the disk hears of it, and a note beside it tells the next process how far that came.
 */
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { errnoOf } from './errno.ts';
import type { Flush } from './flush.ts';

/** After so many bytes a flush starts behind the writing. Twice as many may be lost to a power cut. */
const checkpointBytes = 32 * 1024 * 1024;

export interface DurableBytes {
  /** Takes over what an earlier attempt noted. */
  recall(): void;
  /** So many are written, and the flush is too far behind. */
  isDue(writtenBytes: number): boolean;
  /** Flushes them behind the writing. One flush at a time: a line that is faster than the disk waits here. Throws system errors. */
  follow(writtenBytes: number): Promise<void>;
  /** Everything written is durable. Throws system errors. */
  all(): Promise<void>;
  /** The file begins anew: a flush from before says nothing about the bytes since. */
  forget(): void;
  removeNote(): void;
  close(): void;
}

/** `lost`: after a failed flush it is unknown what reached the disk, and the next one would not tell (F05). Everything begins anew. */
export function createDurableBytes(fd: number, note: string, flush: Flush, lost: () => void): DurableBytes {
  let open = true;
  let flushedBytes = 0;
  /** A flush of so many bytes has ended or is under way. */
  let askedBytes = 0;
  let flushing: Promise<void> | null = null;
  let fault: { readonly error: unknown } | null = null;
  /** Counts how often the file began anew. */
  let beginnings = 0;

  async function settle(): Promise<void> {
    await flushing;
    flushing = null;
    if (fault === null) return;
    const { error } = fault;
    lost();
    throw error;
  }

  return {
    recall() {
      flushedBytes = notedBytes(note);
      askedBytes = flushedBytes;
    },
    isDue: (writtenBytes) => writtenBytes - askedBytes >= checkpointBytes,
    async follow(writtenBytes) {
      await settle();
      const begun = beginnings;
      askedBytes = writtenBytes;
      const isStale = (): boolean => !open || begun !== beginnings;
      flushing = flush
        .file(fd)
        .then(() => {
          if (isStale()) return;
          writeFileSync(note, String(writtenBytes), { mode: 0o600 });
          flushedBytes = writtenBytes;
        })
        .catch((error: unknown) => {
          if (!isStale()) fault = { error };
        });
    },
    async all() {
      await settle();
      try {
        await flush.file(fd);
      } catch (error) {
        lost();
        throw error;
      }
    },
    forget() {
      removeNote();
      flushedBytes = 0;
      askedBytes = 0;
      fault = null;
      beginnings += 1;
    },
    removeNote,
    close() {
      open = false;
    },
  };

  function removeNote(): void {
    if (flushedBytes > 0) unlinkIfThere(note);
  }
}

/** How many bytes an earlier attempt has flushed. A power cut may leave fewer digits of the note, or zeros: both tell of less. */
export function notedBytes(note: string): number {
  try {
    const text = readFileSync(note, 'latin1');
    return /^\d+$/.test(text) ? Number(text) : 0;
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return 0;
  }
}

export function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
