/**
 * Opens the log of one drive for writing.
 *
 *     folder/lock       a LevelDB that holds nothing: its lock says who may touch the rest
 *     folder/log        the LevelDB with the events
 *     folder/head       the witness of the log's end
 *     folder/room       there for a moment, to find out whether the disk takes writes again
 *     folder/archive    what was moved out of it, in files that never change
 *     folder/checked    which tables need not be read again; there after the log was closed in order
 *     folder/damaged    there when damage was found while reading: the next opening puts all of it aside
 *     folder/damaged-…  what was put aside
 */
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, EventLog, LogOpening } from '@tidemark/contracts';
import { makeFolders } from '@tidemark/folders';
import { diskFailure, explain, LogBusy, LogDamage, saysCorrupt, saysLocked } from './damage.ts';
import { type Archived, readArchived } from './anchor.ts';
import { archiveFolder } from './archive-files.ts';
import { checkFiles } from './check-files.ts';
import { keepCheckedTables, takeCheckedTables } from './checked-tables.ts';
import { withoutMissing } from './history.ts';
import { openLevelStore } from './level-store.ts';
import { logOnStore } from './log-on-store.ts';
import { removeOldDamage } from './old-damage.ts';
import { noPatience, type Patience, patiently, patientWitness } from './patience.ts';
import { setAside } from './set-aside.ts';
import { readingFailure } from './reading.ts';
import { createReopeningStore } from './reopening-store.ts';
import type { Store } from './store.ts';
import { beforeFirst, inspectTail } from './tail.ts';
import { type Upcaster, upcaster as current } from './upcast.ts';
import {
  createWitness,
  openWitness,
  type Position,
  readWitness,
  syncFolder,
  type Witness,
  type WitnessReading,
} from './witness.ts';

export interface OpenOptions {
  /** Made with mode 0700 when missing. Holds nothing else. */
  readonly folder: string;
  /** Names what is put aside. */
  readonly clock: Pick<Clock, 'now'>;
  readonly upcaster?: Upcaster;
  /** For what the disk refuses. */
  readonly patience?: Patience;
}

interface Opened {
  readonly store: Store;
  readonly witness: Witness;
  readonly position: Position;
  readonly archived: Archived;
  /** Identities of the tables that were checked. */
  readonly tables: readonly string[];
}

/** The log of a folder that no other process can open now. Nothing of it has been read. */
export interface LogLock {
  /**
   * Closing the log gives the lock up. Looks at the end of the log only; `read` and `verify` check the rest. Throws Failure
   * `logTooNew` when a newer version wrote its end, `diskFull`, `diskDenied`, `diskFault`, and what the signal says while files are checked.
   */
  open(signal?: AbortSignal): Promise<EventLog>;
  release(): Promise<void>;
}

/** For a process that wants to be found before it has read its log. Throws LogBusy when another process has it, and Failure. */
export async function lockEventLog(options: OpenOptions): Promise<LogLock> {
  const { folder, patience = noPatience } = options;
  const lock = await patiently(patience, 'Cannot lock the event log', async () => {
    await prepareFolder(folder);
    return takeLock(folder);
  });
  return { open: (signal) => openLocked(options, lock, signal), release: () => lock.close() };
}

