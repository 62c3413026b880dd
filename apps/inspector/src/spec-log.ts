/** A log in memory for the specs: two runs over a few files, one of which is changed on both sides. */
import type { Command, Event, EventLog, RecordedEvent, RemoteRow } from '@tidemark/contracts';
import { driveItemId, localId, plainPolicy, seq } from '@tidemark/contracts';
import { evolve, initialState, noRules, plan, predictOutcome } from '@tidemark/engine';
import { createMemoryLog } from '@tidemark/event-log';

export const rulesFor = (): typeof noRules => noRules;

/** `files`: on the drive; each is downloaded. `rounds`: so often each of them changes there. Seconds lie between two events. */
export async function specLog(
  files: readonly string[],
  rounds = 0,
): Promise<{ readonly log: EventLog; readonly events: readonly RecordedEvent[] }> {
  const state = initialState();
  const events: RecordedEvent[] = [];
  const todo: Command[] = [];
  let changed: RemoteRow[] = files.map((name) => fileRow(name, 0));
  const record = (event: Event, source: string): void => {
    const recorded = { seq: seq(state.seq + 1), at: (state.seq + 1) * 1000, source, event };
    events.push({ ...recorded, items: evolve(state, recorded, rulesFor) });
  };
  const decide = (): void => {
    const commands = plan(state, seq(state.seq + 1));
    if (commands.length === 0) return;
    record({ type: 'Planned', commands }, 'engine');
    todo.push(...commands);
  };
  const carryOut = (command: Command): void => {
    if (command.type === 'ScanLocal')
      record({ type: 'LocalScanCompleted', command: command.id, unseen: [], oddities: [] }, 'watcher');
    else if (command.type === 'ReadRemote') {
      if (changed.length > 0) record({ type: 'RemoteSeen', rows: changed }, 'delta');
      changed = [];
      const end = { full: command.cursor === null, cursor: 'cursor', unseen: [] };
      record({ type: 'RemoteRoundCompleted', command: command.id, ...end }, 'delta');
    } else record(predictOutcome(state, command), 'downloader');
  };
  const settle = (): void => {
    decide();
    for (let command = todo.shift(); command !== undefined; command = todo.shift()) {
      carryOut(command);
      decide();
    }
  };
  record(started, 'engine');
  settle();
  for (let round = 1; round <= rounds; round += 1) {
    changed = files.map((name) => fileRow(name, round));
    record({ type: 'HintReceived', side: 'remote', source: 'spec' }, 'spec');
    settle();
  }
  const log = createMemoryLog();
  await log.append(events);
  return { log, events };
}

const started: Event = {
  ...{ type: 'Started', version: 'spec', plugins: [], forget: null },
  policy: { ...plainPolicy, pace: { ...plainPolicy.pace, mode: 'continuous', pollIntervalMs: 1000 } },
  drive: { id: 'drive', kind: 'business', rootId: driveItemId('root') },
  root: { id: localId('root'), marker: null },
};

const fileRow = (name: string, version: number): RemoteRow => ({
  ...{ id: driveItemId(name), parentId: driveItemId('root'), name, kind: 'file' },
  ...{ sizeBytes: 10 + version, hash: `${name}-${version}`, modifiedAt: 1_700_000_000 + version },
  ...{ eTag: `e-${version}`, cTag: `c-${version}` },
});
