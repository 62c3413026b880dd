import type { Event, LocalId, LocalScanEnded, Observation, RemoteRow } from '@tidemark/contracts';
import { localId, rootItem } from '@tidemark/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDoor } from './news.ts';
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
  const { looking } = run.state.local;
  if (looking === null) throw new Error('Nobody scans');
  return looking.id;
};
const roundId = () => {
  const { looking } = run.state.remote;
  if (looking === null) throw new Error('Nobody reads the drive');
  return looking.id;
};
const scanEnds = (...unreadable: LocalId[]): LocalScanEnded => ({
  type: 'LocalScanEnded',
  command: scanId(),
  parts: 1,
  unreadable,
  oddities: [],
});

describe('news', () => {
  beforeEach(settle);

  it('an unchanged scan leaves its end in the log and nothing else', () => {
    look('local');
    run.scan(onDiskAll());
    expect(logged()).toEqual([{ type: 'LocalScanCompleted', gone: [], oddities: [] }]);
  });

  it('a row that says what is known is dropped, the one beside it is not', () => {
    look('remote');
    const changed = onDrive('B', 'b', 'three', { in: 'D' });
    run.driveShows(onDrive('A', 'a', 'one'), changed);
    expect(logged()[0]).toEqual({ type: 'RemoteSeen', rows: [changed] });
  });

  it('a file that was renamed stays itself, although a part before tells of a new one under its old name', () => {
    const [item] = run.state.trees.localNames.holders(rootItem, 'a');
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

  it('reports of nobody, of an earlier look and of a finished command are dropped', () => {
    look('local');
    const scan = scanId();
    run.scan(onDiskAll());
    logged();
    run.observe(
      { type: 'LocalListing', command: scan, part: 0, folders: [{ id: localId('root'), rows: [] }] },
      { type: 'LocalScanEnded', command: scan, parts: 1, unreadable: [], oddities: [] },
      { type: 'CommandSucceeded', command: scan },
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
    expect(run.state.local.looking, 'one more look').not.toBeNull();
  });

  it.each(['../outside', '/etc', 'a/../..', 'a//b', 'a\0b'])(
    'a hint about the folder %j, which is nowhere below the sync folder, becomes one about anywhere',
    (folder) => {
      const hint: Observation = { type: 'HintReceived', side: 'local', source: 'spec' };
      run.observe({ ...hint, folders: ['a', folder] });
      expect(logged()[0]).toEqual(hint);
      expect(run.state.local.looking).toMatchObject({ type: 'ScanLocal', folders: null });
    },
  );

  it('a failure with a code that nobody knows is no event', () => {
    look('remote');
    const [command] = [run.state.remote.looking];
    const failure = JSON.parse('{"code":"strange","detail":"x"}') as never;
    expect(
      createDoor().admit(run.state, { type: 'CommandFailed', command: command?.id ?? scanId(), failure }),
    ).toEqual([]);
  });
});

describe('absence on disk', () => {
  beforeEach(settle);

  it('is evidence after two complete scans, not after one', () => {
    look('local');
    run.scan(onDiskAll().slice(1));
    expect(logged()).toMatchObject([{ type: 'HintReceived', side: 'local' }]);
    expect(run.state.inFlight.size).toBe(0);
    run.scan(onDiskAll().slice(1));
    expect(logged()).toMatchObject([{ type: 'LocalScanCompleted', gone: ['LA'] }]);
    expect(run.command('DeleteRemote').path).toBe('a');
  });

  it('is none when the second scan meets it', () => {
    look('local');
    run.scan(onDiskAll().slice(1));
    run.scan(onDiskAll());
    expect(logged().at(-1)).toMatchObject({ gone: [] });
    expect(run.state.inFlight.size).toBe(0);
  });

  it('of something that only the second scan missed waits for the next one', () => {
    look('local');
    run.scan(onDiskAll().slice(1));
    run.scan(onDiskAll().slice(1, 2));
    expect(logged().at(-1)).toMatchObject({ type: 'LocalScanCompleted', gone: ['LA'] });
    look('local');
    run.scan(onDiskAll().slice(1, 2));
    expect(logged().at(-1)).toMatchObject({ type: 'LocalScanCompleted', gone: ['LB'] });
  });

  it('of a folder waits for everything that was in it', () => {
    look('local');
    run.scan([onDisk('LA', 'a', 'one'), onDisk('LB', 'b', 'two', { in: 'LD' })]);
    run.scan([onDisk('LA', 'a', 'one')]);
    expect(logged().at(-1)).toMatchObject({ type: 'LocalScanCompleted', gone: [] });
  });

  it('below an unreadable folder is unknown', () => {
    look('local');
    for (let scans = 0; scans < 2; scans++) {
      const listed = { id: localId('root'), rows: onDiskAll().slice(0, 2) };
      if (run.state.local.looking === null) break;
      run.observe(
        { type: 'LocalListing', command: scanId(), part: 0, folders: [listed] },
        scanEnds(localId('LD')),
        {
          type: 'CommandSucceeded',
          command: scanId(),
        },
      );
    }
    expect(logged().at(-1)).toMatchObject({ type: 'LocalScanCompleted', gone: [] });
  });

  it('of everything is not believed: the run ends', () => {
    look('local');
    run.scan([]);
    expect(logged()).toMatchObject([{ type: 'CommandFailed', failure: { code: 'rootSuspended' } }]);
    expect(run.state.halted?.code).toBe('rootSuspended');
    expect(run.state.inFlight.size).toBe(0);
  });

  it('of everything is believed when the user said so', () => {
    run = new SpecRun({ massDeleteConfirmed: true });
    settle();
    look('local');
    run.scan([]);
    run.scan([]);
    expect(logged().at(-1)).toMatchObject({ gone: ['LA', 'LD', 'LB'] });
  });

  it('of what appeared after the scan began says nothing', () => {
    look('local');
    run.record([{ type: 'LocalSeen', rows: [onDisk('LX', 'x', 'new')] }]);
    logged();
    run.scan(onDiskAll());
    expect(logged()).toMatchObject([{ type: 'LocalScanCompleted', gone: [] }]);
  });

  it.each([
    ['the second part', 0, 2],
    ['the first part', 1, 2],
    ['every part', null, 1],
  ])('is not concluded without %s of the scan: it is made again', (_which, arrived, parts) => {
    look('local');
    const folders = [{ id: localId('root'), rows: [] }];
    if (arrived !== null) run.observe({ type: 'LocalListing', command: scanId(), part: arrived, folders });
    if (run.state.local.looking !== null) run.observe({ ...scanEnds(), parts });
    expect(logged()).toMatchObject([{ type: 'CommandFailed', failure: { code: 'pluginFault' } }]);
    expect(run.state.local).toMatchObject({ looking: null, current: false });
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
    expect(logged()).toEqual([{ type: 'LocalScanCompleted', gone: [], oddities: [] }]);
  });
});

it('what cannot be synced is known after a look into its folder, and until a complete scan does not meet it', () => {
  settle();
  const lookInto = (folders: string[], ...odd: string[]): void => {
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec', folders });
    const command = scanId();
    run.observe(
      {
        ...{ type: 'LocalScanEnded', command, parts: 0, unreadable: [localId('root')] },
        oddities: odd.map((path) => ({ path, code: 'special', detail: '' })),
      },
      { type: 'CommandSucceeded', command },
    );
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

  it('is no evidence in a round from a cursor', () => {
    look('remote');
    run.driveShows();
    expect(logged()).toMatchObject([{ type: 'RemoteRoundCompleted', full: false, absent: [] }]);
  });

  const listEverything = (): void => {
    look('remote');
    run.observe(
      { type: 'RemoteReset', command: roundId(), detail: 'spec' },
      { type: 'CommandSucceeded', command: roundId() },
    );
    logged();
  };

  it('is evidence when neither a full round nor the next one shows the item', () => {
    listEverything();
    run.driveShows(onDrive('D', 'd', null), onDrive('B', 'b', 'two', { in: 'D' }));
    expect(logged()).toMatchObject([
      { type: 'RemoteRoundCompleted', full: true, unlisted: ['A'], absent: [] },
    ]);
    expect(run.state.remote.looking).toMatchObject({ reason: { rule: 'unlisted-read' } });
    expect(run.state.remote.looking).not.toMatchObject({ cursor: null });
    expect(run.state.inFlight.size).toBe(0);
    run.driveShows();
    expect(logged()).toMatchObject([
      { type: 'RemoteRoundCompleted', full: false, unlisted: [], absent: ['A'] },
    ]);
    expect(run.command('DeleteLocal').path).toBe('a');
  });

  it.each([
    ['changed', onDrive('D', 'e', null)],
    ['as it was', onDrive('D', 'd', null)],
  ])('is none when the next round shows the item %s: what is in a folder stays as well', (_how, row) => {
    listEverything();
    run.driveShows(onDrive('A', 'a', 'one'), onDrive('B', 'b', 'two', { in: 'D' }));
    expect(logged()).toMatchObject([{ unlisted: ['D'] }]);
    run.driveShows(row);
    expect(logged().at(-1)).toMatchObject({ type: 'RemoteRoundCompleted', full: false, absent: [] });
    expect(run.state.remote.unlisted.size).toBe(0);
    expect(run.state.trees.byRemoteId.size).toBe(4);
    expect([...run.state.inFlight.values()].map(({ type }) => type)).toEqual(
      row.name === 'd' ? [] : ['MoveLocal'],
    );
  });

  it('waits for the next round over a restart, and over a round that breaks off', () => {
    listEverything();
    run.driveShows(onDrive('D', 'd', null), onDrive('B', 'b', 'two', { in: 'D' }));
    run.start();
    run.diskShows(...onDiskAll());
    run.observe(
      { type: 'RemotePage', command: roundId(), page: 0, rows: [], cursor: null },
      { type: 'CommandFailed', command: roundId(), failure: { code: 'offline', detail: 'spec' } },
    );
    expect(run.state.inFlight.size).toBe(0);
    run.at += 60_000;
    run.record([{ type: 'Woke' }]);
    logged();
    run.driveShows();
    expect(logged()).toMatchObject([{ full: false, absent: ['A'] }]);
  });

  it('is asked for anew when the next round has to be a full one as well', () => {
    listEverything();
    run.driveShows(onDrive('D', 'd', null), onDrive('B', 'b', 'two', { in: 'D' }));
    run.observe(
      { type: 'RemoteReset', command: roundId(), detail: 'spec' },
      { type: 'CommandSucceeded', command: roundId() },
    );
    logged();
    run.driveShows(onDrive('A', 'a', 'one'), onDrive('D', 'd', null));
    expect(logged()).toMatchObject([{ full: true, unlisted: ['B'], absent: [] }]);
    run.driveShows();
    expect(logged()).toMatchObject([{ full: false, absent: ['B'] }]);
  });

  it('is not concluded from a full round that broke off', () => {
    look('remote');
    run.observe(
      { type: 'RemoteReset', command: roundId(), detail: 'spec' },
      { type: 'CommandSucceeded', command: roundId() },
    );
    run.observe(
      { type: 'RemotePage', command: roundId(), page: 0, rows: [onDrive('D', 'd', null)], cursor: null },
      { type: 'CommandFailed', command: roundId(), failure: { code: 'offline', detail: 'spec' } },
    );
    expect(run.state.inFlight.size).toBe(0);
    expect(run.state.trees.byRemoteId.size).toBe(4);
  });

  it('is not concluded from the last page of a full round that came twice', () => {
    look('remote');
    run.observe(
      { type: 'RemoteReset', command: roundId(), detail: 'spec' },
      { type: 'CommandSucceeded', command: roundId() },
    );
    logged();
    const first: Observation = {
      type: 'RemotePage',
      command: roundId(),
      page: 0,
      rows: [onDrive('A', 'a', 'one'), onDrive('D', 'd', null)],
      cursor: null,
    };
    const last: Observation = {
      type: 'RemotePage',
      command: roundId(),
      page: 1,
      rows: [onDrive('B', 'b', 'two', { in: 'D' })],
      cursor: 'next',
    };
    run.observe(first, first, last, last, first);
    expect(logged()).toEqual([
      { type: 'RemoteRoundCompleted', full: true, cursor: 'next', unlisted: [], absent: [] },
    ]);
  });

  describe('pages', () => {
    const page = (number: number, ...rows: RemoteRow[]): Observation => ({
      type: 'RemotePage',
      command: roundId(),
      page: number,
      rows,
      cursor: null,
    });

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

    it('one that is missing ends the look: the cursor must not go past it', () => {
      look('remote');
      run.observe(page(1, onDrive('C', 'c', null)));
      expect(run.state.remote).toMatchObject({ looking: null, current: false });
    });
  });
});