/** Throws what locking and opening throw. */
export async function openEventLog(options: OpenOptions): Promise<EventLog> {
  const lock = await lockEventLog(options);
  try {
    return await lock.open();
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openLocked(options: OpenOptions, lock: Store, signal?: AbortSignal): Promise<EventLog> {
  const { folder, clock, upcaster = current, patience = noPatience } = options;
  const { opened, opening } = await patiently(patience, 'Cannot open the event log', () =>
    openOrSetAside(folder, clock, signal),
  );
  const reopen = (): Promise<Store> => reopenStore(folder, opened.tables);
  return logOnStore({
    ...createReopeningStore({ store: opened.store, reopen, patience }),
    witness: patientWitness(opened.witness, patience),
    position: opened.position,
    archived: opened.archived,
    files: archiveFolder(join(folder, 'archive')),
    opening,
    upcaster,
    onDamage: (damage) => markDamaged(folder, damage),
    onClose: () => keepCheckedTables(folder, opened.tables).finally(() => lock.close()),
  });
}

async function openOrSetAside(
  folder: string,
  clock: Pick<Clock, 'now'>,
  signal: AbortSignal | undefined,
): Promise<{ readonly opened: Opened; readonly opening: LogOpening }> {
  try {
    const opened = await openFiles(folder, signal);
    return { opened, opening: { state: opened.position.head === 0 ? 'new' : 'intact' } };
  } catch (error) {
    if (!(error instanceof LogDamage)) throw error;
    const keptAt = await setAside(folder, clock.now());
    const opened = await openFiles(folder);
    const removed = await removeOldDamage(folder, keptAt);
    const opening = { state: 'damaged', detail: error.message, keptAt } as const;
    return { opened, opening: removed.length === 0 ? opening : { ...opening, removed } };
  }
}

async function openFiles(folder: string, signal?: AbortSignal): Promise<Opened> {
  const logFolder = join(folder, 'log');
  const witnessPath = join(folder, 'head');
  const reading = await readWitness(witnessPath);
  const alreadyChecked = await takeCheckedTables(folder);
  const { isThere, tables } = await checkFiles(folder, sawEvents(reading), alreadyChecked, signal);
  const store = await openStore(logFolder, !isThere);
  try {
    const position = await inspectTail(store, reading, 'oneCommit');
    const archived = await withoutMissing(await readArchived(store), archiveFolder(join(folder, 'archive')));
    const witness =
      reading.state === 'missing'
        ? await createWitness(witnessPath, beforeFirst)
        : await openWitness(witnessPath);
    // After a crash between log and witness they agree again from here on.
    if (reading.state === 'found' && reading.position.head !== position.head) await witness.write(position);
    return { store, witness, position, archived, tables };
  } catch (error) {
    await store.close();
    throw readingFailure(error, beforeFirst.head);
  }
}

/** A power cut in a first start may leave the witness of an empty log, and no log. */
const sawEvents = (reading: WitnessReading): boolean =>
  reading.state === 'unreadable' || (reading.state === 'found' && reading.position.head > 0);

/** After a write that the disk refused: what was durable before has to be there. Throws Failure. */
async function reopenStore(folder: string, alreadyChecked: readonly string[]): Promise<Store> {
  await tryRoom(join(folder, 'room'));
  await checkFiles(folder, true, new Set(alreadyChecked));
  const store = await openStore(join(folder, 'log'), false);
  try {
    await inspectTail(store, await readWitness(join(folder, 'head')), 'oneCommit');
    return store;
  } catch (error) {
    await store.close();
    throw readingFailure(error, beforeFirst.head);
  }
}

/** Each attempt of LevelDB to open its files on a full disk leaves one more empty file. */
async function tryRoom(path: string): Promise<void> {
  try {
    await writeFile(path, Buffer.alloc(ROOM_BYTES), { mode: 0o600, flush: true });
  } finally {
    await rm(path, { force: true });
  }
}

const ROOM_BYTES = 1 << 18;

async function openStore(logFolder: string, create: boolean): Promise<Store> {
  try {
    return await openLevelStore(logFolder, create);
  } catch (error) {
    if (saysLocked(error)) throw new LogBusy(logFolder, error);
    if (saysCorrupt(error)) throw new LogDamage(0, explain(error), error);
    throw diskFailure('Cannot open the event log', error);
  }
}

/** LevelDB's lock is the kernel's: it ends with the process, so it is never stale. */
async function takeLock(folder: string): Promise<Store> {
  try {
    return await openLevelStore(join(folder, 'lock'), true);
  } catch (error) {
    if (saysLocked(error)) throw new LogBusy(folder, error);
    throw diskFailure('Cannot lock the event log', error);
  }
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    makeFolders(folder, 0o700);
    await chmod(folder, 0o700);
  } catch (error) {
    throw diskFailure(`Cannot use the folder of the event log "${folder}"`, error);
  }
}

async function markDamaged(folder: string, damage: LogDamage): Promise<void> {
  await writeFile(join(folder, 'damaged'), `${damage.message}\n`, { mode: 0o600, flush: true });
  await syncFolder(folder);
}
