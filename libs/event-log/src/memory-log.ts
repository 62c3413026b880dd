/** The event log in memory: the same log over another store, for simulations and for looking at copies. */
import type { EventLog, LogOpening } from '@tidemark/contracts';
import { LogDamage } from './damage.ts';
import { readArchived } from './anchor.ts';
import { archivesInMemory } from './archive-files.ts';
import { withoutMissing } from './history.ts';
import { logOnStore, type LogParts } from './log-on-store.ts';
import { type Kept, memoryStore } from './memory-store.ts';
import { beforeFirst, inspectTail } from './tail.ts';
import { type Upcaster, upcaster as current } from './upcast.ts';
import type { Witness, WitnessReading } from './witness.ts';

/** What survives the process that wrote it. Tests may alter it to play a damaged disk. */
export interface MemoryLogFiles {
  kept: Kept;
  witness: WitnessReading;
  /** Archives by their names. */
  archives: Map<string, Buffer>;
  damaged: string | undefined;
  /** Sets put aside after damage, oldest first. */
  readonly aside: {
    readonly kept: Kept;
    readonly witness: WitnessReading;
    readonly archives: ReadonlyMap<string, Buffer>;
  }[];
}

export const createMemoryLogFiles = (): MemoryLogFiles => ({
  kept: new Map(),
  witness: { state: 'missing' },
  archives: new Map(),
  damaged: undefined,
  aside: [],
});

/** An empty log. */
export function createMemoryLog(): EventLog {
  const files = createMemoryLogFiles();
  files.witness = { state: 'found', position: beforeFirst };
  return logOn(files, empty, { state: 'new' }, current);
}

/** Opens what an earlier log left in `files`, with the rules of the real one. There is no lock. */
export async function openMemoryLog(files: MemoryLogFiles, upcaster: Upcaster = current): Promise<EventLog> {
  const store = memoryStore(files.kept);
  try {
    if (files.damaged !== undefined) throw new LogDamage(0, files.damaged);
    const position = await inspectTail(store, files.witness, 'oneCommit');
    files.witness = { state: 'found', position };
    const archived = await withoutMissing(await readArchived(store), archivesInMemory(files.archives));
    return logOn(files, { position, archived }, { state: position.head === 0 ? 'new' : 'intact' }, upcaster);
  } catch (error) {
    if (!(error instanceof LogDamage)) throw error;
    files.aside.push({ kept: files.kept, witness: files.witness, archives: files.archives });
    files.archives = new Map();
    files.kept = new Map();
    files.witness = { state: 'found', position: beforeFirst };
    files.damaged = undefined;
    const keptAt = `memory:${files.aside.length}`;
    return logOn(files, empty, { state: 'damaged', detail: error.message, keptAt }, upcaster);
  }
}

type Contents = Pick<LogParts, 'position' | 'archived'>;
const empty: Contents = { position: beforeFirst, archived: { anchor: null, archives: [] } };

function logOn(files: MemoryLogFiles, contents: Contents, opening: LogOpening, upcaster: Upcaster): EventLog {
  const witness: Witness = {
    async write(written) {
      files.witness = { state: 'found', position: written };
    },
    read: async () => files.witness,
    close: async () => {},
  };
  return logOnStore({
    store: memoryStore(files.kept),
    files: archivesInMemory(files.archives),
    witness,
    ...contents,
    opening,
    upcaster,
    async onDamage(damage) {
      files.damaged = damage.message;
    },
    onClose: async () => {},
  });
}
