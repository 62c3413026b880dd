import type { Event, EventType, FailureCode, Policy, RuleId } from '@tidemark/contracts';
import { commandId, driveItemId, itemId, localId, plainPolicy, seq } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { evolve } from './evolve.ts';
import { isQuiet, plan } from '../plan/plan.ts';
import { replay } from '../loop/replay.ts';
import { deserialise, serialise } from '../views/snapshot.ts';
import { initialState, noRules } from './state.ts';
import { SpecRun, goneFromDrive, onDisk, onDrive, startedWith } from '../testing/spec-run.ts';

const command = commandId(seq(7), 0);

/** One of each, with nothing before it: total by its type. */
const events: { readonly [Type in EventType]: Extract<Event, { type: Type }> } = {
  Started: startedWith(plainPolicy) as Extract<Event, { type: 'Started' }>,
  RemoteSeen: { type: 'RemoteSeen', rows: [onDrive('A', 'a', 'one'), goneFromDrive('B')] },
  RemoteRoundCompleted: {
    type: 'RemoteRoundCompleted',
    command,
    full: true,
    cursor: 'x',
    unseen: [driveItemId('A')],
    gone: [driveItemId('C')],
  },
  RemoteItemsRead: { type: 'RemoteItemsRead', command, rows: [goneFromDrive('A')] },
  RemoteCursorLost: { type: 'RemoteCursorLost', command, detail: 'spec' },
  LocalSeen: { type: 'LocalSeen', rows: [onDisk('LA', 'a', 'one')] },
  LocalScanCompleted: { type: 'LocalScanCompleted', command, unseen: [localId('LB')], oddities: [] },
  NothingNew: {
    type: 'NothingNew',
    leftOut: 7,
    remote: { lastAt: 1, cursor: 'x', looksSinceFull: 1 },
    local: { lastAt: 1 },
  },
  HintReceived: { type: 'HintReceived', side: 'remote', source: 'spec' },
  Planned: { type: 'Planned', commands: [] },
  UserChangesPlanned: {
    type: 'UserChangesPlanned',
    asked: 'undo of run 1',
    changes: [{ type: 'MakeFolder', path: 'a' }],
  },
  UserChangeEnded: { type: 'UserChangeEnded', index: 0 },
  UserChangesEnded: { type: 'UserChangesEnded' },
  PruningPlanned: {
    type: 'PruningPlanned',
    files: [{ trash: '2026-11-28/0123456789abcdef/a', sizeBytes: 1, pathKey: null, why: 'full' }],
  },
  SharedFolderTold: { type: 'SharedFolderTold', path: 'Team', told: 'added' },
  ContentMatched: {
    type: 'ContentMatched',
    command,
    plugin: 'spec',
    drive: { sizeBytes: 2, hash: 'drive' },
    disk: { sizeBytes: 1, hash: 'disk' },
  },
  CommandSucceeded: { type: 'CommandSucceeded', command: JSON.parse('"7/0"') as never },
  CommandFailed: {
    type: 'CommandFailed',
    command: JSON.parse('"7/0"') as never,
    failure: { code: 'offline', detail: 'spec' },
  },
  Woke: { type: 'Woke' },
  SubscriptionTold: { type: 'SubscriptionTold', subscriptionId: 's', told: 'missed' },
  FactsChanged: { type: 'FactsChanged', facts: [{ key: 'a', value: 'b' }], complete: true },
  StopRequested: { type: 'StopRequested' },
  DeletionsConfirmed: { type: 'DeletionsConfirmed', hash: 'spec' },
  Paused: { type: 'Paused', why: 'user', until: null },
  Resumed: { type: 'Resumed', why: 'user', because: 'asked' },
  PlanningEnded: { type: 'PlanningEnded' },
  Stopped: { type: 'Stopped', cause: 'finished' },
};

