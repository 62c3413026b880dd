import { Failure, type DriveItemId, type RemoteRow } from '@tidemark/contracts';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import type { GraphDrive } from './graph-drive.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { named, readRound, startRig, type Rig } from '../testing/rig.ts';

let rig: Rig<Simulator>;
let root: DriveItemId;
let note: RemoteRow;
afterEach(() => rig.close());

async function start(options: Parameters<typeof startSimulator>[0] = {}): Promise<void> {
  const tree = [
    { path: '/note.txt', content: 'hello' },
    { path: '/other.txt', content: 'x' },
    { path: '/folder' },
  ];
  rig = await startRig(await startSimulator({ tree, ...options }));
  root = (await rig.drive.info()).rootId;
  note = named((await readRound(rig.drive)).rows, 'note.txt');
}
const stat = (path: string) => rig.simulator.drive().stat(path);
const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw error;
};
const effects = [
  { type: 'drop' },
  { type: 'performThenDrop' },
  { type: 'performThenStatus', status: 503 },
  { type: 'performThenStatus', status: 500 },
  { type: 'status', status: 503 },
  { type: 'status', status: 429, headers: { 'retry-after': '1' } },
  { type: 'htmlBody', status: 200 },
] as const;

describe('a new folder', () => {
  it.each(effects)('is there once after %j', async (effect) => {
    await start();
    rig.simulator.addFault({ kind: 'createFolder', times: 1, effect });
    const created = await rig.drive.createFolder(root, 'new').catch((error: unknown) => error);
    // Somebody else's page is no answer, but what it hides is found at the next attempt.
    const { row } =
      created instanceof Failure
        ? await rig.drive.createFolder(root, 'new')
        : await rig.drive.createFolder(root, 'NEW');
    expect(stat('/new')?.id).toBe(row.id);
    expect(
      rig.simulator
        .drive()
        .dump()
        .filter(({ path }) => path.toLowerCase() === '/new'),
    ).toHaveLength(1);
  });

  it('is found in the listing when its path is not known yet', async () => {
    await start();
    rig.simulator.addFault({
      route: ':/FOLDER',
      effect: { type: 'status', status: 404, code: 'itemNotFound' },
    });
    const { row } = await rig.drive.createFolder(root, 'FOLDER');
    expect(row.id).toBe(stat('/folder')?.id);
  });

  it('does not adopt a file', async () => {
    await start();
    expect((await failureOf(rig.drive.createFolder(root, 'note.txt'))).code).toBe('nameTaken');
  });

  it('needs a parent that is there', async () => {
    await start();
    rig.simulator.drive().remove('/note.txt');
    expect((await failureOf(rig.drive.createFolder(note.id, 'x'))).code).toBe('notFound');
  });

  it.each(['CON', 'a:b', 'trailing. '])('may not be called %j', async (name) => {
    await start();
    expect((await failureOf(rig.drive.createFolder(root, name))).code).toMatch(/^invalid(Name|Request)$/);
  });
});

describe('a move', () => {
  const to = () => ({ parentId: root, name: 'renamed.txt', modifiedAt: 1_600_000_000 });

  it.each(effects.filter(({ type }) => type !== 'htmlBody'))('happens once after %j', async (effect) => {
    await start();
    rig.simulator.addFault({ kind: 'patch', times: 1, effect });
    const { row } = await rig.drive.move(note.id, to(), note.eTag);
    expect(row).toMatchObject({ id: note.id, name: 'renamed.txt', modifiedAt: 1_600_000_000 });
    expect(stat('/renamed.txt')?.eTag).toBe(row.eTag);
  });

  it('is read again when the service answers without the item', async () => {
    await start({ settings: { patchAnswer: 'empty' } });
    const { row } = await rig.drive.move(note.id, to(), note.eTag);
    expect(row).toMatchObject({ id: note.id, name: 'renamed.txt', modifiedAt: 1_600_000_000 });
  });

  it('is refused for another version, also when that shows only after a lost answer', async () => {
    await start();
    rig.simulator.drive().modify('/note.txt', 'theirs');
    expect((await failureOf(rig.drive.move(note.id, to(), note.eTag))).code).toBe('preconditionFailed');
    rig.simulator.addFault({ kind: 'patch', times: 1, effect: { type: 'drop' } });
    expect((await failureOf(rig.drive.move(note.id, to(), note.eTag))).code).toBe('preconditionFailed');
    expect(stat('/note.txt')?.id).toBe(note.id);
  });

  it('takes 409 with a word about the eTag for another version', async () => {
    await start();
    const message = "ETag does not match current item's value";
    rig.simulator.addFault({
      kind: 'patch',
      effect: { type: 'status', status: 409, code: 'conflict', message },
    });
    expect((await failureOf(rig.drive.setModifiedAt(note.id, 1, note.eTag))).code).toBe('preconditionFailed');
  });

  it('onto a taken name, below a file that is gone, or of an item that is gone is refused by name', async () => {
    await start();
    expect((await failureOf(rig.drive.move(note.id, { ...to(), name: 'OTHER.txt' }, note.eTag))).code).toBe(
      'nameTaken',
    );
    rig.simulator.drive().remove('/note.txt');
    const failed = await failureOf(rig.drive.move(note.id, to(), note.eTag));
    expect(failed.code).toBe('notFound');
    expect(failed.message).toMatch(/^Cannot move item ".*" to "renamed\.txt": /);
    expect(failed.details.requestId).toBeDefined();
  });

  it('of the case of a name only is done', async () => {
    await start();
    const { row } = await rig.drive.move(note.id, { ...to(), name: 'NOTE.txt' }, note.eTag);
    expect(row.name).toBe('NOTE.txt');
  });
});

