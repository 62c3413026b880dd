import type {
  CommandOf,
  DriveInfo,
  DriveItemId,
  DriveReader,
  ExpectedLocal,
  ExpectedRemote,
  RemoteRow,
} from '@tidemark/plugin-sdk';
import { Failure } from '@tidemark/plugin-sdk';
import { quickXorHash } from '@tidemark/quickxor';
import { createSimulatedDisk } from '@tidemark/testkit';
import { describe, expect, it } from 'vitest';
import type { Context } from './config.ts';
import { downloader } from './downloader.ts';

const random = { bytes: (count: number) => new Uint8Array(count), uuid: () => '', fraction: () => 0 };
const bytesOf = (text: string) => new TextEncoder().encode(text);
const hashOf = (text: string) => quickXorHash(bytesOf(text));
const keepAs = { prefix: 'a-host-safeBackup-', suffix: '.txt', from: 1 };

function remoteOf(content: string, given: Partial<ExpectedRemote> = {}): ExpectedRemote {
  return {
    id: 'D1' as DriveItemId,
    eTag: 'e1',
    sizeBytes: bytesOf(content).length,
    hash: hashOf(content),
    modifiedAt: 1_600_000_000,
    ...given,
  };
}

/** What the drive shows of the item when it is asked; absent: what was announced. */
type ItemNow = Partial<RemoteRow> | { readonly deleted: true };

/** Serves `served.content` in two chunks from the sink's offset on; may break off after the first. */
function createDrive(content: string) {
  const served = {
    ...{ content, breaksOff: false, requests: 0, offsets: [] as number[], eTag: '' },
    ...{ now: {} as ItemNow, kind: 'business' as DriveInfo['kind'] },
  };
  const drive: Partial<DriveReader> = {
    info: async () => ({ id: 'drive', kind: served.kind, rootId: 'D0' as DriveItemId }),
    items: async (ids) =>
      ids.map((id) => {
        const { sizeBytes, hash, modifiedAt, eTag } = remoteOf('from the drive');
        const announced = { sizeBytes, hash, modifiedAt, eTag, cTag: null, name: 'a.txt' };
        const row = { ...announced, id, parentId: 'D0', kind: 'file' };
        return ('deleted' in served.now ? { id, deleted: true } : { ...row, ...served.now }) as RemoteRow;
      }),
    async download(_id, sink, options) {
      served.requests += 1;
      served.offsets.push(sink.offset);
      served.eTag = options?.eTag ?? '';
      const bytes = bytesOf(served.content).subarray(sink.offset);
      const middle = bytes.length >> 1;
      await sink.write(bytes.subarray(0, middle));
      if (served.breaksOff) throw new Failure({ code: 'offline', detail: 'Cannot download: the line broke' });
      await sink.write(bytes.subarray(middle));
      options?.progress?.(bytes.length);
      return { requestIds: ['r-1'] };
    },
  };
  return { drive, served };
}

function createWorld(content = 'from the drive', verifyDownloads = true) {
  const { disk, user } = createSimulatedDisk({ random });
  const { drive, served } = createDrive(content);
  const stopping = new AbortController();
  const context = {
    drive,
    disk,
    content: { of: () => null },
    config: { verifyDownloads, writeAuthors: false },
    signal: stopping.signal,
    progress: () => undefined,
    tell: () => undefined,
  } as unknown as Context;
  return { disk, user, served, stopping, context };
}

type World = ReturnType<typeof createWorld>;

async function expectedOf({ disk }: World, path: string): Promise<ExpectedLocal> {
  const row = await disk.stat(path);
  if (row === null) throw new Error(`${path} is there`);
  return { id: row.id, stamp: row.stamp };
}

async function download(world: World, given: Partial<CommandOf<'DownloadFile'>>) {
  const command = { type: 'DownloadFile', id: '7/0', path: 'a.txt', expected: null, keepAs: null, ...given };
  const outcome = await downloader.handle?.DownloadFile?.(
    command as CommandOf<'DownloadFile'>,
    world.context,
  );
  if (outcome === undefined) throw new Error('there is a handler');
  return outcome;
}

const contents = (world: World) =>
  Object.fromEntries(
    [...world.user.tree()].map(([path, { bytes }]) => [path, new TextDecoder().decode(bytes)]),
  );