describe('evolve', () => {
  it.each(Object.values(events))('folds $type before and after anything else', (event) => {
    for (const before of [[], ...Object.values(events).map((other) => [events.Started, other])]) {
      const state = initialState();
      for (const one of [...before, event]) {
        evolve(state, { seq: seq(state.seq + 1), at: 0, source: 'spec', event: one }, () => noRules);
        expect([...state.trees.items.values()].every((item) => state.trees.items.get(item.id) === item)).toBe(
          true,
        );
      }
      expect(state.seq).toBe(before.length + 1);
    }
  });

  it('refuses the log of another drive', () => {
    const run = new SpecRun();
    run.start();
    const other = { ...events.Started, drive: { ...events.Started.drive, id: 'other' } };
    expect(() => run.record([other])).toThrow('another drive needs a log of its own');
  });

  it('an answer that the feed has overtaken does not take the item back in time', () => {
    const run = settled();
    hint(run, 'local');
    run.scan([onDisk('LA', 'a', 'mine')]);
    const upload = run.command('UploadFile');
    hint(run, 'remote');
    run.driveShows(onDrive('A', 'renamed', 'theirs'));
    run.observe({
      type: 'CommandSucceeded',
      command: upload.id,
      remote: onDrive('A', 'a', 'mine'),
      local: onDisk('LA', 'a', 'mine'),
    });
    const item = run.state.trees.items.get(upload.item);
    expect(item?.remote).toMatchObject({ name: 'renamed', hash: 'theirs' });
    expect(item?.synced, 'what both sides last had in common').toMatchObject({
      name: 'a',
      remoteHash: 'mine',
    });
  });

  it('a creation that the feed showed first, with what was put into it since, stays one item', () => {
    const run = new SpecRun({ commandsInFlightMax: 1 });
    run.start();
    run.driveShows();
    run.diskShows(onDisk('LD', 'd', null));
    const { id, item } = run.command('CreateRemoteFolder');
    hint(run, 'remote');
    run.driveShows(onDrive('D', 'renamed', null), onDrive('X', 'x', 'new', { in: 'D' }));
    run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive('D', 'd', null) });
    const { items, byRemoteId } = run.state.trees;
    expect(byRemoteId.get(driveItemId('D'))).toBe(item);
    expect(items.get(item)?.remote?.name).toBe('renamed');
    const inside = byRemoteId.get(driveItemId('X'));
    expect(inside === undefined ? null : items.get(inside)?.remote?.parent).toBe(item);
    expect(items.size, 'the root, the folder and what is in it').toBe(3);
  });

  it('a folder that was there already keeps its own identity', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('D', 'd', null));
    run.diskShows(onDisk('LD', 'd', null));
    hint(run, 'remote');
    run.driveShows(onDrive('E', 'e', null));
    const { id } = run.command('CreateLocalFolder');
    run.observe({ type: 'CommandSucceeded', command: id, local: onDisk('LD', 'e', null) });
    expect([...run.state.inFlight.values()].filter(({ type }) => type === 'DeleteRemote')).toEqual([]);
  });

  it('a run that goes on looks again however long the service was away, after 80 seconds at most', () => {
    const pace = {
      ...plainPolicy.pace,
      mode: 'continuous',
      pollIntervalMs: 300_000,
      scanIntervalMs: 300_000,
    } as const;
    const run = new SpecRun({ pace });
    run.start();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 20; attempt++) {
      const looking = run.state.remote.look.command?.id;
      if (looking === undefined) throw new Error('no look at the drive is under way');
      const { at } = run;
      run.observe({ type: 'CommandFailed', command: looking, failure: { code: 'offline', detail: 'spec' } });
      const dueAt = run.state.remote.look.dueAt ?? 0;
      pauses.push((dueAt - at) / 1000);
      run.at = dueAt;
      run.record([{ type: 'Woke' }]);
    }
    expect(pauses.slice(0, 6)).toEqual([5, 10, 20, 40, 80, 80]);
    expect(Math.max(...pauses)).toBe(80);
  });

  it('what gave up while the service was away tries again as soon as the drive is reached', () => {
    const run = settled({
      pace: { ...plainPolicy.pace, mode: 'continuous', pollIntervalMs: 300_000, scanIntervalMs: 9_000_000 },
      attemptsMax: 1,
    });
    hint(run, 'local');
    run.scan([onDisk('LA', 'a', 'two')]);
    const failure = { code: 'offline', detail: 'spec' } as const;
    run.observe({ type: 'CommandFailed', command: run.command('UploadFile').id, failure });
    expect([...run.state.activities.values()]).toMatchObject([{ state: 'problem' }]);
    hint(run, 'remote');
    const looking = run.state.remote.look.command?.id;
    if (looking === undefined) throw new Error('no look at the drive is under way');
    run.observe({ type: 'CommandFailed', command: looking, failure });
    run.at += 5_000;
    run.record([{ type: 'Woke' }]);
    expect(run.state.inFlight.size).toBe(0);
    run.driveShows();
    expect(run.command('UploadFile').path).toBe('a');
  });
});

