/**
 * Moves the old part of the log into archives, and removes the oldest archives when all of it grows too large.
 *
 * Each archive is written, made durable and read back, and only then one commit moves the anchor and takes its batches out of
 * the store. A process that dies before the commit leaves a file that no entry names, which the next time removes. What is
 * needed to build the state stays: a snapshot that was read back, and the batches behind it.
 */
import type { LogLimits, LogRetained, Seq } from '@tidemark/contracts';
import { seq, SnapshotUnusable } from '@tidemark/contracts';
import { type Anchor, type Archived, anchorPair, archivePair, baseOf, firstOfLog } from './anchor.ts';
import { type ArchiveEntry, archiveName, encodeArchive, type ItemEvent, openArchive } from './archive.ts';
import type { ArchiveFiles } from './archive-files.ts';
import { LogDamage } from './damage.ts';
import type { History } from './history.ts';
import { allItemKeys, archiveKey, batchesBetween, batchKey, itemKey, snapshotsUpTo } from './keys.ts';
import { eventsOf, type LiveBatches, type StoredBatch, walk } from './reading.ts';
import { findSnapshot, snapshotDigest } from './snapshots.ts';
import { chainHash } from './stored-batch.ts';
import type { Store } from './store.ts';
import { lastSeq } from './tail.ts';
import type { Position } from './witness.ts';

/** Bytes of batches after which an archive is full. */
const ARCHIVE_BYTES = 8 << 20;
/** Archives are made of so much of the bound, so that it can be kept closely. */
const ARCHIVE_SHARE = 32;
/** Batches that take more of the bound go into archives before their time. */
const LIVE_SHARE = 4;
/** Until the next time the log grows, so it is made smaller than it may be. */
const ROOM_SHARE = 16;
const DAY_MS = 86_400_000;

export interface Retention {
  readonly store: Store;
  readonly files: ArchiveFiles;
  readonly upcaster: History['upcaster'];
  readonly end: Position;
  archived: Archived;
}

/** Changes `retention.archived` with each step that is durable. `goesOn` false: stops between two steps. */
export async function retain(
  retention: Retention,
  limits: LogLimits,
  goesOn: () => boolean,
): Promise<LogRetained> {
  const { store } = retention;
  const before = retention.archived;
  await removeStrays(retention);
  let obstacle: string | null = null;
  try {
    await archiveWhatIsOld(retention, limits, goesOn);
  } catch (error) {
    if (!(error instanceof SnapshotUnusable)) throw error;
    obstacle = error.message;
  }
  if (retention.archived !== before) {
    await store.compact(batchesBetween(seq(1), lastSeq));
    await store.compact(allItemKeys);
    await store.compact(snapshotsUpTo(lastSeq));
  }
  const removed = await removeOldest(retention, limits, goesOn);
  return {
    archivedTo: baseOf(retention.archived).head,
    hasArchived: retention.archived.anchor !== before.anchor,
    removed,
    sizeBytes: await totalBytes(retention),
    obstacle,
  };
}

async function archiveWhatIsOld(
  retention: Retention,
  limits: LogLimits,
  goesOn: () => boolean,
): Promise<void> {
  const { store, end } = retention;
  const snapshot = await findSnapshot(store, end.head);
  if (snapshot === null) return;
  let digest: Buffer | null = null;
  while (goesOn()) {
    const piece = await oldPiece(retention, limits, snapshot.seq);
    if (piece === null) return;
    digest ??= await snapshotDigest(snapshot);
    await archive(retention, piece, { seq: snapshot.seq, digest });
  }
}

interface Piece {
  readonly batches: readonly StoredBatch[];
  readonly index: readonly ItemEvent[];
  readonly until: number;
}

