import { expect, test } from 'vitest';
import { createMemoryLogFiles, openMemoryLog } from './memory-log.ts';
import { sampleBatch } from './testing/sample-events.ts';
import { collect } from './testing/sample-log.ts';
import { createUpcaster, currentFormat, upcaster as ours } from './upcast.ts';

const recorded = (type: string): unknown => ({
  seq: 1,
  at: 0,
  source: 'engine',
  event: { type, old: 1 },
  items: [],
});

const upcaster = createUpcaster(3, [
  { upTo: 1, type: 'Nudged', convert: ({ old }) => ({ type: 'Nudge', from: old }) },
  {
    upTo: 2,
    type: 'Nudge',
    convert: ({ from }) => ({ type: 'HintReceived', side: 'remote', source: `nudge ${from}` }),
  },
]);

test('converts an old shape through every version since', () => {
  expect(upcaster.upcast(recorded('Nudged'), 1)).toEqual({
    seq: 1,
    at: 0,
    source: 'engine',
    event: { type: 'HintReceived', side: 'remote', source: 'nudge 1' },
    items: [],
  });
});

test('leaves alone what was written in the current format', () => {
  const event = recorded('Woke');
  expect(upcaster.upcast(event, 3)).toBe(event);
  expect(() => upcaster.upcast(recorded('Nudged'), 3)).toThrow('unknown type "Nudged"');
});

test('a log of format 1 speaks of runs that ended by themselves and looked everywhere', () => {
  const of = (event: object): unknown => ({ seq: 1, at: 0, source: 'engine', event, items: [] });
  const started = ours.upcast(of({ type: 'Started', policy: { direction: 'both' } }), 1).event;
  expect(started).toMatchObject({
    policy: { direction: 'both', pace: { mode: 'once', subscription: null } },
  });
  const commands = [
    { type: 'ScanLocal', path: '' },
    { type: 'ReadRemote', path: '' },
  ];
  const planned = ours.upcast(of({ type: 'Planned', commands }), 1).event;
  expect(planned).toEqual({ type: 'Planned', commands: [{ ...commands[0], folders: null }, commands[1]] });
  const now = of({ type: 'Planned', commands });
  expect(ours.upcast(now, currentFormat)).toBe(now);
});

test('up to format 3 one event told that items were gone, without the look that missed them first', () => {
  const of = (event: object) => ({ seq: 1, at: 0, source: 'engine', event, items: [] });
  const round = { type: 'RemoteRoundCompleted', full: true, cursor: 'c' };
  const read = { ...round, command: '', unseen: [], gone: ['A'] };
  expect(ours.upcast(of({ ...round, absent: ['A'] }), 2).event).toEqual(read);
  expect(ours.upcast(of({ ...round, absent: ['A'], unlisted: ['B'] }), 3).event).toEqual(read);
  const scan = { type: 'LocalScanCompleted', gone: ['L'], oddities: [] };
  expect(ours.upcast(of(scan), 3).event).toEqual({ ...scan, command: '', unseen: [] });
  const now = of({ ...round, command: '1/0', unseen: [] });
  expect(ours.upcast(now, currentFormat)).toBe(now);
});

test('up to format 3 the type of a command and its answer told what both sides agreed on', () => {
  const of = (event: object): unknown => ({ seq: 1, at: 0, source: 'engine', event, items: [] });
  const read = (event: object): object => ours.upcast(of(event), 3).event;
  const commands = [
    { type: 'UploadFile', target: { as: 'new' } },
    { type: 'UploadFile', target: { as: 'version' } },
    { type: 'DownloadFile', expected: null, keepAs: null },
    { type: 'MoveLocal', provisional: true },
    { type: 'DeleteRemote' },
    { type: 'HashFile' },
  ];
  expect(read({ type: 'Planned', commands })).toMatchObject({
    commands: [
      { establishes: ['version', 'place', 'time'] },
      { establishes: ['version', 'time'] },
      { establishes: ['version', 'place', 'time'] },
      { establishes: [] },
      { establishes: ['gone'] },
      { type: 'HashFile' },
    ],
  });
  const answer = { type: 'CommandSucceeded', command: '7/0' };
  const folder = { kind: 'folder' };
  const file = { kind: 'file' };
  expect(read({ ...answer, remote: folder, agreed: 'remote' })).toEqual({
    ...answer,
    remote: folder,
    made: true,
  });
  expect(read({ ...answer, remote: file, agreed: 'remote' })).toEqual({ ...answer, remote: file });
  expect(read({ ...answer, remote: file, agreed: 'both' })).toEqual({
    ...answer,
    remote: file,
    unconfirmed: true,
  });
  const now = of({ type: 'Planned', commands });
  expect(ours.upcast(now, currentFormat)).toBe(now);
});

test.for([
  ['an unknown type', recorded('FromTheFuture'), 1],
  ['a type that only looks known', recorded('toString'), 1],
  ['a newer format', recorded('Woke'), 4],
  ['no event at all', { seq: 1 }, 1],
] as const)('refuses %s, in words a user can act on', ([, event, format]) => {
  expect(() => upcaster.upcast(event, format)).toThrow('it was written by a newer version of Tidemark');
});

test('an older version refuses a log of a newer format and leaves it as it is', async () => {
  const files = createMemoryLogFiles();
  const newer = await openMemoryLog(files, createUpcaster(9, []));
  await newer.append(sampleBatch(1, 2));
  await newer.close();
  const older = await openMemoryLog(files);
  expect(older.opening).toEqual({ state: 'intact' });
  await expect(collect(older.read())).rejects.toMatchObject({ code: 'logTooNew' });
  expect((await openMemoryLog(files)).opening).toEqual({ state: 'intact' });
});
