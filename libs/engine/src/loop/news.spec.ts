import type { CommandCompleted, Event, LocalId, Observation, RemoteRow } from '@tidemark/contracts';
import { localId, paceOnce, rootItem } from '@tidemark/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { createNewsFilter } from './news.ts';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';

let run: SpecRun;
/** What the log got since the last call. */
let logged: () => Event[];

beforeEach(() => {
  run = new SpecRun();
  let from = 0;
  logged = () => {
    const events = run.log.slice(from).map(({ event }) => event);
    from = run.log.length;
    return events.filter(({ type }) => type !== 'Planned' && type !== 'CommandSucceeded');
  };
});

/** `a` and the folder `d` with `d/b` are the same on both sides. */
function settle(): void {
  run.start();
  run.driveShows(onDrive('A', 'a', 'one'), onDrive('D', 'd', null), onDrive('B', 'b', 'two', { in: 'D' }));
  run.diskShows(...onDiskAll());
  expect(run.state.inFlight.size).toBe(0);
  logged();
}

const onDiskAll = () => [
  onDisk('LA', 'a', 'one'),
  onDisk('LD', 'd', null),
  onDisk('LB', 'b', 'two', { in: 'LD' }),
];

const look = (side: 'remote' | 'local'): void => {
  run.observe({ type: 'HintReceived', side, source: 'spec' });
  logged();
};

const scanId = () => {
  const { command: looking } = run.state.local.look;
  if (looking === null) throw new Error('No scan is under way');
  return looking.id;
};
const roundId = () => {
  const { command: looking } = run.state.remote.look;
  if (looking === null) throw new Error('No look at the drive is under way');
  return looking.id;
};
const scanEnds = (unreadable: readonly LocalId[] = [], parts = 1): CommandCompleted => ({
  type: 'CommandSucceeded',
  command: scanId(),
  look: { parts, unreadable, oddities: [] },
});
const roundEnds = (parts = 1, cursor = 'next'): CommandCompleted => ({
  type: 'CommandSucceeded',
  command: roundId(),
  look: { parts, cursor },
});
/** What a scan missed. */
const missed = (...ids: string[]) => ({ type: 'LocalScanCompleted', unseen: ids });

describe('news', () => {
  beforeEach(settle);

  it('an unchanged scan leaves its end in the log and nothing else', () => {
    look('local');
    run.scan(onDiskAll());
    expect(logged()).toEqual([{ type: 'LocalScanCompleted', command: expect.any(String), unseen: [] }]);
  });

  it('a row that says what is known is dropped, the one beside it is not', () => {
    look('remote');
    const changed = onDrive('B', 'b', 'three', { in: 'D' });
    run.driveShows(onDrive('A', 'a', 'one'), changed);
    expect(logged()[0]).toEqual({ type: 'RemoteSeen', rows: [changed] });
  });

  it('a file that was renamed stays itself, although a part before tells of a new one under its old name', () => {
    const [item] = run.state.trees.names.local.holders(rootItem, 'a');
    look('local');
    const [command, root] = [scanId(), localId('root')];
    run.observe({
      type: 'LocalListing',
      command,
      part: 0,
      folders: [{ id: root, rows: [onDisk('LX', 'a', 'new')], more: true }],
    });
    expect(logged()).toEqual([]);
    run.observe({
      type: 'LocalListing',
      command,
      part: 1,
      folders: [{ id: root, rows: [onDisk('LA', 'renamed', 'one'), onDisk('LD', 'd', null)] }],
    });
    expect(run.state.trees.byLocalId.get(localId('LA'))).toBe(item);
    expect(run.state.trees.byLocalId.get(localId('LX'))).not.toBe(item);
  });

  it('a tombstone of something unknown is dropped', () => {
    look('remote');
    run.driveShows(goneFromDrive('X'));
    expect(logged().map(({ type }) => type)).toEqual(['RemoteRoundCompleted']);
  });

  it('a tombstone of something unknown counts while a command may just have made it', () => {
    look('local');
    run.scan([...onDiskAll(), onDisk('LX', 'x', 'new')]);
    const upload = run.command('UploadFile');
    look('remote');
    run.driveShows(goneFromDrive('X'));
    run.observe({
      type: 'CommandSucceeded',
      command: upload.id,
      remote: onDrive('X', 'x', 'new'),
      local: onDisk('LX', 'x', 'new'),
    });
    const [item] = [...run.state.trees.items.values()].slice(-1);
    expect(item?.local?.name).toBe('x');
    expect(item?.remote, 'the feed knows better than the answer').toBeNull();
  });

  it('reports of an earlier look and of a finished command are dropped', () => {
    look('local');
    const scan = scanId();
    run.scan(onDiskAll());
    logged();
    run.observe(
      { type: 'LocalListing', command: scan, part: 0, folders: [{ id: localId('root'), rows: [] }] },
      { type: 'CommandSucceeded', command: scan, look: { parts: 1, unreadable: [], oddities: [] } },
    );
    expect(logged()).toEqual([]);
  });

  it('a hint is dropped while a look is wanted anyway, and remembered while one is under way', () => {
    look('local');
    const hint: Observation = { type: 'HintReceived', side: 'local', source: 'spec' };
    run.observe(hint);
    expect(logged()).toEqual([hint]);
    run.observe(hint);
    expect(logged()).toEqual([]);
    run.scan(onDiskAll());
    expect(run.state.local.look.command, 'one more look').not.toBeNull();
  });

  it.each(['../outside', '/etc', 'a/../..', 'a//b', 'a\0b'])(
    'a hint about the folder %j, which is nowhere below the sync folder, becomes one about anywhere',
    (folder) => {
      const hint: Observation = { type: 'HintReceived', side: 'local', source: 'spec' };
      run.observe({ ...hint, folders: ['a', folder] });
      expect(logged()[0]).toEqual(hint);
      expect(run.state.local.look.command).toMatchObject({ type: 'ScanLocal', folders: null });
    },
  );

  it('a failure with an unknown code is no event', () => {
    look('remote');
    const [command] = [run.state.remote.look.command];
    const failure = JSON.parse('{"code":"strange","detail":"x"}') as never;
    expect(
      createNewsFilter().admit(
        run.state,
        { type: 'CommandFailed', command: command?.id ?? scanId(), failure },
        'spec',
      ),
    ).toEqual([]);
  });
});