/** What the next archive is made of; null when nothing has to go yet. The last batch always stays, as the end of the log. */
async function oldPiece(
  { store, end, upcaster, archived }: Retention,
  { olderThan, sizeBytesMax }: LogLimits,
  to: Seq,
): Promise<Piece | null> {
  const base = baseOf(archived);
  const live: LiveBatches = { store, base, end };
  const first = seq(base.head + 1);
  const isCrowded = (await store.sizeBytes(batchesBetween(first, lastSeq))) > sizeBytesMax / LIVE_SHARE;
  const fullBytes = Math.min(ARCHIVE_BYTES, sizeBytesMax / ARCHIVE_SHARE);
  const batches: StoredBatch[] = [];
  const index: ItemEvent[] = [];
  let sizeBytes = 0;
  let [from, until] = [0, 0];
  for await (const batch of walk(live, first, to)) {
    if (batch.last > to || batch.last === end.head) break;
    const events = eventsOf(batch, upcaster);
    const at = events[0]?.at ?? 0;
    if (!isCrowded && at >= olderThan) break;
    if (batches.length === 0) from = at;
    for (const event of events) for (const item of new Set(event.items)) index.push({ item, at: event.seq });
    until = events.at(-1)?.at ?? at;
    batches.push(batch);
    sizeBytes += batch.value.length;
    if (sizeBytes >= fullBytes) return { batches, index, until };
  }
  // A quiet log fills an archive with a day, and not with an hour.
  const isWorthIt = batches.length > 0 && (isCrowded || from < olderThan - DAY_MS);
  return isWorthIt ? { batches, index, until } : null;
}

async function archive(retention: Retention, piece: Piece, snapshot: Anchor['snapshot']): Promise<void> {
  const { store, files, archived } = retention;
  const { batches, index, until } = piece;
  const { entry, content } = await encodeArchive(batches, index, { before: baseOf(archived).chain, until });
  const name = archiveName(entry);
  await files.write(name, content);
  await checkWritten(await files.read(name), entry, batches);
  const anchor: Anchor = { head: entry.last, chain: entry.chain, snapshot };
  await store.commit(
    [anchorPair(anchor), archivePair(entry)],
    [...batches.map(({ first }) => batchKey(first)), ...index.map(({ item, at }) => itemKey(item, at))],
  );
  retention.archived = { anchor, archives: [...archived.archives, entry] };
  // The state can be built from the one that the anchor names.
  await store.remove(snapshotsUpTo(seq(snapshot.seq - 1)));
}

/** What was read back is what leaves the store. */
async function checkWritten(
  content: Buffer | undefined,
  entry: ArchiveEntry,
  batches: readonly StoredBatch[],
): Promise<void> {
  const written = content === undefined ? [] : await openArchive(content, entry).batches();
  const isSame =
    written.length === batches.length &&
    batches.every(({ value }, index) => chainHash(written[index]?.value ?? value).equals(chainHash(value)));
  if (!isSame) throw new LogDamage(entry.first, `the archive ${archiveName(entry)} is not what was written`);
}

/** The entry first: without it the file is a stray. */
async function removeOldest(
  retention: Retention,
  { sizeBytesMax }: LogLimits,
  goesOn: () => boolean,
): Promise<LogRetained['removed']> {
  const { store, files } = retention;
  const from = firstOfLog(retention.archived);
  const sizeBytesWanted = sizeBytesMax - sizeBytesMax / ROOM_SHARE;
  let removed: LogRetained['removed'] = null;
  while (goesOn() && (await totalBytes(retention)) > sizeBytesWanted) {
    const [oldest, ...others] = retention.archived.archives;
    if (oldest === undefined) break;
    await store.commit([], [archiveKey(oldest.first)]);
    retention.archived = { ...retention.archived, archives: others };
    await files.remove(archiveName(oldest));
    removed = { from, to: oldest.last, until: oldest.until };
  }
  return removed;
}

/** Files that a process has left that died before their entry was durable, or after it was removed. */
async function removeStrays({ files, archived }: Retention): Promise<void> {
  const known = new Set(archived.archives.map(archiveName));
  for (const name of await files.names()) if (!known.has(name)) await files.remove(name);
}

const totalBytes = async ({ store, archived }: Retention): Promise<number> =>
  archived.archives.reduce((sum, { sizeBytes }) => sum + sizeBytes, await store.totalBytes());
