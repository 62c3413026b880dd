/**
 * What a plugin of ours in another process may say of drive and disk, and what becomes of one that does not behave. The table of all
 * such cases is `docs/misbehaving.md` of the plugin SDK.
 */
import type { Command, CommandType } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { createSpecRemote, pace, type SpecRemote } from './spec-remote.ts';

const remote = {
  ...{ id: 'D1', parentId: 'D0', name: 'a.txt', kind: 'file', sizeBytes: 3, hash: 'h', modifiedAt: 1 },
  ...{ eTag: 'e', cTag: null },
};
const local = {
  ...{ id: 'inode', parentId: 'root', name: 'a.txt', kind: 'file', sizeBytes: 3, modifiedAt: 1 },
  ...{ stamp: 's', hash: null },
};

const given = (type: CommandType, more: object = {}, number = 0): Command =>
  ({
    ...{ type, id: `7/${number}`, item: 1, path: 'folder/a.txt' },
    reason: { rule: 'remote-new', differs: '', causes: [] },
    expected: { id: 'inode', stamp: 's' },
    ...{
      driveItemId: 'D1',
      ifMatch: 'e',
      parentId: 'D0',
      name: 'a.txt',
      toPath: 'folder/b.txt',
      kind: 'file',
    },
    target: { as: 'new', parentId: 'D0', name: 'a.txt' },
    ...{
      toParentId: 'D0',
      remote: { id: 'D1' },
      keepAs: { prefix: 'a-safeBackup-', suffix: '.txt', from: 1 },
    },
    ...{ cursor: null, folders: null, ids: ['D1'] },
    ...more,
  }) as unknown as Command;

async function holding(...commands: readonly Command[]): Promise<SpecRemote> {
  const far = await createSpecRemote({ handles: commands.map(({ type }) => type), isOurs: true });
  await far.hello();
  for (const command of commands) await far.give(command);
  return far;
}

const failed = {
  ...{ type: 'CommandFailed', command: '7/0' },
  failure: { code: 'preconditionFailed', detail: 'Cannot do it: the drive has another version' },
};
const succeeded = (facts: object): object => ({ type: 'CommandSucceeded', command: '7/0', ...facts });