describe('absence on disk', () => {
  beforeEach(settle);

  it('is evidence after two complete scans, not after one', () => {
    look('local');
    run.scan(onDiskAll().slice(1));
    expect(logged()).toMatchObject([missed('LA')]);
    expect(run.state.local.look.state).toBe('confirming');
    expect(run.state.inFlight.size).toBe(0);
    run.scan(onDiskAll().slice(1));
    expect(logged()).toMatchObject([missed('LA')]);
    expect(run.command('DeleteRemote').path).toBe('a');
  });

  it('is none when the second scan meets it', () => {
    look('local');
    run.scan(onDiskAll().slice(1));
    run.scan(onDiskAll());
    expect(logged().at(-1)).toMatchObject(missed());
    expect(run.state.trees.byLocalId.has(localId('LA'))).toBe(true);
    expect(run.state.inFlight.size).toBe(0);
  });

  it('of something that only the second scan missed waits for the next one', () => {
    look('local');
    run.scan(onDiskAll().slice(1));
    run.scan(onDiskAll().slice(1, 2));
    expect(run.state.trees.byLocalId.has(localId('LA'))).toBe(false);
    expect(run.state.trees.byLocalId.has(localId('LB'))).toBe(true);
    look('local');
    run.scan(onDiskAll().slice(1, 2));
    expect(run.state.trees.byLocalId.has(localId('LB'))).toBe(false);
  });

  it('of a folder waits for everything that was in it', () => {
    look('local');
    run.scan([onDisk('LA', 'a', 'one'), onDisk('LB', 'b', 'two', { in: 'LD' })]);
    run.scan([onDisk('LA', 'a', 'one')]);
    expect(logged().at(-1)).toMatchObject(missed('LD', 'LB'));
    expect(run.state.trees.byLocalId.has(localId('LD'))).toBe(true);
  });

  it('below an unreadable folder is unknown', () => {
    look('local');
    for (let scans = 0; scans < 2; scans++) {
      const listed = { id: localId('root'), rows: onDiskAll().slice(0, 2) };
      if (run.state.local.look.command === null) break;
      run.observe(
        { type: 'LocalListing', command: scanId(), part: 0, folders: [listed] },
        scanEnds([localId('LD')]),
      );
    }
    expect(logged().at(-1)).toMatchObject(missed());
  });

  it('of everything is believed as that of anything: a folder that is not ours is told by the disk itself', () => {
    look('local');
    run.scan([]);
    run.scan([]);
    expect(run.state.trees.byLocalId.size).toBe(1);
  });

  it('is remembered for the next look, and forgotten when the folder was not the one we know', () => {
    run = new SpecRun({
      pace: { ...paceOnce, mode: 'continuous', pollIntervalMs: 1e9, scanIntervalMs: 1e9 },
    });
    settle();
    look('local');
    run.scan(onDiskAll().slice(1));
    const failure = { code: 'rootSuspended', detail: 'spec' } as const;
    run.observe({ type: 'CommandFailed', command: scanId(), failure });
    expect(run.state.local).toMatchObject({ look: { state: 'suspended', command: null } });
    expect(run.state.halted).toBeNull();
    run.at += 60_000;
    run.record([{ type: 'Woke' }]);
    run.scan(onDiskAll().slice(1));
    expect(run.state.local.look.state).toBe('confirming');
    run.scan(onDiskAll());
    expect(run.state.local.look.state).toBe('current');
  });

  it('of what appeared after the scan began says nothing', () => {
    look('local');
    run.record([{ type: 'LocalSeen', rows: [onDisk('LX', 'x', 'new')] }]);
    logged();
    run.scan(onDiskAll());
    expect(logged()).toMatchObject([missed()]);
  });

  it.each([
    ['the second part', 0, 2],
    ['the first part', 1, 2],
    ['every part', null, 1],
  ])('is not concluded without %s of the scan: it is made again', (_which, arrived, parts) => {
    look('local');
    const folders = [{ id: localId('root'), rows: [] }];
    if (arrived !== null) run.observe({ type: 'LocalListing', command: scanId(), part: arrived, folders });
    if (run.state.local.look.command !== null) run.observe(scanEnds([], parts));
    expect(logged()).toMatchObject([{ type: 'CommandFailed', failure: { code: 'pluginFault' } }]);
    expect(run.state.local).toMatchObject({ look: { state: 'waiting', command: null } });
    expect(run.state.trees.byLocalId.size).toBe(4);
  });

  it('is not concluded from the end of a scan that came twice', () => {
    look('local');
    const listing: Observation = {
      type: 'LocalListing',
      command: scanId(),
      part: 0,
      folders: [
        { id: localId('root'), rows: onDiskAll().slice(0, 2) },
        { id: localId('LD'), rows: onDiskAll().slice(2) },
      ],
    };
    run.observe(listing, scanEnds(), scanEnds(), listing, scanEnds());
    expect(logged()).toEqual([{ type: 'LocalScanCompleted', command: expect.any(String), unseen: [] }]);
  });
});

