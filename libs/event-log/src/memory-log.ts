/** The event log in memory: the same log over another store, for simulations and for looking at copies. */
import type { EventLog, LogOpening } from '@tidemark/contracts';
import { LogDamage } from './damage.ts';
import { logOnStore } from './log-on-store.ts';
import { type Kept, memoryStore } from './memory-store.ts';
import { beforeFirst, inspectTail } from './tail.ts';
import { type Upcaster, upcaster as current } from './upcast.ts';
import type { Position, Witness, WitnessReading } from './witness.ts';

/** What survives the process that wrote it. Tests may alter it to play a damaged disk. */
export interface MemoryLogFiles {
  kept: Kept;
  witness: WitnessReading;
  damaged: string | undefined;
  /** Sets put aside after damage, oldest first. */
  readonly aside: { readonly kept: Kept; readonly witness: WitnessReading }[];
}

export const createMemoryLogFiles = (): MemoryLogFiles => ({
  kept: new Map(),
  witness: { state: 'missing' },
  damaged: undefined,
  aside: [],
});

/** An empty log. */
export function createMemoryLog(): EventLog {
  const files = createMemoryLogFiles();
  files.witness = { state: 'found', position: beforeFirst };
  return logOn(files, beforeFirst, { state: 'new' }, current);
}

/** Opens what an earlier log left in `files`, with the rules of the real one. There is no lock. */
export async function openMemoryLog(files: MemoryLogFiles, upcaster: Upcaster = current): Promise<EventLog> {
  const store = memoryStore(files.kept);
  try {
    if (files.damaged !== undefined) throw new LogDamage(0, files.damaged);
    const position = await inspectTail(store, files.witness, 'oneCommit');
    files.witness = { state: 'found', position };
    return logOn(files, position, { state: position.head === 0 ? 'new' : 'intact' }, upcaster);
  } catch (error) {
    if (!(error instanceof LogDamage)) throw error;
    files.aside.push({ kept: files.kept, witness: files.witness });
    files.kept = new Map();
    files.witness = { state: 'found', position: beforeFirst };
    files.damaged = undefined;
    const keptAt = `memory:${files.aside.length}`;
    return logOn(files, beforeFirst, { state: 'damaged', detail: error.message, keptAt }, upcaster);
  }
}

function logOn(files: MemoryLogFiles, position: Position, opening: LogOpening, upcaster: Upcaster): EventLog {
  const witness: Witness = {
    async write(written) {
      files.witness = { state: 'found', position: written };
    },
    read: async () => files.witness,
    close: async () => {},
  };
  return logOnStore({
    store: memoryStore(files.kept),
    witness,
    position,
    opening,
    upcaster,
    async onDamage(damage) {
      files.damaged = damage.message;
    },
    onClose: async () => {},
  });
}