describe('one of ours in another process', () => {
  it.each<[CommandType, object]>([
    ['UploadFile', { remote, local: { ...local, hash: 'h' }, transferredBytes: 3, requestIds: ['r'] }],
    ['CreateRemoteFolder', { remote: { ...remote, kind: 'folder', hash: null }, made: true }],
    ['MoveRemote', { remote }],
    ['DeleteRemote', { remote: { id: 'D1', deleted: true } }],
    ['DownloadFile', { local, trash: 'a/b', transferredBytes: 3 }],
    ['DownloadFile', { local, kept: { ...local, name: 'a-safeBackup-0001.txt' } }],
    ['KeepRemoteCopy', { kept: { ...local, name: 'a-safeBackup-0002.txt' } }],
    ['KeepRemoteCopy', { local: { ...local, hash: 'h' }, content: 'crypt' }],
    ['MoveLocal', { local: { ...local, name: 'b.txt' } }],
    ['DeleteLocal', { local: { id: 'inode', gone: true, trash: 'a.txt' } }],
    ['ReadRemote', { look: { parts: 0, cursor: 'c' } }],
    ['ReadRemoteItems', { look: { rows: [{ id: 'D1', deleted: true }] } }],
    ['ScanLocal', { look: { parts: 0, unreadable: [], oddities: [] } }],
  ])('may end %s with what is true by now', async (type, facts) => {
    const far = await holding(given(type));
    expect(await far.report(succeeded(facts))).toEqual({ taken: 1 });
    expect(far.taken).toEqual([succeeded(facts)]);
  });

  it('tells the parts of a look before its end, and only of the look that it was given', async () => {
    const far = await holding(given('ReadRemote'), given('ScanLocal', {}, 1));
    const page = { type: 'RemotePage', command: '7/0', page: 0, rows: [remote, { id: 'D2', deleted: true }] };
    const listing = {
      ...{ type: 'LocalListing', command: '7/1', part: 0 },
      folders: [{ id: 'root', rows: [local], more: true }],
    };
    expect(await far.report(page, listing)).toEqual({ taken: 2 });
    expect(await far.report({ ...page, command: '6/0' })).toEqual({ taken: 1 });
    expect(far.taken).toEqual([page, listing]);
    expect(await far.report({ ...page, command: '7/1' })).toMatchObject({
      refused: '"RemotePage" is not told of ScanLocal',
    });
  });

  it.each<[string, CommandType, object]>([
    ['another drive item', 'MoveRemote', { remote: { ...remote, id: 'D9' } }],
    ['the removal of another drive item', 'DeleteRemote', { remote: { id: 'D9', deleted: true } }],
    ['a file in another folder of the drive', 'UploadFile', { remote: { ...remote, parentId: 'D9' } }],
    ['another file than was sent', 'UploadFile', { remote, local: { ...local, id: 'other' } }],
    ['another name on disk', 'DownloadFile', { local: { ...local, name: 'b.txt' } }],
    ['another file that it found on disk', 'KeepRemoteCopy', { local: { ...local, name: 'b.txt' } }],
    ['a copy under a name of its own', 'KeepRemoteCopy', { kept: { ...local, name: 'b.txt' } }],
    ['a version kept in place of another', 'DownloadFile', { local, kept: local }],
    ['the removal of another file', 'DeleteLocal', { local: { id: 'other', gone: true } }],
    [
      'items that it was not asked about',
      'ReadRemoteItems',
      { look: { rows: [{ id: 'D9', deleted: true }] } },
    ],
    ['a hash that is none', 'HashFile', { local: { ...local, hash: 'x' } }],
    ['a scan without its end', 'ScanLocal', {}],
    ['a round that ended as a scan', 'ReadRemote', { look: { parts: 0, unreadable: [], oddities: [] } }],
    [
      'a fact that no such command establishes',
      'DeleteRemote',
      { remote: { id: 'D1', deleted: true }, local },
    ],
    ['a field that no row has', 'MoveRemote', { remote: { ...remote, shared: true } }],
  ])(
    'is not believed when it tells of %s: the command has failed, and it is named',
    async (_, type, facts) => {
      const far = await holding(given(type));
      expect(await far.report(succeeded(facts))).toEqual({ refused: expect.any(String) });
      expect(far.taken).toMatchObject([
        { type: 'CommandFailed', command: '7/0', failure: { code: 'pluginFault' } },
      ]);
      expect(far.describe()).toMatchObject([
        { commands: 0, faults: 1, lastFault: expect.stringContaining('far') },
      ]);
    },
  );

  it.each<[string, CommandType, object]>([
    ['the item', 'DownloadFile', { id: 'D1', deleted: true }],
    ['the folder that it goes to', 'UploadFile', { id: 'D0', deleted: true }],
    ['what has the name there', 'MoveRemote', { ...remote, id: 'D9' }],
  ])('tells with a failure what the drive shows of %s', async (_, type, shown) => {
    const far = await holding(given(type));
    const told = { ...failed, remote: shown };
    expect(await far.report(told)).toEqual({ taken: 1 });
    expect(far.taken).toEqual([told]);
  });

  it.each<[string, CommandType, object]>([
    ['the removal of another item', 'DeleteRemote', { id: 'D9', deleted: true }],
    ['an item in another folder', 'CreateRemoteFolder', { ...remote, parentId: 'D9' }],
    ['anything, where the drive was not asked', 'DeleteLocal', { id: 'D1', deleted: true }],
  ])('is not believed when it tells with a failure of %s', async (_, type, shown) => {
    const far = await holding(given(type));
    expect(await far.report({ ...failed, remote: shown })).toEqual({ refused: expect.any(String) });
    expect(far.taken).toMatchObject([{ type: 'CommandFailed', failure: { code: 'pluginFault' } }]);
    expect(far.taken[0]).not.toHaveProperty('remote');
  });

  it('that is not ours may tell nothing of drive and disk', async () => {
    const far = await createSpecRemote({ handles: ['HashFile'] });
    await far.hello();
    const page = { type: 'RemotePage', command: '7/0', page: 0, rows: [] };
    expect(await far.report(page)).toMatchObject({ refused: expect.stringContaining('"RemotePage"') });
    expect(far.taken).toEqual([]);
  });
});

