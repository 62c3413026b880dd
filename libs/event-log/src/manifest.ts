/**
 * Which files count, as LevelDB's `MANIFEST` tells (doc/impl.md and db/version_edit.cc of LevelDB): it is a list of
 * edits, each a list of tagged fields. Other files are left-overs, perhaps unfinished ones, that LevelDB removes.
 */
import { recordsOf } from './record-file.ts';
import { varintAt } from './snappy.ts';
import { userKey } from './write.ts';

export interface LiveFiles {
  /** By their numbers. */
  readonly tables: ReadonlyMap<number, LiveTable>;
  /** Write-ahead files with a smaller number are in tables already. */
  readonly firstLog: number;
}

export interface LiveTable {
  readonly sizeBytes: number;
  /** First and last key, without what LevelDB puts behind keys. */
  readonly smallest: Buffer;
  readonly largest: Buffer;
}

const COMPARATOR = 1;
const LOG_NUMBER = 2;
const NEXT_FILE = 3;
const LAST_SEQUENCE = 4;
const COMPACT_POINTER = 5;
const DELETED_FILE = 6;
const NEW_FILE = 7;
const PREVIOUS_LOG_NUMBER = 9;

/** Throws RangeError for what is no manifest. */
export function liveFiles(manifest: Buffer): LiveFiles {
  const tables = new Map<number, LiveTable>();
  let firstLog = 0;
  for (const edit of recordsOf(manifest)) {
    const fields = fieldReader(edit);
    while (!fields.atEnd()) {
      switch (fields.number()) {
        case LOG_NUMBER:
          firstLog = fields.number();
          break;
        case NEXT_FILE:
        case LAST_SEQUENCE:
        case PREVIOUS_LOG_NUMBER:
          fields.number();
          break;
        case COMPARATOR:
          fields.text();
          break;
        case COMPACT_POINTER:
          fields.number();
          fields.text();
          break;
        case DELETED_FILE:
          fields.number();
          tables.delete(fields.number());
          break;
        case NEW_FILE:
          fields.number();
          tables.set(fields.number(), {
            sizeBytes: fields.number(),
            smallest: userKey(fields.text()),
            largest: userKey(fields.text()),
          });
          break;
        default:
          throw new RangeError('unknown field in the manifest');
      }
    }
  }
  return { tables, firstLog };
}

function fieldReader(bytes: Buffer): { atEnd(): boolean; number(): number; text(): Buffer } {
  let at = 0;
  const number = (): number => {
    const { value, next } = varintAt(bytes, at);
    at = next;
    return value;
  };
  return {
    atEnd: () => at >= bytes.length,
    number,
    text() {
      const length = number();
      if (at + length > bytes.length) throw new RangeError('a text of the manifest is cut short');
      return bytes.subarray(at, (at += length));
    },
  };
}