describe('downloader: the names of those who saved a file', () => {
  const authors = { createdBy: 'maker@example.org', lastModifiedBy: null };

  function createNamed(ask: () => Promise<typeof authors>) {
    const world = createWorld();
    const given: unknown[] = [];
    const said: unknown[][] = [];
    const { disk, context } = world;
    const stage: Context['disk']['stage'] = async (...args) => {
      const staged = await disk.stage(...args);
      const place: typeof staged.place = (path, options) => {
        given.push(options.authors);
        return staged.place(path, options);
      };
      return Object.assign(Object.create(staged) as typeof staged, { place });
    };
    const named = {
      ...context,
      disk: { ...disk, stage },
      drive: { ...context.drive, authors: ask },
      config: { verifyDownloads: true, writeAuthors: true },
      say: (...line: unknown[]) => void said.push(line),
    } as unknown as Context;
    return { world: { ...world, context: named }, given, said };
  }

  it('are asked for and placed with it, where they are wanted', async () => {
    const { world, given } = createNamed(async () => authors);
    await download(world, { remote: remoteOf('from the drive') });
    expect(given).toEqual([authors]);
  });

  it('are left out, and that is said, where the drive does not tell them', async () => {
    const { world, given, said } = createNamed(() =>
      Promise.reject(new Failure({ code: 'accessDenied', detail: 'it is not told' })),
    );
    await download(world, { remote: remoteOf('from the drive') });
    expect(given).toEqual([undefined]);
    expect(said).toEqual([[expect.stringContaining('it is not told'), 'warning']]);
    expect(contents(world)).toEqual({ 'a.txt': 'from the drive' });
  });
});

