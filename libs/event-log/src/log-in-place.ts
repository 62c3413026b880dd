/**
 * Reads a log where it is: while a daemon writes it, or when it was saved long ago. Nothing is written, so nothing is left
 * behind however the reader ends, and a full or read-only disk is no hindrance.
 *
 * The head witness is read before the files are opened, so the log may be ahead of it, never behind. A mistake in
 * reading LevelDB's files would show as a broken chain, not as a shorter history.
 */
import { join } from 'node:path';
import type { EventLog } from '@tidemark/contracts';
import { readArchived } from './anchor.ts';
import { archiveFolder } from './archive-files.ts';
import { checkMark } from './check-files.ts';
import { diskFailure, LogDamage } from './damage.ts';
import { filesStore, tableDamageIn } from './files-store.ts';
import { withoutMissing } from './history.ts';
import { logOnStore } from './log-on-store.ts';
import { openFiles } from './open-files.ts';
import { readingFailure } from './reading.ts';
import { beforeFirst, findEnd, inspectTail } from './tail.ts';
import { upcaster } from './upcast.ts';
import { readWitness, type WitnessReading } from './witness.ts';

/**
 * The log as it is now; what is written later does not show. It cannot be appended to. A damaged log opens as `damaged`
 * with what its end still says; `read` then throws at the first break. Throws Failure `logDamaged` when nothing of it can
 * be read, `diskFault` when there is no log.
 */
export async function readLogInPlace(folder: string): Promise<EventLog> {
  try {
    const reading = await readWitness(join(folder, 'head'));
    const files = await openFiles(join(folder, 'log'));
    try {
      const store = filesStore(files);
      const damage =
        (await damageOf(checkMark(folder))) ??
        files.damage ??
        (await tableDamageIn(files)) ??
        (await damageOf(inspectTail(store, reading, 'any')));
      const position = await findEnd(store);
      const end: WitnessReading = damage === undefined ? { state: 'found', position } : reading;
      const archives = archiveFolder(join(folder, 'archive'));
      const log = logOnStore({
        store,
        files: archives,
        archived: await withoutMissing(await readArchived(store), archives),
        witness: { read: async () => end, write: refuse, close: async () => {} },
        position,
        opening:
          damage !== undefined
            ? { state: 'damaged', detail: damage.message, keptAt: folder }
            : { state: position.head === 0 ? 'new' : 'intact' },
        upcaster,
        onDamage: async () => {},
        onClose: async () => {},
      });
      return {
        ...log,
        head: position.head,
        first: log.first,
        append: refuse,
        saveSnapshot: refuse,
        retain: refuse,
      };
    } catch (error) {
      await files.close();
      throw readingFailure(error, beforeFirst.head);
    }
  } catch (error) {
    throw diskFailure(`Cannot read the event log in "${folder}"`, error);
  }
}

async function damageOf(check: Promise<unknown>): Promise<LogDamage | undefined> {
  try {
    await check;
    return undefined;
  } catch (error) {
    const failure = readingFailure(error, beforeFirst.head);
    if (failure instanceof LogDamage) return failure;
    throw error;
  }
}

async function refuse(): Promise<never> {
  throw new Error('Cannot write to an event log that was opened to be read');
}