describe('a plugin in another process', () => {
  it('that hangs delays its own commands alone: they fail, and it is named', async () => {
    const far = await holding(given('UploadFile'));
    await far.advance(pace.absentAfterMs + pace.helloEveryMs);
    expect(far.taken).toMatchObject([{ type: 'CommandFailed', failure: { code: 'pluginAbsent' } }]);
    expect(far.notices.at(-1)).toEqual({ type: 'pluginAbsent', detail: 'it does not answer any more' });
  });

  it('that says thousands of things is cut off, and named once', async () => {
    const far = await holding();
    const notice = { type: 'said', level: 'info', text: 'again' };
    for (let message = 0; message < 20; message += 1)
      await far.tell({ instance: 'instance-1', notices: Array(50).fill({ at: far.now(), notice }) });
    expect(far.notices.filter(({ type }) => type === 'said')).toHaveLength(50);
    expect(far.faults).toEqual(['Plugin "far" says more than is worth showing: the rest is dropped']);
  });

  it('that comes and goes all the time is cut off, and named', async () => {
    const far = await holding();
    for (let time = 0; time < 100; time += 1) {
      await far.hello({ leaving: true });
      await far.hello();
    }
    // And that it was not there when the run began.
    expect(far.notices).toHaveLength(50 + 1);
    expect(far.faults).toEqual(['Plugin "far" says more than is worth showing: the rest is dropped']);
    await far.advance(pace.helloEveryMs);
    await far.hello({ leaving: true });
    expect(far.notices.at(-1)).toEqual({ type: 'pluginAbsent', detail: 'it was stopped' });
  });

  it('that reports nonsense all the time is named, and does not fill the log', async () => {
    const far = await holding();
    for (let time = 0; time < 100; time += 1) {
      await far.report({ type: 'Nonsense' });
      await far.say('hello', 'nonsense');
    }
    expect(far.faults).toHaveLength(21);
    expect(far.faults.at(-1)).toContain('Plugin "far" fails all the time');
    expect(far.describe()).toMatchObject([{ faults: 200 }]);
  });

  it('counts what it does itself, in bounds', async () => {
    const far = await createSpecRemote({ handles: ['UploadFile'], isOurs: true });
    await far.hello({ needs: { drive: 'write' } });
    expect(far.describe()).toMatchObject([{ needs: { drive: 'write' }, work: null }]);
    const figures = { succeeded: 2, failed: 1, totalMs: 30 };
    const work = {
      ...{ startMs: 4, commands: [{ type: 'UploadFile', ...figures }], reactions: [], requests: figures },
      ...{ faults: 1, lastFault: 'it threw', lastFailure: null },
    };
    await far.hello({ work });
    expect(far.describe()).toMatchObject([{ work }]);
    for (const lie of [{ faults: -1 }, { lastFault: 'two\nlines' }, { lastFailure: 'x'.repeat(1001) }])
      expect(await far.hello({ work: { ...work, ...lie } })).toMatchObject({
        refused: { code: 'malformed' },
      });
    expect(far.describe()).toMatchObject([{ work }]);
  });

  it('is given nothing before it is ready, and why it waits is said', async () => {
    const far = await createSpecRemote({ handles: ['UploadFile'], isOurs: true });
    await far.hello({ ready: false, waits: 'the sync folder is another one here' });
    await far.give(given('UploadFile'));
    expect(far.received).toEqual([]);
    expect(far.describe()).toMatchObject([
      { state: 'absent', absence: 'the sync folder is another one here' },
    ]);
    await far.hello({ ready: true });
    expect(far.received).toHaveLength(1);
  });
});