describe('downloader: DownloadFile', () => {
  it('places the version that was decided on, with its time and hash', async () => {
    const world = createWorld();
    const remote = remoteOf('from the drive');
    const outcome = await download(world, { remote });
    expect(outcome).toMatchObject({
      local: { name: 'a.txt', hash: remote.hash, sizeBytes: 14, modifiedAt: 1_600_000_000 },
      transferredBytes: 14,
      requestIds: ['r-1'],
    });
    expect(outcome).not.toHaveProperty('kept');
    expect(outcome).not.toHaveProperty('unconfirmed');
    expect(contents(world)).toEqual({ 'a.txt': 'from the drive' });
    expect(world.served.eTag).toBe('e1');
  });

  it('asks the drive for nothing when the file is empty', async () => {
    const world = createWorld('');
    await expect(download(world, { remote: remoteOf('') })).resolves.toMatchObject({
      transferredBytes: 0,
      requestIds: [],
    });
    expect(contents(world)).toEqual({ 'a.txt': '' });
    expect(world.served.requests).toBe(0);
  });

  it.each([
    ['another size', 'shorter', {}],
    ['another hash', 'from the Drive', {}],
    ['another size, where the drive knows no hash', 'shorter', { hash: null }],
  ])('discards what arrived with %s, and leaves the folder alone', async (_, served, given) => {
    const world = createWorld(served);
    world.served.now = given;
    const failing = download(world, { remote: remoteOf('from the drive', given) });
    await expect(failing).rejects.toMatchObject({ code: 'contentMismatch' });
    expect(contents(world)).toEqual({});
    world.served.content = 'from the drive';
    await download(world, { remote: remoteOf('from the drive', given) });
    expect(world.served.offsets).toEqual([0, 0, 0]);
    expect(contents(world)).toEqual({ 'a.txt': 'from the drive' });
  });

  it('goes on where an interrupted attempt ended, and counts only what it fetched', async () => {
    const world = createWorld();
    world.served.breaksOff = true;
    const remote = remoteOf('from the drive');
    await expect(download(world, { remote })).rejects.toMatchObject({ code: 'offline' });
    world.served.breaksOff = false;
    await expect(download(world, { remote })).resolves.toMatchObject({ transferredBytes: 7 });
    expect(world.served.offsets).toEqual([0, 7]);
    expect(contents(world)).toEqual({ 'a.txt': 'from the drive' });
  });

  it.each([
    ['hashes', {}],
    ['no hash, where the tag tells versions apart', { hash: null }],
  ])('does not go on with bytes of another version (%s)', async (_, given) => {
    const world = createWorld('first version!');
    world.served.breaksOff = true;
    const first = download(world, { remote: remoteOf('first version!', given) });
    await expect(first).rejects.toThrow('the line broke');
    world.served.breaksOff = false;
    world.served.content = 'other version!';
    await download(world, { remote: remoteOf('other version!', { eTag: 'e2', ...given }) });
    expect(world.served.offsets).toEqual([0, 0]);
    expect(contents(world)).toEqual({ 'a.txt': 'other version!' });
  });

  it('says that no hash confirms the bytes when the drive knows none', async () => {
    const world = createWorld();
    const outcome = await download(world, { remote: remoteOf('from the drive', { hash: null }) });
    expect(outcome).toMatchObject({ unconfirmed: true, local: { hash: hashOf('from the drive') } });
  });

  it('says nothing of a hash about a file that was written to as soon as it had its name', async () => {
    const world = createWorld();
    const { disk } = world.context;
    const stage: typeof disk.stage = async (key, sizeBytes) => {
      const staged = await disk.stage(key, sizeBytes);
      return {
        ...staged,
        place: async (path, options) => {
          const placed = await staged.place(path, options);
          return { ...placed, row: { ...placed.row, hash: null } };
        },
      };
    };
    const context = { ...world.context, disk: { ...disk, stage } };
    const outcome = await download(
      { ...world, context },
      { remote: remoteOf('from the drive', { hash: null }) },
    );
    expect(outcome).not.toHaveProperty('unconfirmed');
  });

  describe('what arrives is not what was announced', () => {
    it('and the drive shows by now what arrived: the decision is made anew, without another transfer', async () => {
      const world = createWorld();
      const wrong = remoteOf('from the drive', { sizeBytes: 21 });
      await expect(download(world, { remote: wrong })).rejects.toMatchObject({
        code: 'preconditionFailed',
        remote: { sizeBytes: 14 },
      });
      await download(world, { remote: remoteOf('from the drive') });
      expect(world.served.requests).toBe(1);
      expect(contents(world)).toEqual({ 'a.txt': 'from the drive' });
    });

    it('and has no end: it is cut off where the announced size is passed, and refused', async () => {
      const world = createWorld('x'.repeat(1_000));
      let writtenBytes = 0;
      const stage = world.context.disk.stage.bind(world.context.disk);
      world.context.disk.stage = async (...given) => {
        const staged = await stage(...given);
        const write = staged.write.bind(staged);
        staged.write = (chunk) => {
          writtenBytes += chunk.byteLength;
          return write(chunk);
        };
        return staged;
      };
      await expect(download(world, { remote: remoteOf('from the drive') })).rejects.toMatchObject({
        code: 'contentMismatch',
        message: expect.stringMatching(/announces 14 bytes .*, and twice hands out more$/),
      });
      expect(writtenBytes).toBe(0);
      expect(contents(world)).toEqual({});
    });

    it('and what came to the announced size is no version, also where the drive knows no hash', async () => {
      const world = createWorld('twice as long as announced..');
      world.served.now = { hash: null };
      await expect(
        download(world, { remote: remoteOf('from the drive', { hash: null }) }),
      ).rejects.toMatchObject({ code: 'contentMismatch' });
      expect(contents(world)).toEqual({});
    });

    it('but larger, as a drive makes such files: it is taken whole, and not without an end', async () => {
      const world = createWorld('the still picture of a larger asset');
      world.served.kind = 'personal';
      const photo = { path: 'photo.HEIC', remote: remoteOf('from the drive') };
      expect(await download(world, photo)).toMatchObject({ unconfirmed: true, local: { sizeBytes: 35 } });
      const endless = createWorld('x'.repeat(66 * 1024 * 1024));
      endless.served.kind = 'personal';
      await expect(download(endless, photo)).rejects.toMatchObject({ code: 'contentMismatch' });
      expect(contents(endless)).toEqual({});
    });

    it('because it was damaged on its way: it is fetched once more', async () => {
      const world = createWorld('from the drove');
      const { drive } = world.context;
      const fetched = drive.download.bind(drive);
      let requests = 0;
      const again: typeof fetched = (...given) => {
        if (++requests === 2) world.served.content = 'from the drive';
        return fetched(...given);
      };
      const context = { ...world.context, drive: { ...drive, download: again } };
      const outcome = await download({ ...world, context }, { remote: remoteOf('from the drive') });
      expect(outcome).toMatchObject({ transferredBytes: 28 });
      expect(outcome).not.toHaveProperty('unconfirmed');
      expect(contents(world)).toEqual({ 'a.txt': 'from the drive' });
    });

    it('and the drive insists: it is refused with both figures', async () => {
      const world = createWorld('something else');
      await expect(download(world, { remote: remoteOf('from the drive') })).rejects.toMatchObject({
        code: 'contentMismatch',
        message: expect.stringMatching(
          `announces 14 bytes with hash ${hashOf('from the drive')}.*14 bytes with hash ${hashOf('something else')}`,
        ),
      });
      expect(world.served.requests).toBe(2);
      expect(contents(world)).toEqual({});
    });

    it.each([
      ['personal', 'photo.HEIC'],
      ['business', 'letter.docx'],
    ] as const)('as a %s drive does with such files: %s is taken, and agreed', async (kind, path) => {
      const world = createWorld('still picture!');
      world.served.kind = kind;
      const outcome = await download(world, { path, remote: remoteOf('from the drive') });
      expect(outcome).toMatchObject({ unconfirmed: true, local: { hash: hashOf('still picture!') } });
    });

    it('and the item is gone by now', async () => {
      const world = createWorld('something else');
      world.served.now = { deleted: true };
      await expect(download(world, { remote: remoteOf('from the drive') })).rejects.toMatchObject({
        remote: { deleted: true },
      });
      expect(world.served.requests).toBe(1);
    });
  });

  it('takes altered content when checking was switched off, and says that no hash confirms it', async () => {
    const world = createWorld('altered on the way', false);
    const outcome = await download(world, { remote: remoteOf('from the drive') });
    expect(outcome).toMatchObject({ unconfirmed: true, local: { hash: hashOf('altered on the way') } });
    expect(contents(world)).toEqual({ 'a.txt': 'altered on the way' });
  });

  it('replaces the expected version; what was there goes to the trash, and the outcome says where', async () => {
    const world = createWorld();
    world.user.write('a.txt', bytesOf('old'));
    const expected = await expectedOf(world, 'a.txt');
    const { trash } = await download(world, { remote: remoteOf('from the drive'), expected });
    expect(contents(world)).toEqual({ 'a.txt': 'from the drive' });
    expect([...world.user.trashContents()]).toEqual([[trash, bytesOf('old')]]);
  });

  it('never replaces a version nobody decided about', async () => {
    const world = createWorld();
    world.user.write('a.txt', bytesOf('old'));
    const expected = await expectedOf(world, 'a.txt');
    world.user.write('a.txt', bytesOf('just saved'));
    const failing = download(world, { remote: remoteOf('from the drive'), expected });
    await expect(failing).rejects.toMatchObject({ code: 'changedMeanwhile' });
    expect(contents(world)).toEqual({ 'a.txt': 'just saved' });
  });

  it('says so when a version that must survive is kept already', async () => {
    const world = createWorld();
    const said: unknown[] = [];
    const context = { ...world.context, say: (text: string) => void said.push(text) };
    world.user.write('a.txt', bytesOf('mine'));
    world.user.write('a-host-safeBackup-0001.txt', bytesOf('mine'));
    const expected = await expectedOf(world, 'a.txt');
    await download({ ...world, context }, { remote: remoteOf('from the drive'), expected, keepAs });
    expect(said).toEqual([expect.stringMatching(/; reusing existing preservation: a\.txt$/)]);
  });

  it('keeps a local version that must survive, and tells where', async () => {
    const world = createWorld();
    world.user.write('a.txt', bytesOf('mine'));
    const expected = await expectedOf(world, 'a.txt');
    const outcome = await download(world, { remote: remoteOf('from the drive'), expected, keepAs });
    expect(outcome.kept).toMatchObject({ name: 'a-host-safeBackup-0001.txt' });
    expect(contents(world)).toEqual({ 'a.txt': 'from the drive', 'a-host-safeBackup-0001.txt': 'mine' });
  });

  it('adopts an equal local version without a transfer, a copy or a replacement', async () => {
    const world = createWorld();
    world.user.write('a.txt', bytesOf('from the drive'));
    const expected = await expectedOf(world, 'a.txt');
    const outcome = await download(world, { remote: remoteOf('from the drive'), expected, keepAs });
    expect(outcome).toMatchObject({ local: { id: expected.id, hash: hashOf('from the drive') } });
    expect(world.served.requests).toBe(0);
    expect(contents(world)).toEqual({ 'a.txt': 'from the drive' });
  });

  it('adopts an equal local version after a transfer where only the bytes could tell', async () => {
    const world = createWorld();
    world.user.write('a.txt', bytesOf('from the drive'));
    const expected = await expectedOf(world, 'a.txt');
    const remote = remoteOf('from the drive', { hash: null });
    const outcome = await download(world, { remote, expected, keepAs });
    expect(outcome).toMatchObject({ local: { id: expected.id }, unconfirmed: true, transferredBytes: 14 });
    expect(contents(world)).toEqual({ 'a.txt': 'from the drive' });
  });

  it('places nothing after it was asked to stop', async () => {
    const world = createWorld();
    world.stopping.abort();
    await expect(download(world, { remote: remoteOf('from the drive') })).rejects.toThrow('stopping');
    expect(contents(world)).toEqual({});
  });
});