describe('what was refused', () => {
  const continuous = {
    pace: {
      ...plainPolicy.pace,
      mode: 'continuous' as const,
      pollIntervalMs: 300_000,
      scanIntervalMs: 9_000_000,
    },
  };
  const refused = (code: FailureCode): SpecRun => {
    const run = settled(continuous);
    hint(run, 'remote');
    run.driveShows(onDrive('A', 'a', 'theirs'));
    const failure = { code, detail: 'spec' };
    run.observe({ type: 'CommandFailed', command: run.command('DownloadFile').id, failure });
    expect([...run.state.activities.values()]).toMatchObject([{ state: 'problem' }]);
    run.at += 100_000;
    run.record([{ type: 'Woke' }]);
    expect(run.state.inFlight.size).toBe(0);
    return run;
  };
  const later = (run: SpecRun): SpecRun => {
    run.at += 300_000;
    run.record([{ type: 'Woke' }]);
    run.driveShows();
    return run;
  };
  const asked = (run: SpecRun): SpecRun => {
    run.observe({ type: 'HintReceived', side: 'remote', source: 'user' });
    run.driveShows();
    return run;
  };

  it.each(['diskDenied', 'diskReadOnly', 'accessDenied'] as const)(
    'by %s is tried again with each look that is due or that a user asks for: no look shows that it is allowed by now',
    (code) => {
      expect(later(refused(code)).command('DownloadFile').path).toBe('a');
      expect(asked(refused(code)).command('DownloadFile').path).toBe('a');
    },
  );

  it.each(['malware', 'contentMismatch'] as const)(
    'because of the item itself rests until the item changes, or a user asks for a look: %s',
    (code) => {
      expect(later(refused(code)).state.inFlight.size).toBe(0);
      expect(asked(refused(code)).command('DownloadFile').path).toBe('a');
    },
  );
});

describe('looks', () => {
  it('each has its reason', () => {
    const run = settled();
    const reasons: RuleId[] = [];
    const note = (): void => void reasons.push(run.state.remote.look.command?.reason.rule ?? 'remote-new');
    run.start();
    note();
    run.driveShows();
    run.diskShows(onDisk('LA', 'a', 'one'), onDisk('LX', 'x', 'new'));
    run.observe({
      type: 'CommandFailed',
      command: run.command('UploadFile').id,
      failure: { code: 'nameTaken', detail: 'spec' },
    });
    note();
    run.driveShows();
    hint(run, 'remote');
    note();
    run.driveShows();
    run.at += 3_600_000;
    run.record([{ type: 'Woke' }]);
    run.observe({
      type: 'CommandSucceeded',
      command: run.command('UploadFile').id,
      remote: onDrive('X', 'x', 'new'),
      local: onDisk('LX', 'x', 'new'),
    });
    note();
    expect(reasons).toEqual(['run-started', 'look-again', 'hint-received', 'closing-read']);
    expect(isQuiet(run.state)).toBe(false);
    run.driveShows();
    expect(isQuiet(run.state)).toBe(true);
  });
});

describe('replay', () => {
  it('names the plan that another decision would have made', async () => {
    const run = settled();
    hint(run, 'remote');
    run.driveShows(onDrive('A', 'a', 'two'));
    const batches = run.batches.map((batch) => [...batch]);
    const report = await replay({
      batches: stream(batches),
      rulesFor: () => ({ ...noRules, ignore: () => ({ plugin: 'spec', detail: 'everything' }) }),
    });
    expect(report.divergences).toHaveLength(1);
    expect(report.divergences[0]?.recorded).toMatchObject([{ type: 'DownloadFile' }]);
    expect(report.divergences[0]?.derived).toEqual([]);
  });

  it('finds a plan that is missing', async () => {
    const run = settled();
    hint(run, 'remote');
    run.driveShows(onDrive('A', 'a', 'two'));
    const batches = run.batches.map((batch) => [...batch]);
    batches.at(-1)?.pop();
    const report = await replay({ batches: stream(batches), rulesFor: () => noRules });
    expect(report.divergences.at(-1)?.derived).toMatchObject([{ type: 'DownloadFile' }]);
  });
});

