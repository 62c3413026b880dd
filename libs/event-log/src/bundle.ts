/**
 * An incident bundle: a part of a log in one file that its user can send away, and that reads as a log.
 *
 *     gzip of lines of JSON
 *     line 1        { about: lines for people }
 *     line 2        the head: what it is, versions, the events it holds, what they led to, and what the rules said
 *     then          { chunk: text } for each chunk of the snapshot before the first event, if that is not the first of the log
 *     then          { batch: events } for each batch
 *     last line     { sha256: digest of all bytes before it }
 *
 * `zcat BUNDLE | head -1` shows what it is about.
 */
import { createHash, hash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { EventLog, RecordedEvent, Seq } from '@tidemark/contracts';
import { Failure, seq } from '@tidemark/contracts';
import { currentFormat, upcaster } from './upcast.ts';

export interface BundleHead {
  /** Of Tidemark, that made it. */
  readonly version: string;
  readonly names: 'kept' | 'redacted';
  /** The state before the first event: 0 when nothing is known before it. */
  readonly before: Seq;
  readonly last: Seq;
  /** Digest of what is known after the last event. */
  readonly digest: string;
  /** What filters and plugins said, opaque here. */
  readonly rules: unknown;
}

export interface Bundle {
  readonly about: readonly string[];
  readonly head: BundleHead;
  readonly chunks: readonly string[];
  readonly batches: readonly (readonly RecordedEvent[])[];
}

/** A log that cannot be written to, with what the bundle says of itself. */
export interface BundleLog extends EventLog {
  readonly bundle: Pick<Bundle, 'about' | 'head'>;
}

export const isBundle = (log: EventLog): log is BundleLog => 'bundle' in log;

const title = 'Tidemark incident bundle';
const bundleFormat = 1;

export function encodeBundle({ about, head, chunks, batches }: Bundle): Buffer {
  const digest = createHash('sha256');
  const lines: Buffer[] = [];
  const add = (line: unknown): void => {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    digest.update(bytes);
    lines.push(bytes);
  };
  add({ about });
  add({ bundle: title, format: bundleFormat, eventFormat: currentFormat, ...head });
  for (const chunk of chunks) add({ chunk });
  for (const batch of batches) add({ batch });
  lines.push(Buffer.from(`${JSON.stringify({ sha256: digest.digest('hex') })}\n`));
  return gzipSync(Buffer.concat(lines), { level: 9 });
}

/** `path`: for messages. Throws Failure `logDamaged`, and `logTooNew`. */
export function openBundle(content: Uint8Array, path: string): BundleLog {
  const { about, head, chunks, batches } = decodeBundle(content, path);
  const { before, last } = head;
  const first = seq(before + 1);
  const events = async function* (from: Seq, to: Seq): AsyncGenerator<readonly RecordedEvent[]> {
    for (const batch of batches) {
      const wanted = batch.filter((one) => one.seq >= from && one.seq <= to);
      if (wanted.length > 0) yield wanted;
    }
  };
  return {
    ...{ bundle: { about, head }, opening: { state: 'intact' }, head: last, first },
    read({ from = first, to = last } = {}) {
      if (from < first && from <= to)
        throw damaged(
          path,
          `it begins at event ${first}, and the state before is kept as version ${head.version} knows it`,
        );
      return events(from, to);
    },
    async *history(item) {
      for (const batch of batches) for (const one of batch) if (one.items.includes(item)) yield one;
    },
    async latestSnapshot(to = last) {
      return before === 0 || to < before ? null : { seq: before, chunks: eachOf(chunks) };
    },
    verify: async () => ({ ok: true, head: last, batches: batches.length }),
    ...{ append: refuse, saveSnapshot: refuse, retain: refuse },
    close: async () => {},
  };
}

function decodeBundle(content: Uint8Array, path: string): Bundle {
  const text = unpacked(content, path);
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  const sealed = objectIn(text.subarray(end).toString(), path);
  if (sealed['sha256'] !== hash('sha256', text.subarray(0, end)))
    throw damaged(path, 'it has other bytes than were written');
  const [about, head, ...rest] = text
    .toString('utf8', 0, end)
    .split('\n')
    .slice(0, -1)
    .map((line) => objectIn(line, path));
  if (about === undefined || head?.['bundle'] !== title) throw damaged(path, `it is no ${title}`);
  const { format, eventFormat, version, names, before, last, digest, rules } = head;
  if (format !== bundleFormat || typeof eventFormat !== 'number')
    throw new Failure({
      code: 'logTooNew',
      detail: `Cannot read "${path}": its format is ${String(format)}`,
    });
  return {
    about: listOf(about['about']).map(String),
    head: {
      ...{ version: String(version), names: names === 'kept' ? 'kept' : 'redacted', rules },
      ...{ before: seq(Number(before)), last: seq(Number(last)), digest: String(digest) },
    },
    chunks: rest.flatMap(({ chunk }) => (typeof chunk === 'string' ? [chunk] : [])),
    batches: rest.flatMap(({ batch }) =>
      batch === undefined ? [] : [listOf(batch).map((one) => upcaster.upcast(one, eventFormat))],
    ),
  };
}

/** A bundle from a stranger must not fill the memory. */
const bytesMax = 1 << 30;

function unpacked(content: Uint8Array, path: string): Buffer {
  try {
    return gunzipSync(content, { maxOutputLength: bytesMax });
  } catch (error) {
    throw damaged(path, `it is no ${title}, or was cut short`, error);
  }
}

function objectIn(line: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed };
  } catch (error) {
    throw damaged(path, 'a line of it cannot be read', error);
  }
  throw damaged(path, 'a line of it is no object');
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const damaged = (path: string, detail: string, cause?: unknown): Failure =>
  new Failure({ code: 'logDamaged', detail: `Cannot read "${path}": ${detail}` }, { cause });

async function* eachOf<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values;
}

async function refuse(): Promise<never> {
  throw new Error('Cannot write to an incident bundle');
}