describe('downloader: the other commands', () => {
  it('KeepRemoteCopy fetches the version of the drive beside the local one', async () => {
    const world = createWorld();
    world.user.makeFolder('f');
    world.user.write('f/a.txt', bytesOf('mine'));
    const remote = remoteOf('from the drive');
    const command = { type: 'KeepRemoteCopy', id: '7/0', path: 'f/a.txt', folder: 'f', remote, keepAs };
    const outcome = await downloader.handle?.KeepRemoteCopy?.(
      command as CommandOf<'KeepRemoteCopy'>,
      world.context,
    );
    expect(outcome).toMatchObject({
      kept: { name: 'a-host-safeBackup-0001.txt', hash: remote.hash },
      transferredBytes: 14,
    });
    expect(contents(world)).toMatchObject({
      'f/a.txt': 'mine',
      'f/a-host-safeBackup-0001.txt': 'from the drive',
    });
  });

  it('CreateLocalFolder and MoveLocal tell the row that is true now', async () => {
    const world = createWorld();
    const { handle } = downloader;
    const folder = await handle?.CreateLocalFolder?.(
      { type: 'CreateLocalFolder', id: '7/0', path: 'f' } as CommandOf<'CreateLocalFolder'>,
      world.context,
    );
    expect(folder).toMatchObject({ local: { name: 'f', kind: 'folder' } });
    world.user.write('a.txt', bytesOf('a'));
    const expected = await expectedOf(world, 'a.txt');
    const move = { type: 'MoveLocal', id: '7/1', path: 'a.txt', toPath: 'f/b.txt', expected };
    const moved = await handle?.MoveLocal?.(move as CommandOf<'MoveLocal'>, world.context);
    expect(moved).toMatchObject({ local: { id: expected.id, name: 'b.txt' } });
    expect(contents(world)).toMatchObject({ 'f/b.txt': 'a' });
  });

  it('DeleteLocal tells where the file can be found again, and refuses another version', async () => {
    const world = createWorld();
    world.user.write('a.txt', bytesOf('a'));
    const expected = await expectedOf(world, 'a.txt');
    const reason = { rule: 'remote-deleted', differs: '', causes: [] } as const;
    const command = { type: 'DeleteLocal', id: '7/0', path: 'a.txt', kind: 'file', expected, reason };
    world.user.write('a.txt', bytesOf('b'));
    const refused = downloader.handle?.DeleteLocal?.(
      command as unknown as CommandOf<'DeleteLocal'>,
      world.context,
    );
    await expect(refused).rejects.toMatchObject({ code: 'changedMeanwhile' });
    const current = { ...command, expected: await expectedOf(world, 'a.txt') };
    const outcome = await downloader.handle?.DeleteLocal?.(
      current as unknown as CommandOf<'DeleteLocal'>,
      world.context,
    );
    expect(outcome).toEqual({ local: { id: expected.id, gone: true, trash: expect.any(String) } });
    expect(contents(world)).toEqual({});
    expect([...world.user.trashContents().values()]).toEqual([bytesOf('b')]);
  });

  it('SetLocalTime tells the new time', async () => {
    const world = createWorld();
    world.user.write('a.txt', bytesOf('a'));
    const expected = await expectedOf(world, 'a.txt');
    const command = { type: 'SetLocalTime', id: '7/0', path: 'a.txt', expected, modifiedAt: 1_500_000_000 };
    const outcome = await downloader.handle?.SetLocalTime?.(
      command as CommandOf<'SetLocalTime'>,
      world.context,
    );
    expect(outcome).toMatchObject({ local: { id: expected.id, modifiedAt: 1_500_000_000 } });
  });
});