it('what cannot be synced is known after a look into its folder, and until a complete scan does not meet it', () => {
  settle();
  const lookInto = (folders: string[], ...odd: string[]): void => {
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec', folders });
    const command = scanId();
    run.observe({
      type: 'CommandSucceeded',
      command,
      look: {
        ...{ parts: 0, unreadable: [localId('root')] },
        oddities: odd.map((path) => ({ path, code: 'special', detail: '' })),
      },
    });
  };
  const known = (): string[] => run.state.local.oddities.map(({ path }) => path);
  lookInto(['d'], 'd/pipe');
  lookInto([''], 'socket');
  lookInto(['d'], 'd/pipe');
  expect(known()).toEqual(['d/pipe', 'socket']);
  look('local');
  run.scan(onDiskAll());
  expect(known()).toEqual([]);
});

describe('absence on the drive', () => {
  beforeEach(settle);

  const listEverything = (): void => {
    look('remote');
    const failure = { code: 'resyncRequired', detail: 'spec' } as const;
    run.observe({ type: 'CommandFailed', command: roundId(), failure });
    expect(logged()).toMatchObject([{ type: 'RemoteCursorLost' }]);
  };

  it('is no evidence in a round from a cursor', () => {
    look('remote');
    run.driveShows();
    expect(logged()).toMatchObject([{ type: 'RemoteRoundCompleted', full: false, unseen: [] }]);
  });

  it('from a listing of everything is asked for by the id: not found is evidence', () => {
    listEverything();
    run.driveShows(onDrive('D', 'd', null), onDrive('B', 'b', 'two', { in: 'D' }));
    expect(logged()).toMatchObject([{ type: 'RemoteRoundCompleted', full: true, unseen: ['A'] }]);
    expect(run.state.remote.look.command).toMatchObject({ type: 'ReadRemoteItems', ids: ['A'] });
    expect(run.state.inFlight.size).toBe(0);
    run.itemsAre();
    expect(logged()).toMatchObject([{ type: 'RemoteItemsRead', rows: [{ id: 'A', deleted: true }] }]);
    expect(run.command('DeleteLocal').path).toBe('a');
  });

  it.each([
    ['changed', onDrive('D', 'e', null)],
    ['as it was', onDrive('D', 'd', null)],
  ])('is none when the item, read by its id, is there %s: what is in a folder stays as well', (_how, row) => {
    listEverything();
    run.driveShows(onDrive('A', 'a', 'one'), onDrive('B', 'b', 'two', { in: 'D' }));
    expect(logged()).toMatchObject([{ unseen: ['D'] }]);
    run.itemsAre(row);
    expect(run.state.remote.unseen.size).toBe(0);
    expect(run.state.remote.look.state).toBe('current');
    expect(run.state.trees.byRemoteId.size).toBe(4);
    expect([...run.state.inFlight.values()].map(({ type }) => type)).toEqual(
      row.name === 'd' ? [] : ['MoveLocal'],
    );
  });

  it('does not swallow what is told of the drive while the items that it missed are read', () => {
    listEverything();
    const hint = { type: 'HintReceived', side: 'remote', source: 'spec' } as const;
    run.observe({ type: 'RemotePage', command: roundId(), page: 0, rows: [] }, roundEnds(), hint);
    run.itemsAre(onDrive('A', 'a', 'one'));
    expect(run.state.remote.look.command).toMatchObject({ type: 'ReadRemote', cursor: 'next' });
  });

  it('is still asked for after a restart, and after a request that failed', () => {
    listEverything();
    run.driveShows(onDrive('D', 'd', null), onDrive('B', 'b', 'two', { in: 'D' }));
    run.start();
    run.diskShows(...onDiskAll());
    run.driveShows();
    expect(run.state.remote.look.command).toMatchObject({ type: 'ReadRemoteItems', ids: ['A'] });
    const failure = { code: 'offline', detail: 'spec' } as const;
    run.observe({ type: 'CommandFailed', command: roundId(), failure });
    expect(run.state.inFlight.size).toBe(0);
    run.at += 60_000;
    run.record([{ type: 'Woke' }]);
    run.driveShows();
    run.itemsAre();
    expect(run.command('DeleteLocal').path).toBe('a');
  });

  it('is not asked for any more when the item was shown meanwhile', () => {
    listEverything();
    run.driveShows(onDrive('D', 'd', null), onDrive('B', 'b', 'two', { in: 'D' }));
    const failure = { code: 'offline', detail: 'spec' } as const;
    run.observe({ type: 'CommandFailed', command: roundId(), failure });
    run.record([{ type: 'RemoteSeen', rows: [onDrive('A', 'a', 'one')] }]);
    run.at += 60_000;
    run.record([{ type: 'Woke' }]);
    expect(run.state.remote.look.command).toMatchObject({ type: 'ReadRemote' });
    run.driveShows();
    expect(run.state.remote.look.state).toBe('current');
  });

  it('of an item proves nothing when the handler does not say what it read', () => {
    listEverything();
    run.driveShows(onDrive('D', 'd', null), onDrive('B', 'b', 'two', { in: 'D' }));
    logged();
    run.observe({ type: 'CommandSucceeded', command: roundId() });
    expect(logged()).toMatchObject([{ type: 'CommandFailed', failure: { code: 'pluginFault' } }]);
    expect([...run.state.remote.unseen]).toEqual(['A']);
  });

  it('of an item without an answer proves nothing', () => {
    listEverything();
    run.driveShows(onDrive('D', 'd', null), onDrive('B', 'b', 'two', { in: 'D' }));
    run.observe({ type: 'CommandSucceeded', command: roundId(), look: { rows: [] } });
    expect(run.state.remote.look.state).toBe('current');
    expect(run.state.inFlight.size).toBe(0);
    expect(run.state.trees.byRemoteId.size).toBe(4);
  });

  it('is not concluded from a full round that broke off', () => {
    listEverything();
    run.observe(
      { type: 'RemotePage', command: roundId(), page: 0, rows: [onDrive('D', 'd', null)] },
      { type: 'CommandFailed', command: roundId(), failure: { code: 'offline', detail: 'spec' } },
    );
    expect(run.state.inFlight.size).toBe(0);
    expect(run.state.trees.byRemoteId.size).toBe(4);
  });

  it('is not concluded from pages and an end that came twice', () => {
    listEverything();
    const first = page(0, onDrive('A', 'a', 'one'), onDrive('D', 'd', null));
    const last = page(1, onDrive('B', 'b', 'two', { in: 'D' }));
    const end = roundEnds(2);
    run.observe(first, first, last, last, first, end, end);
    expect(logged()).toMatchObject([
      { type: 'RemoteRoundCompleted', full: true, cursor: 'next', unseen: [] },
    ]);
  });

  describe('pages', () => {
    it('one that is delivered again does not take an item back to where it was', () => {
      look('remote');
      logged();
      const before = page(0, onDrive('C', 'was here', null));
      run.observe(before, page(1, onDrive('C', 'is here', null)), before);
      expect(logged().flatMap((event) => (event.type === 'RemoteSeen' ? event.rows : []))).toMatchObject([
        { name: 'was here' },
        { name: 'is here' },
      ]);
    });

    it.each([
      ['in the middle', () => run.observe(page(1, onDrive('C', 'c', null)))],
      ['at the end', () => run.observe(page(0, onDrive('C', 'c', null)), roundEnds(2))],
    ])('one that is missing %s ends the look: the cursor must not go past it', (_where, observe) => {
      look('remote');
      observe();
      expect(run.state.remote).toMatchObject({ look: { state: 'waiting', command: null } });
    });
  });
});

const page = (number: number, ...rows: RemoteRow[]): Observation => ({
  type: 'RemotePage',
  command: roundId(),
  page: number,
  rows,
});
