import type { Command, Event, Observation, RecordedEvent } from '@tidemark/contracts';
import { plainPolicy } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { createInbox } from './inbox.ts';
import type { Inbox } from './inbox.ts';
import { run } from './run.ts';
import { initialState, noRules, type State } from '../fold/state.ts';
import { createSpecClock } from '../testing/spec-clock.ts';
import { byFolder, onDisk, onDrive, startedWith } from '../testing/spec-run.ts';

interface Conditions {
  append?: (events: readonly RecordedEvent[]) => Promise<void>;
  windDown?: (inbox: Inbox, state: State) => Promise<void>;
  beforeStopped?: (record: (event: Event, source: string) => Promise<void>) => Promise<void>;
}

const pruning = { type: 'PruningPlanned', files: [] } as const;

/** A live loop whose log and hands write down the order in which they were used. */
function live({ append, windDown, beforeStopped }: Conditions = {}) {
  const clock = createSpecClock();
  const inbox: Inbox = createInbox(clock);
  const state = initialState();
  const trace: string[] = [];
  const log: RecordedEvent[] = [];
  let stop = false;
  const ended = run({
    state,
    rulesFor: () => noRules,
    inbox,
    clock,
    opening: [startedWith(plainPolicy)],
    log: {
      append: async (events) => {
        trace.push(`append ${events.map(({ event }) => event.type).join(' ')}`);
        await (append ?? (() => turns(3)))(events);
        log.push(...events);
        trace.push('durable');
      },
    },
    dispatch: (command: Command) => trace.push(`dispatch ${command.type}`),
    publish: (events) => trace.push(`publish ${events.length}`),
    causeOfEnd: () => (stop ? 'finished' : null),
    windDown: async () => windDown?.(inbox, state),
    beforeStopped: async (_cause, record) => beforeStopped?.(record),
  });
  return {
    clock,
    inbox,
    state,
    trace,
    log,
    ended,
    stop: () => {
      stop = true;
      inbox.nudge();
      return ended;
    },
  };
}

/** An empty disk, and one file on the drive that is to be fetched. */
function bothLooks({ local, remote }: State): Observation[] {
  const [scan, round] = [local.look.command?.id, remote.look.command?.id];
  if (scan === undefined || round === undefined) throw new Error('The run did not begin with both looks');
  return [
    { type: 'LocalListing', command: scan, part: 0, folders: byFolder([]) },
    { type: 'CommandSucceeded', command: scan, look: { parts: 1, unreadable: [], oddities: [] } },
    { type: 'RemotePage', command: round, page: 0, rows: [onDrive('A', 'a', 'one')] },
    { type: 'CommandSucceeded', command: round, look: { parts: 1, cursor: 'next' } },
  ];
}

