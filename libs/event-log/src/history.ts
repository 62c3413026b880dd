/** Reads events wherever they lie: in archives first, then in the store. */
import type { ItemId, RecordedEvent, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { type Archived, firstOfLog } from './anchor.ts';
import { type ArchiveEntry, archiveName, openArchive, type OpenArchive } from './archive.ts';
import type { ArchiveFiles } from './archive-files.ts';
import { LogDamage } from './damage.ts';
import { seqOfItemKey, seqsOfItem } from './keys.ts';
import { eventsOf, type LiveBatches, type StoredBatch, walk } from './reading.ts';
import type { Upcaster } from './upcast.ts';

export interface History {
  readonly live: LiveBatches;
  readonly files: ArchiveFiles;
  readonly archived: Archived;
  readonly upcaster: Upcaster;
}

/** `from` absent: the first event that is kept. Throws LogDamage at the first break, and for a `from` that is not kept any more. */
export async function* readEvents(
  history: History,
  range: { readonly from?: Seq | undefined; readonly to: Seq },
): AsyncIterable<readonly RecordedEvent[]> {
  const { from, to } = range;
  const kept = firstOfLog(history.archived);
  if (from !== undefined && Math.max(from, 1) < kept && from <= to)
    throw new LogDamage(from, `events 1 to ${kept - 1} were removed with their archives`);
  for await (const batch of batchesOf(history, from, to)) {
    const events = eventsOf(batch, history.upcaster);
    const isWithin = ({ seq: at }: { readonly seq: Seq }): boolean => at >= (from ?? 1) && at <= to;
    yield isWithin({ seq: batch.first }) && isWithin({ seq: batch.last }) ? events : events.filter(isWithin);
  }
}

async function* batchesOf(history: History, from: Seq | undefined, to: Seq): AsyncIterable<StoredBatch> {
  const begin = from ?? seq(1);
  const isWanted = ({ first, last }: ArchiveEntry): boolean => last >= begin && first <= to;
  for await (const archive of archivesOf(history, from === undefined ? 'mayBegin' : 'mustBegin', isWanted))
    for (const batch of await archive.batches()) if (batch.last >= begin && batch.first <= to) yield batch;
  yield* walk(history.live, begin, to);
}

/** Events that touched the item, found through the indexes; the batches are checked like any others. */
export async function* readHistory(history: History, item: ItemId): AsyncIterable<RecordedEvent> {
  const { live, upcaster } = history;
  for await (const archive of archivesOf(history)) {
    const wanted = new Set(await archive.eventsOf(item));
    if (wanted.size === 0) continue;
    for (const batch of await archive.batches())
      if (holdsOneOf(batch, wanted)) yield* eventsOf(batch, upcaster).filter(({ seq: at }) => wanted.has(at));
  }
  let last = 0;
  for await (const page of live.store.range(seqsOfItem(item, live.end.head))) {
    for (const { key } of page) {
      const at = seqOfItemKey(key);
      if (at <= last) continue;
      for await (const batch of walk(live, at, at, 2)) {
        last = batch.last;
        yield* eventsOf(batch, upcaster).filter((event) => event.items.includes(item));
      }
    }
  }
}

function holdsOneOf({ first, last }: StoredBatch, wanted: ReadonlySet<Seq>): boolean {
  for (let at = first; at <= last; at = seq(at + 1)) if (wanted.has(at)) return true;
  return false;
}

/**
 * The archives, oldest first. Throws LogDamage when one of them is missing or damaged. `mayBegin`: those that are missing at the
 * beginning count as removed, which a writer may do while others read.
 */
export async function* archivesOf(
  { files, archived }: History,
  beginning: 'mayBegin' | 'mustBegin' = 'mayBegin',
  isWanted: (entry: ArchiveEntry) => boolean = () => true,
): AsyncIterable<OpenArchive> {
  let isBegun = beginning === 'mustBegin';
  for (const entry of archived.archives.filter(isWanted)) {
    const content = await files.read(archiveName(entry));
    if (content !== undefined) yield openArchive(content, entry);
    else if (isBegun) throw new LogDamage(entry.first, `the archive ${archiveName(entry)} is missing`);
    isBegun ||= content !== undefined;
  }
}

/** Without the archives at the beginning whose files are gone. */
export async function withoutMissing(archived: Archived, files: ArchiveFiles): Promise<Archived> {
  const names = new Set(await files.names());
  const begin = archived.archives.findIndex((entry) => names.has(archiveName(entry)));
  return { ...archived, archives: begin === -1 ? [] : archived.archives.slice(begin) };
}
