/** The way of a scan down from a folder: parents first, each entered through the descriptor of its parent, and told in batches. */
import { closeSync, fstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { LocalId, LocalRow, ScanBatch } from '@tidemark/contracts';
import { errnoOf, failure } from './errno.ts';
import { openBelow } from './folder-below.ts';
import type { Folder } from './folders.ts';
import { timesOf } from './listed-folders.ts';
import { pathBelow } from './path-names.ts';
import { isAbsence, type ScanContext } from './scan-context.ts';
import { createRowReader } from './scan-rows.ts';

export interface Walk {
  /** Lists a folder and, in a complete scan, what is below it. Takes the folder over, and closes it unless it is the root. */
  from(start: Folder): AsyncGenerator<ScanBatch, void, undefined>;
  /** What was listed and not told yet; null when there is nothing. */
  rest(): ScanBatch | null;
  /** Closes what is open on the way. */
  close(): void;
}

const batchRows = 2000;
/** Descriptors of the folders on the way down. */
const depthMax = 256;

interface Listing {
  readonly id: LocalId;
  readonly rows: readonly LocalRow[];
}

/** A folder on the way down. */
interface Level {
  readonly folder: Folder;
  readonly todo: LocalRow[];
}

export function createWalk(scan: ScanContext): Walk {
  const { root, options, findings, listed } = scan;
  const rowsIn = createRowReader(scan);
  const levels: Level[] = [];
  let batch: Listing[] = [];
  let batchSize = 0;

  return {
    async *from(start) {
      const base = levels.length;
      await list(start);
      yield* fullBatch();
      while (levels.length > base && !scan.isStopped()) {
        const level = levels[levels.length - 1];
        const row = level?.todo.pop();
        if (level === undefined) break;
        if (row === undefined) {
          levels.pop();
          leave(level);
          continue;
        }
        const folder = enter(level.folder, row);
        if (folder !== null) await list(folder);
        yield* fullBatch();
      }
    },
    rest: () => (batch.length > 0 ? { folders: batch } : null),
    close() {
      for (const level of levels) leave(level);
    },
  };

  async function* fullBatch(): AsyncGenerator<ScanBatch> {
    if (batchSize < batchRows) return;
    yield { folders: batch };
    batch = [];
    batchSize = 0;
    await setImmediate();
  }

  function enter(parent: Folder, row: LocalRow): Folder | null {
    const path = pathBelow(parent.path, row.name);
    if (levels.length >= depthMax) {
      findings.doubt(row.id, path, 'it is nested too deeply');
      return null;
    }
    try {
      const folder = openBelow(parent, row.name, options.isApart);
      if (folder.id === row.id) return folder;
      closeSync(folder.fd);
      findings.unreadable.add(row.id);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === null) throw error;
      // Gone or replaced since its parent was listed: the parent is listed again at the end.
      if (isAbsence(error)) findings.unreadable.add(row.id);
      else findings.doubt(row.id, path, errno);
    }
    return null;
  }

  async function list(folder: Folder): Promise<void> {
    const level: Level = { folder, todo: [] };
    levels.push(level);
    if (listed.isListedElsewhere(folder)) {
      findings.doubt(folder.id, folder.path, 'it is mounted at two places or was moved during the scan');
      return;
    }
    const times = timesOf(fstatSync(folder.fd, { bigint: true }));
    let rows: LocalRow[];
    try {
      rows = await rowsIn(folder);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === null) throw error;
      if (folder.path === '') throw failure('rootSuspended', 'look into', '', errno);
      findings.doubt(folder.id, folder.path, errno);
      return;
    }
    findings.unreadable.delete(folder.id);
    listed.add(folder, times);
    batch.push({ id: folder.id, rows });
    batchSize += rows.length + 1;
    if (!scan.isComplete) return;
    for (const row of rows)
      if (row.kind === 'folder' && !listed.has(row.id) && !findings.unreadable.has(row.id))
        level.todo.push(row);
    level.todo.reverse();
  }

  function leave({ folder }: Level): void {
    if (folder.fd !== root.fd) closeSync(folder.fd);
  }
}