describe('the loop', () => {
  it('looks while it makes the plan durable: a look changes nothing', async () => {
    const { trace, stop } = live();
    await turns();
    expect(trace).toEqual([
      'dispatch ScanLocal',
      'dispatch ReadRemote',
      'append Started Planned',
      'durable',
      'publish 2',
    ]);
    await stop();
  });

  it('hands out no change when the log fails, and ends with its failure', async () => {
    let isFull = false;
    const { trace, inbox, state, ended } = live({
      append: () => (isFull ? Promise.reject(new Error('disk full')) : Promise.resolve()),
    });
    await turns();
    trace.length = 0;
    isFull = true;
    void inbox.put('spec', bothLooks(state));
    await expect(ended).rejects.toThrow('disk full');
    expect(trace).toEqual(['append LocalScanCompleted RemoteSeen RemoteRoundCompleted Planned']);
  });

  it('makes a plan durable before it hands out what changes anything, and keeps it in one batch with what it follows from', async () => {
    const { trace, inbox, state, stop } = live();
    await turns();
    trace.length = 0;
    await inbox.putDurably('spec', bothLooks(state)).then(() => trace.push('accepted'));
    await turns();
    expect(trace).toEqual([
      'append LocalScanCompleted RemoteSeen RemoteRoundCompleted Planned',
      'durable',
      'publish 4',
      'dispatch DownloadFile',
      'accepted',
    ]);
    await stop();
  });

  it('makes what arrives while a batch is made durable the next batch, in the order of arrival', async () => {
    const flush = Promise.withResolvers<void>();
    let isSlow = false;
    const { trace, inbox, log, stop } = live({ append: async () => (isSlow ? flush.promise : undefined) });
    const hint = (source: string): Observation => ({
      ...{ type: 'HintReceived', side: 'local', source, folders: [source] },
    });
    await turns();
    trace.length = 0;
    isSlow = true;
    for (const source of ['a', 'b', 'c', 'd']) {
      await inbox.put('spec', [hint(source)]);
      await turns();
    }
    isSlow = false;
    flush.resolve();
    await turns();
    expect(trace.filter((line) => line.startsWith('append'))).toEqual([
      'append HintReceived',
      'append HintReceived HintReceived HintReceived',
    ]);
    const sources = log.flatMap(({ event }) => (event.type === 'HintReceived' ? [event.source] : []));
    expect(sources).toEqual(['a', 'b', 'c', 'd']);
    await stop();
  });

  it('records what handlers still finish when it ends, and what goes from the trash, and plans nothing from it', async () => {
    const { log, inbox, state, stop } = live({
      windDown: async (late, { inFlight }) => {
        const [download] = inFlight.values();
        if (download === undefined) throw new Error('Nothing was under way');
        const local = onDisk('LA', 'a', 'one');
        await late.put('downloader', [
          { type: 'CommandSucceeded', command: download.id, local },
          { type: 'HintReceived', side: 'local', source: 'late' },
          pruning,
        ]);
      },
      beforeStopped: (record) => record(pruning, 'trash'),
    });
    await turns();
    await inbox.putDurably('spec', bothLooks(state));
    log.length = 0;
    await stop();
    expect(log.map(({ event, source }) => `${source}: ${event.type}`)).toEqual([
      'engine: PlanningEnded',
      'downloader: CommandSucceeded',
      'downloader: PruningPlanned',
      'trash: PruningPlanned',
      'engine: Stopped',
    ]);
    expect([...state.trees.items.values()].at(-1)?.local?.name).toBe('a');
  });

  it('records what a handler finishes while the batch of another one is made durable', async () => {
    const flush = Promise.withResolvers<void>();
    let isSlow = false;
    const { log, inbox, state, stop } = live({
      append: async () => (isSlow ? flush.promise : undefined),
      windDown: async (late, { inFlight }) => {
        const [first, second] = [...inFlight.values()].map(({ id }) => id);
        if (first === undefined || second === undefined) throw new Error('Two are to be under way');
        isSlow = true;
        void late.put('spec', [
          { type: 'CommandSucceeded', command: first, local: onDisk('LA', 'a', 'one') },
        ]);
        await turns();
        void late.put('spec', [
          { type: 'CommandSucceeded', command: second, local: onDisk('LB', 'b', 'two') },
        ]);
        void turns().then(() => flush.resolve());
      },
    });
    await turns();
    const looks = bothLooks(state).map((one) =>
      one.type === 'RemotePage' ? { ...one, rows: [...one.rows, onDrive('B', 'b', 'two')] } : one,
    );
    await inbox.putDurably('spec', looks);
    await turns();
    await stop();
    expect(log.filter(({ event }) => event.type === 'CommandSucceeded').length).toBe(2);
  });

  it('appends nothing for what is not news, and lets the depositor go', async () => {
    const { trace, inbox, stop } = live();
    await turns();
    trace.length = 0;
    await inbox.putDurably('spec', [
      {
        type: 'CommandSucceeded',
        command: JSON.parse('"99/0"') as Command['id'],
        local: onDisk('L', 'x', 'x'),
      },
    ]);
    expect(trace).toEqual([]);
    await stop();
  });

  it('wakes by itself when the next attempt is due', async () => {
    const { clock, inbox, state, trace, stop } = live();
    await turns();
    const round = state.remote.look.command?.id;
    if (round === undefined) throw new Error('The run did not begin with a look at the drive');
    await inbox.putDurably('spec', [
      {
        type: 'CommandFailed',
        command: round,
        failure: { code: 'offline', detail: 'spec', afterMs: 90_000 },
      },
    ]);
    trace.length = 0;
    clock.advance(89_000);
    await turns();
    expect(trace).toEqual([]);
    clock.advance(3_600_000);
    await turns();
    expect(trace).toContain('append Woke Planned');
    expect(trace).toContain('dispatch ReadRemote');
    await stop();
  });

  it('numbers events without a gap', async () => {
    const { log, inbox, stop } = live();
    await turns();
    await inbox.putDurably('spec', [{ type: 'HintReceived', side: 'remote', source: 'spec' }]);
    await stop();
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  });
});

/** Lets everything run that is ready. */
async function turns(count = 30): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}