describe('snapshots', () => {
  it('hold everything but the agenda', async () => {
    const run = settled();
    hint(run, 'remote');
    run.driveShows(onDrive('X', 'x', 'orphan', { in: 'unknown' }), onDrive('A', 'a', 'two'));
    const restored = await deserialise([...serialise(run.state)], () => noRules);
    if (restored === null) throw new Error('The snapshot was not read');
    expect([...serialise(restored)]).toEqual([...serialise(run.state)]);
    expect(plan(restored, seq(restored.seq + 1))).toEqual(plan(run.state, seq(run.state.seq + 1)));
  });

  it('of another format are none', async () => {
    const [head = ''] = serialise(settled().state);
    const other = JSON.stringify({ ...(JSON.parse(head) as object), format: 0 });
    expect(await deserialise([other], () => noRules)).toBeNull();
    expect(await deserialise([], () => noRules)).toBeNull();
  });
});

/** `a` is the same on both sides. */
function settled(policy: Partial<Policy> = {}): SpecRun {
  const run = new SpecRun(policy);
  run.start();
  run.driveShows(onDrive('A', 'a', 'one'));
  run.diskShows(onDisk('LA', 'a', 'one'));
  return run;
}

const hint = (run: SpecRun, side: 'remote' | 'local'): void =>
  void run.observe({ type: 'HintReceived', side, source: 'spec' });

async function* stream<Value>(values: readonly Value[]): AsyncIterable<Value> {
  yield* values;
}

describe('a run that forgets what was agreed', () => {
  const here = [onDrive('A', 'a', 'one'), onDrive('B', 'b', 'two')] as const;
  const there = [onDisk('LA', 'a', 'one'), onDisk('LB', 'b', 'two')] as const;

  function synced(): SpecRun {
    const run = new SpecRun();
    run.start();
    run.driveShows(...here);
    run.diskShows(...there);
    return run;
  }

  it('agrees anew on what both sides still show, although nothing of it is news', () => {
    const run = synced();
    run.start('a resync was asked for');
    run.driveShows(...here);
    expect(run.state.trees.items.get(itemId(1))?.synced).toBeNull();
    expect(run.diskShows(...there)).toEqual([]);
    expect(run.state.trees.items.get(itemId(1))?.synced).toMatchObject({ name: 'a', hash: 'one' });

    // So the next run knows a deletion when it meets one.
    run.start();
    run.driveShows();
    const [deletion] = run.diskShows(there[1]).filter(({ type }) => type !== 'ScanLocal');
    expect(deletion).toMatchObject({ type: 'DeleteRemote', path: 'a' });
  });

  it('deletes nothing that one side lacks', () => {
    const run = synced();
    run.start('a resync was asked for');
    run.driveShows(...here);
    run.diskShows(there[1]);
    expect(run.command('DownloadFile').path).toBe('a');
  });
});

it('a file that a swap left under a temporary name gets its own back, although the disk was forgotten since', () => {
  const run = new SpecRun();
  run.start('the user asked for it');
  run.driveShows(onDrive('A', 'a', 'one', { eTag: 'new' }));
  run.diskShows(onDisk('LT', 'tidemark-swap-7-b', 'two'));
  expect(run.command('MoveLocal')).toMatchObject({ path: 'tidemark-swap-7-b', toPath: 'b' });
});

it('a sync folder with the inode number that a file had: the file is looked for', () => {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('A', 'a', 'one'));
  run.diskShows(onDisk('7~', 'a', 'one'));
  run.record([{ ...startedWith(plainPolicy), root: { id: localId('7~'), marker: 'marker' } } as Event]);
  run.driveShows();
  const { id } = run.state.local.look.command ?? { id: command };
  run.observe({
    ...{ type: 'CommandSucceeded', command: id },
    look: { parts: 0, unreadable: [], oddities: [] },
  });
  expect(run.state.local.unseen.size).toBe(1);
});

it('other inode numbers alone are no reason for another attempt', () => {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('A', 'a', 'one'), onDrive('D', 'd', null));
  run.diskShows(onDisk('3~', 'a', 'one'), onDisk('4~', 'd', null));
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
  run.driveShows(onDrive('A', 'A', 'one'));
  const { id } = run.command('MoveLocal');
  run.observe({ type: 'CommandFailed', command: id, failure: { code: 'nameTaken', detail: 'by a link' } });
  run.diskShows(onDisk('4~', 'a', 'one'), onDisk('3~', 'd', null));
  expect(run.state.trees.items.get(itemId(1))?.local).toMatchObject({ id: '4~', name: 'a' });
  expect([...run.state.activities.values()]).toMatchObject([{ state: 'waiting' }]);
});
