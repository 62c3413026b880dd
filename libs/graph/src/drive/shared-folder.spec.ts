import { driveItemId, Failure, type DriveItemId } from '@tidemark/contracts';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { named, readRound, startRig, type Rig } from '../testing/rig.ts';
import type { GraphDrive } from './graph-drive.ts';

let rig: Rig<Simulator>;
let team: GraphDrive;
afterEach(() => rig.close());

type Sam = ReturnType<Simulator['sharedDrive']>;

async function start(role: 'read' | 'write' = 'write', flavour: 'personal' | 'business' = 'personal') {
  rig = await startRig(await startSimulator({ flavour }));
  const sam = rig.simulator.sharedDrive();
  sam.create('/Work/Team/plan.txt', 'plan');
  sam.create('/Work/Team/notes/a.txt', 'a');
  sam.create('/Work/other.txt', 'other');
  sam.share('/Work/Team', role);
  team = rig.anotherDrive({ folder: { driveId: sam.driveId, itemId: idOf(sam, '/Work/Team') } });
  return sam;
}

const idOf = (drive: Sam, path: string): DriveItemId => driveItemId(drive.stat(path)?.id ?? 'none');
const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Failure ? error.code : error),
  );

describe.each(['personal', 'business'] as const)('a shared folder of a %s account', (flavour) => {
  it('is a drive whose root it is', async () => {
    const sam = await start('write', flavour);
    const { rootId, id, kind } = await team.info();
    expect([id, kind]).toEqual([sam.driveId, flavour]);
    expect(await team.account.access(rootId)).toBe('write');
    const { rows } = await readRound(team);
    expect(rows.map((row) => ('deleted' in row ? row.id : row.name)).sort()).toEqual([
      'a.txt',
      'notes',
      'plan.txt',
    ]);
    expect(named(rows, 'plan.txt').parentId).toBe(rootId);
    await team.createFolder(rootId, 'new');
    expect(sam.stat('/Work/Team/new')?.kind).toBe('folder');
  });

  it('that is for reading refuses each write of its own', async () => {
    await start('read', flavour);
    const { rootId } = await team.info();
    expect(await codeOf(team.createFolder(rootId, 'new'))).toBe('accessDenied');
    expect(await team.account.access(rootId)).toBe('read');
    expect((await readRound(team)).rows).toHaveLength(3);
  });

  it.each(['accessDenied', 'itemNotFound'] as const)(
    'that its owner takes back with %s tells of no item that it is gone',
    async (hiddenAnswer) => {
      const sam = await start('write', flavour);
      rig.simulator.set({ hiddenAnswer });
      const { rows } = await readRound(team);
      const ids = rows.map(({ id }) => id);
      // Between the listing of the folder and that of one in it.
      let listings = 0;
      rig.simulator.onRequest(({ path }) => {
        if (path.includes('/children')) listings += 1;
        if (listings === 2) sam.unshare('/Work/Team');
      });
      expect(await codeOf(readRound(team))).toBe('driveNotFound');
      expect(await codeOf(team.items(ids))).toBe('driveNotFound');
      expect(await codeOf(team.info())).toBe('driveNotFound');
    },
  );

  it.each([
    ['accessDenied', { unread: expect.stringContaining('as when its owner hides it') as string }],
    ['itemNotFound', { deleted: true }],
  ] as const)('that hides a folder in it with %s tells of it as %j', async (hiddenAnswer, told) => {
    const sam = await start('write', flavour);
    rig.simulator.set({ hiddenAnswer });
    const ids = (await readRound(team)).rows.map(({ id }) => id);
    const hidden = new Set([idOf(sam, '/Work/Team/notes'), idOf(sam, '/Work/Team/notes/a.txt')]);
    sam.unshare('/Work/Team/notes');
    expect((await readRound(team)).rows.map((row) => ('name' in row ? row.name : row.id))).toEqual([
      'plan.txt',
    ]);
    for (const answer of await team.items(ids))
      expect(answer).toMatchObject(hidden.has(answer.id) ? { id: answer.id, ...told } : { kind: 'file' });
  });
});

describe('a shortcut', () => {
  const targetOf = (path: string) => {
    const id = driveItemId(rig.simulator.drive().stat(path)?.id ?? 'none');
    return rig.drive.account.shortcut(id);
  };

  it('leads to a folder or a file of another drive, also after its owner has taken that back', async () => {
    const sam = await start();
    rig.simulator.drive().addPointer('/From Sam', sam, '/Work/Team');
    rig.simulator.drive().addPointer('/plan', sam, '/Work/Team/plan.txt');
    const folder = { kind: 'folder', driveId: sam.driveId, itemId: idOf(sam, '/Work/Team') };
    expect(await targetOf('/From Sam')).toEqual(folder);
    expect(await targetOf('/plan')).toMatchObject({ kind: 'file' });
    sam.unshare('/Work/Team');
    expect(await targetOf('/From Sam')).toEqual(folder);
  });

  it('leads to a whole library of a site, which is then a drive as a shared folder is', async () => {
    await start('write', 'business');
    const [site] = await rig.drive.account.sites();
    const [documents] = await rig.drive.account.libraries(site ?? expect.fail('no site'));
    const id = documents?.id ?? 'none';
    const library = rig.simulator.drive(id);
    library.create('/Handbook/first.txt', 'first');
    rig.simulator.drive().addPointer('/Marketing', library, '/');
    const target = (await targetOf('/Marketing')) ?? expect.fail('no shortcut');
    expect(target).toEqual({ kind: 'folder', driveId: id, itemId: library.rootId });
    const drive = rig.anotherDrive({ folder: target });
    expect(await drive.info()).toEqual({ id, kind: 'documentLibrary', rootId: library.rootId });
    const { rows } = await readRound(drive);
    expect(rows.map((row) => ('name' in row ? row.name : ''))).toEqual(['Handbook', 'first.txt']);
    await drive.createFolder(driveItemId(library.rootId), 'new');
    expect(library.stat('/new')?.kind).toBe('folder');
  });

  it('is nothing that an ordinary folder or notebook is', async () => {
    await start();
    rig.simulator.drive().create('/Docs');
    rig.simulator.drive().seed([{ path: '/Book', kind: 'package' }]);
    expect(await targetOf('/Docs')).toBeNull();
    expect(await targetOf('/Book')).toBeNull();
    expect(await targetOf('/nowhere')).toBeNull();
  });
});
