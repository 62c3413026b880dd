import { quickXorHash } from '@tidemark/quickxor';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { bytesSource, memorySink, named, readRound, someBytes, startRig, type Rig } from '../testing/rig.ts';

let rig: Rig<Simulator>;
afterEach(() => rig.close());

describe.each(['personal', 'business', 'library'] as const)('on a %s drive', (flavour) => {
  const startFlavour = async (): Promise<Rig<Simulator>> => {
    const tree = [{ path: '/Documents/note.txt', content: 'hello world' }];
    rig = await startRig(await startSimulator({ flavour, tree }));
    return rig;
  };
  const driveOf = ({ anotherDrive, simulator }: Rig<Simulator>) =>
    anotherDrive({ driveId: simulator.drive().driveId });

  it('names the drive and its root', async () => {
    const drive = driveOf(await startFlavour());
    const info = await drive.info();
    expect(info.kind).toBe(flavour === 'library' ? 'documentLibrary' : flavour);
    expect(info.rootId).toBe(rig.simulator.drive().rootId);
    expect(drive.requests().requests.info).toBe(1);
  });

  it('lists everything, then only what changed', async () => {
    const drive = driveOf(await startFlavour());
    const { rootId } = await drive.info();
    const first = await readRound(drive);
    const folder = named(first.rows, 'Documents');
    const note = named(first.rows, 'note.txt');
    expect(folder).toMatchObject({ kind: 'folder', parentId: rootId, sizeBytes: 0, hash: null });
    expect(note).toMatchObject({
      kind: 'file',
      parentId: folder.id,
      sizeBytes: 11,
      hash: 'aCgDG9jwBhDc4Q1yawMZAAAAAAA=',
    });
    rig.simulator.drive().remove('/Documents/note.txt');
    const second = await readRound(drive, first.deltaLink);
    expect(second.rows).toContainEqual({ id: note.id, deleted: true });
  });

  it('downloads what the listing named without asking for an address', async () => {
    const drive = driveOf(await startFlavour());
    const note = named((await readRound(drive)).rows, 'note.txt');
    const sink = memorySink();
    await drive.download(note.id, sink, { eTag: note.eTag });
    expect(sink.bytes().toString()).toBe('hello world');
    expect(drive.requests().requests).toMatchObject({ download: 1, downloadUrl: 0 });
  });

  it.each([0, 11, 400_000, 5_000_000])(
    'uploads %d bytes with their time and without a second version',
    async (size) => {
      const drive = driveOf(await startFlavour());
      const { rootId } = await drive.info();
      const bytes = someBytes(size);
      const written = await drive.upload(
        { as: 'new', parentId: rootId, name: 'new file.bin' },
        bytesSource(bytes),
        1_700_000_000,
      );
      expect(written).toMatchObject({ hash: quickXorHash(bytes), altered: false });
      expect(written.row).toMatchObject({
        name: 'new file.bin',
        parentId: rootId,
        sizeBytes: size,
        modifiedAt: 1_700_000_000,
      });
      const stored = rig.simulator.drive().stat('/new file.bin');
      expect(stored).toMatchObject({ modifiedAt: '2023-11-14T22:13:20.000Z', eTag: written.row.eTag });
      if (flavour !== 'personal' && size > 0) expect(stored?.versions).toBe(1);
      expect(rig.simulator.drive().read('/new file.bin').equals(bytes)).toBe(true);
    },
  );

  it('uploads a new version of what it knows', async () => {
    const drive = driveOf(await startFlavour());
    const note = named((await readRound(drive)).rows, 'note.txt');
    const written = await drive.upload(
      { as: 'version', id: note.id, ifMatch: note.eTag },
      bytesSource(Buffer.from('second')),
      1_700_000_000,
    );
    expect(written.row).toMatchObject({
      id: note.id,
      name: 'note.txt',
      sizeBytes: 6,
      modifiedAt: 1_700_000_000,
    });
    expect(rig.simulator.drive().read('/Documents/note.txt').toString()).toBe('second');
  });

  it('creates, adopts, renames, moves, times and deletes', async () => {
    const drive = driveOf(await startFlavour());
    const { rootId } = await drive.info();
    const note = named((await readRound(drive)).rows, 'note.txt');
    const created = await drive.createFolder(rootId, 'Neu & #1%');
    const adopted = await drive.createFolder(rootId, 'neu & #1%');
    expect(adopted.row.id).toBe(created.row.id);
    const moved = await drive.move(
      note.id,
      { parentId: created.row.id, name: 'b.txt', modifiedAt: 1_600_000_000 },
      note.eTag,
    );
    expect(moved.row).toMatchObject({
      id: note.id,
      parentId: created.row.id,
      name: 'b.txt',
      modifiedAt: 1_600_000_000,
    });
    const timed = await drive.setModifiedAt(note.id, 1_500_000_000, moved.row.eTag);
    expect(timed.row.modifiedAt).toBe(1_500_000_000);
    await expect(drive.delete(note.id, note.eTag)).rejects.toMatchObject({ code: 'preconditionFailed' });
    await drive.delete(note.id, timed.row.eTag);
    await drive.delete(note.id, timed.row.eTag);
    expect(await drive.item(note.id)).toBeNull();
  });
});
