/** A log as a run leaves it that went on for long: the engine's own events, of a drive whose files change again and again. */
import type { Command, Event, EventLog, RecordedEvent, RemoteRow } from '@tidemark/contracts';
import { driveItemId, localId, plainPolicy, seq } from '@tidemark/contracts';
import { createRulesFor } from '@tidemark/daemon';
import { evolve, initialState, plan, predictOutcome, type State } from '@tidemark/engine';
import { openEventLog } from '@tidemark/event-log';

export interface HistoryOptions {
  /** Of the log; made when missing. */
  readonly folder: string;
  /** Files on the drive, a hundred a folder. */
  readonly files: number;
  /** The log has so many events at least. No snapshot is kept. */
  readonly events: number;
}

export interface History {
  readonly state: State;
  /** What becomes of one change on the drive, until all is at rest. */
  next(): readonly RecordedEvent[];
}

const root = 'root';
const filesPerFolder = 100;
const rowsPerPage = 200;
const batchEvents = 400;

/** Returns the number of events. */
export async function writeHistory({ folder, files, events }: HistoryOptions): Promise<number> {
  const log = await openEventLog({ folder, clock: { now: () => 0 } });
  // A tenth of a second an event: so many fill a week.
  const { state, next } = createHistory(files, () => state.seq * 100);
  while (state.seq < events) await keep(log, next());
  await log.close();
  return state.seq;
}

/** In batches as large as those of a run. */
export async function keep(log: EventLog, events: readonly RecordedEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += batchEvents)
    await log.append(events.slice(from, from + batchEvents));
}

/** @param now milliseconds since 1970 */
export function createHistory(files: number, now: () => number): History {
  const state = initialState();
  const rulesFor = createRulesFor();
  const todo: Command[] = [];
  let batch: RecordedEvent[] = [];
  let changed: RemoteRow[] = rowsOf(files);
  let version = 0;

  function record(event: Event): void {
    const recorded = { seq: seq(state.seq + 1), at: now(), source: 'bench', event };
    batch.push({ ...recorded, items: evolve(state, recorded, rulesFor) });
  }

  function decide(): void {
    const commands = plan(state, seq(state.seq + 1));
    if (commands.length === 0) return;
    record({ type: 'Planned', commands });
    todo.push(...commands);
  }

  function carryOut(command: Command): void {
    if (command.type === 'ScanLocal')
      record({ type: 'LocalScanCompleted', command: command.id, unseen: [], oddities: [] });
    else if (command.type === 'ReadRemote') {
      for (let from = 0; from < changed.length; from += rowsPerPage)
        record({ type: 'RemoteSeen', rows: changed.slice(from, from + rowsPerPage) });
      changed = [];
      const full = command.cursor === null;
      record({ type: 'RemoteRoundCompleted', command: command.id, full, cursor: 'cursor', unseen: [] });
    } else record(predictOutcome(state, command));
  }

  function change(): void {
    version += 1;
    changed = Array.from({ length: rowsPerPage }, (_, index) =>
      fileRow((version * rowsPerPage + index) % files, version),
    );
    record({ type: 'HintReceived', side: 'remote', source: 'bench' });
  }

  function begin(): void {
    record({
      ...{ type: 'Started', version: 'bench', plugins: [], forget: null },
      policy: { ...plainPolicy, pace: { ...plainPolicy.pace, mode: 'continuous', pollIntervalMs: 1000 } },
      drive: { id: 'drive', kind: 'business', rootId: driveItemId(root) },
      root: { id: localId(root), marker: null },
    });
  }

  return {
    state,
    next() {
      batch = [];
      if (state.seq === 0) begin();
      else change();
      decide();
      for (let command = todo.shift(); command !== undefined; command = todo.shift()) {
        carryOut(command);
        decide();
      }
      return batch;
    },
  };
}

function rowsOf(files: number): RemoteRow[] {
  const folders = Array.from({ length: Math.ceil(files / filesPerFolder) }, (_, index) => folderRow(index));
  return [...folders, ...Array.from({ length: files }, (_, index) => fileRow(index, 0))];
}

const folderRow = (index: number): RemoteRow => ({
  ...{ id: driveItemId(`folder-${index}`), parentId: driveItemId(root), name: `folder ${index}` },
  ...{
    kind: 'folder',
    sizeBytes: 0,
    hash: null,
    modifiedAt: 1_700_000_000,
    eTag: `folder-${index}`,
    cTag: null,
  },
});

function fileRow(index: number, version: number): RemoteRow {
  const text = `${index}-${version}`;
  return {
    ...{
      id: driveItemId(`file-${index}`),
      parentId: driveItemId(`folder-${Math.floor(index / filesPerFolder)}`),
    },
    ...{ name: `file ${index}.txt`, kind: 'file', sizeBytes: 1000 + version, hash: `hash-${text}` },
    ...{ modifiedAt: 1_700_000_000 + version, eTag: `e-${text}`, cTag: `c-${text}` },
  };
}