describe('a deletion for good', () => {
  const forGood = (): GraphDrive => rig.anotherDrive({ permanentDelete: true });

  it('leaves nothing in the recycle bin', async () => {
    await start({ flavour: 'business' });
    const drive = forGood();
    const { requestIds } = await drive.delete(note.id, note.eTag);
    expect(requestIds).toHaveLength(2);
    expect(stat('/note.txt')).toBeUndefined();
    expect(rig.simulator.drive().recycled()).toEqual([]);
    expect((await drive.delete(note.id, note.eTag)).requestIds).toHaveLength(1);
  });

  it('of a folder that is to be empty is refused once something came into it, which its eTag does not tell', async () => {
    await start({ flavour: 'business' });
    rig.simulator.drive().seed([{ path: '/Empty' }]);
    const drive = forGood();
    const { rootId } = await drive.info();
    const folder = await drive.child(rootId, 'Empty');
    if (folder === null) throw new Error('the tree has the folder');
    rig.simulator.drive().seed([{ path: '/Empty/theirs.txt', content: 'theirs' }]);
    const failure = await failureOf(drive.delete(folder.id, folder.eTag, { isEmpty: true }));
    expect(failure).toMatchObject({
      code: 'preconditionFailed',
      message: expect.stringMatching(/something came into it/),
    });
    expect(stat('/Empty/theirs.txt')).toBeDefined();
    rig.simulator.drive().remove('/Empty/theirs.txt');
    await drive.delete(folder.id, folder.eTag, { isEmpty: true });
    expect(stat('/Empty')).toBeUndefined();
  });

  it('is one into the recycle bin where the service does not have it', async () => {
    await start({ flavour: 'personal' });
    await forGood().delete(note.id, note.eTag);
    expect(rig.simulator.drive().recycled()).toHaveLength(1);
  });

  it('is refused for another version', async () => {
    await start({ flavour: 'business' });
    rig.simulator.drive().modify('/note.txt', 'theirs');
    expect((await failureOf(forGood().delete(note.id, note.eTag))).code).toBe('preconditionFailed');
    expect(stat('/note.txt')).toBeDefined();
  });

  it.each(effects.filter(({ type }) => type !== 'htmlBody'))('happens once after %j', async (effect) => {
    await start({ flavour: 'business' });
    rig.simulator.addFault({ kind: 'delete', times: 1, effect });
    await forGood().delete(note.id, note.eTag);
    expect(stat('/note.txt')).toBeUndefined();
    expect(rig.simulator.drive().recycled()).toEqual([]);
  });
});

describe('a deletion', () => {
  it.each(effects.filter(({ type }) => type !== 'htmlBody'))('happens once after %j', async (effect) => {
    await start();
    rig.simulator.addFault({ kind: 'delete', times: 1, effect });
    await rig.drive.delete(note.id, note.eTag);
    expect(stat('/note.txt')).toBeUndefined();
    expect(rig.simulator.drive().recycled()).toHaveLength(1);
  });

  it('is refused for another version', async () => {
    await start();
    rig.simulator.drive().modify('/note.txt', 'theirs');
    expect((await failureOf(rig.drive.delete(note.id, note.eTag))).code).toBe('preconditionFailed');
    expect(stat('/note.txt')).toBeDefined();
  });

  it('is done by reading first where the service refuses every precondition', async () => {
    await start();
    rig.simulator.addFault({ kind: 'delete', times: 1, effect: { type: 'status', status: 412 } });
    await rig.drive.delete(note.id, note.eTag);
    expect(stat('/note.txt')).toBeUndefined();
  });

  it('of what is gone is done', async () => {
    await start();
    rig.simulator.drive().remove('/note.txt');
    await rig.drive.delete(note.id, note.eTag);
  });

  it.each([
    [
      'accessDenied',
      { type: 'status', status: 403, code: 'accessDenied', message: "it's possible that it's on hold" },
    ],
    ['locked', { type: 'status', status: 423, code: 'resourceLocked' }],
  ] as const)('that is not allowed says why (%s)', async (code, effect) => {
    await start();
    rig.simulator.addFault({ kind: 'delete', effect });
    const failed = await failureOf(rig.drive.delete(note.id, note.eTag));
    expect(failed.code).toBe(code);
    if (effect.status === 403) expect(failed.message).toContain('on hold');
  });
});

describe('a drive', () => {
  it('that does not exist is named', async () => {
    await start();
    const failed = await failureOf(rig.anotherDrive({ driveId: 'b!nothing' }).info());
    expect(failed.code).toBe('driveNotFound');
    expect(failed.message).toContain('"b!nothing"');
  });

  it('that could not be opened is opened by the next who asks', async () => {
    await start();
    const drive = rig.anotherDrive();
    rig.simulator.addFault({ route: '/root\\?', times: 4, effect: { type: 'drop' } });
    expect((await failureOf(drive.item(note.id))).code).toBe('offline');
    expect(await drive.item(note.id)).toMatchObject({ name: 'note.txt' });
  });
});
