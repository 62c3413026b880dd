import type {
  ByteSource,
  CommandOf,
  DriveInfo,
  DriveItemId,
  DriveWriter,
  FailureCode,
  RemoteRow,
} from '@tidemark/plugin-sdk';
import { Failure } from '@tidemark/plugin-sdk';
import { quickXorHash } from '@tidemark/quickxor';
import { createSimulatedDisk } from '@tidemark/testkit';
import { describe, expect, it } from 'vitest';
import type { Context } from './config.ts';
import { uploader } from './uploader.ts';

const random = { bytes: (count: number) => new Uint8Array(count), uuid: () => '', fraction: () => 0 };
const bytesOf = (text: string) => new TextEncoder().encode(text);
const id = (text: string) => text as DriveItemId;

const row: RemoteRow = {
  id: id('D1'),
  parentId: id('D0'),
  name: 'a.txt',
  kind: 'file',
  sizeBytes: 5,
  hash: null,
  modifiedAt: 1,
  eTag: 'e2',
  cTag: null,
};

/** A drive that reads the source as an adapter does, and then does what the test says. */
function createDrive(afterReading: () => void = () => undefined, altered = false) {
  const calls: unknown[] = [];
  const written = { row, requestIds: ['r-1'] };
  const drive: Partial<DriveWriter> = {
    async upload(target, source, modifiedAt, options) {
      const chunks: number[] = [];
      for await (const chunk of source.open(0)) chunks.push(...chunk);
      options?.progress?.(source.sizeBytes);
      const bytes = new Uint8Array(chunks);
      calls.push(['upload', target, new TextDecoder().decode(bytes), modifiedAt]);
      afterReading();
      return { ...written, hash: quickXorHash(bytes), altered };
    },
    createFolder: async (...given) => (
      calls.push(['createFolder', ...given]),
      { ...written, made: given[1] !== 'there.txt' }
    ),
    move: async (...given) => (calls.push(['move', ...given]), written),
    setModifiedAt: async (...given) => (calls.push(['setModifiedAt', ...given]), written),
    delete: async (...given) => (calls.push(['delete', ...given]), { requestIds: ['r-1'] }),
  };
  return { drive, calls };
}

async function createWorld(made: ReturnType<typeof createDrive> = createDrive()) {
  const { disk, user } = createSimulatedDisk({ random });
  user.write('a.txt', bytesOf('hello'));
  const local = await disk.stat('a.txt');
  if (local === null) throw new Error('the file is there');
  const figures: number[] = [];
  const context = {
    drive: made.drive,
    disk,
    content: { of: () => null },
    config: { verifyUploads: true },
    signal: new AbortController().signal,
    progress: (doneBytes: number) => figures.push(doneBytes),
  } as unknown as Context;
  const upload = {
    type: 'UploadFile',
    id: '7/0',
    path: 'a.txt',
    expected: { id: local.id, stamp: local.stamp },
    sizeBytes: 5,
    modifiedAt: 1_700_000_000,
    target: { as: 'new', parentId: id('D0'), name: 'a.txt' },
  } as unknown as CommandOf<'UploadFile'>;
  return { disk, user, local, context, upload, figures, calls: made.calls };
}

describe('uploader: UploadFile', () => {
  it('tells both sides of what it uploaded, with the hash of the bytes that were sent', async () => {
    const { local, context, upload, figures, calls } = await createWorld();
    await expect(uploader.handle?.UploadFile?.(upload, context)).resolves.toEqual({
      remote: row,
      local: { ...local, hash: quickXorHash(bytesOf('hello')) },
      transferredBytes: 5,
      requestIds: ['r-1'],
    });
    expect(calls).toEqual([['upload', upload.target, 'hello', 1_700_000_000]]);
    expect(figures).toEqual([5]);
  });

  const onDriveOf = (kind: DriveInfo['kind'], name: string, damaged = Number.MAX_SAFE_INTEGER) => {
    const made = createDrive(() => undefined, true);
    const info = async (): Promise<DriveInfo> => ({ id: 'drive', kind, rootId: id('D0') });
    let uploads = 0;
    const upload: DriveWriter['upload'] = async (...given) => {
      const written = await (made.drive.upload as DriveWriter['upload'])(...given);
      return { ...written, row: { ...row, name, hash: 'stored' }, altered: ++uploads <= damaged };
    };
    return { ...made, drive: { ...made.drive, info, upload } };
  };

  it('says that no hash confirms it when the service rewrote a document, as it does in business drives', async () => {
    const { context, upload, calls } = await createWorld(onDriveOf('business', 'a.docx'));
    await expect(uploader.handle?.UploadFile?.(upload, context)).resolves.toMatchObject({
      unconfirmed: true,
    });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['personal', 'a.docx'],
    ['business', 'a.bin'],
  ] as const)('sends once more what a %s drive stored with other bytes (%s)', async (kind, name) => {
    const { context, upload, calls } = await createWorld(onDriveOf(kind, name, 1));
    const outcome = await uploader.handle?.UploadFile?.(upload, context);
    expect(outcome).toMatchObject({ local: expect.anything(), transferredBytes: 10 });
    expect(outcome).not.toHaveProperty('unconfirmed');
    expect(calls.map((call) => (call as unknown[])[1])).toEqual([
      upload.target,
      { as: 'version', id: 'D1', ifMatch: 'e2' },
    ]);
  });

  it('calls a file that is damaged twice a mismatch, with both hashes, and never agreed', async () => {
    const { context, upload, calls } = await createWorld(onDriveOf('personal', 'a.bin'));
    await expect(uploader.handle?.UploadFile?.(upload, context)).rejects.toMatchObject({
      code: 'contentMismatch',
      message: expect.stringMatching(`hash ${quickXorHash(bytesOf('hello'))} .* hash stored`),
      remote: { id: 'D1' },
    });
    expect(calls).toHaveLength(2);
  });

  it('takes what the drive stored as the file where uploads are not to be compared', async () => {
    const { context, upload, calls } = await createWorld(onDriveOf('personal', 'a.bin'));
    const believing = { ...context, config: { verifyUploads: false } };
    await expect(uploader.handle?.UploadFile?.(upload, believing)).resolves.toMatchObject({
      unconfirmed: true,
    });
    expect(calls).toHaveLength(1);
  });

  it('tells of a file that was saved again before it could be sent once more what the drive holds', async () => {
    const made = onDriveOf('personal', 'a.bin');
    const { context, upload, user } = await createWorld(made);
    const info = async (): Promise<DriveInfo> => (user.write('a.txt', bytesOf('newer')), made.drive.info());
    const outcome = await uploader.handle?.UploadFile?.(upload, {
      ...context,
      drive: { ...context.drive, info },
    });
    expect(outcome).toMatchObject({ remote: { hash: 'stored' } });
    expect(outcome).not.toHaveProperty('local');
  });

  describe('where a plugin changes content', () => {
    /** Upper case, on the drive. */
    function changing(world: Awaited<ReturnType<typeof createWorld>>) {
      const kept: string[] = [];
      const reports: unknown[] = [];
      const sent = bytesOf('HELLO');
      const content: Context['content'] = {
        of: () => ({
          plugin: 'loud',
          async up(_path, key, bytes) {
            kept.push(key ?? 'no key');
            for await (const _chunk of bytes());
            return {
              sizeBytes: sent.length,
              drive: { sizeBytes: 5, hash: quickXorHash(sent) },
              disk: { sizeBytes: 5, hash: quickXorHash(bytesOf('hello')) },
              async *open() {
                yield sent;
              },
              discard: async () => void kept.pop(),
            };
          },
          down: (_path, bytes) => bytes,
        }),
      };
      const report: Context['report'] = async (one) => void reports.push(one);
      return { kept, reports, context: { ...world.context, content, report } };
    }

    it('sends what it made, tells first what matches what, and that the plugin changed it', async () => {
      const world = await createWorld();
      const { context, kept, reports } = changing(world);
      await expect(uploader.handle?.UploadFile?.(world.upload, context)).resolves.toMatchObject({
        content: 'loud',
        local: { hash: quickXorHash(bytesOf('hello')) },
      });
      expect(world.calls).toMatchObject([['upload', world.upload.target, 'HELLO', 1_700_000_000]]);
      expect(reports).toMatchObject([{ type: 'ContentMatched', command: '7/0', plugin: 'loud' }]);
      expect(kept).toEqual([]);
    });

    it('never takes a document for agreed that the service rewrote: no plugin could turn that back', async () => {
      const world = await createWorld(onDriveOf('business', 'a.docx'));
      const { context } = changing(world);
      await expect(uploader.handle?.UploadFile?.(world.upload, context)).rejects.toMatchObject({
        code: 'contentMismatch',
      });
      expect(world.calls).toHaveLength(2);
    });

    it.each([
      ['offline', 1],
      ['accessDenied', 0],
    ] as const)('after %s it keeps what was made for the next attempt: %i', async (code, count) => {
      const made = createDrive(() => {
        throw new Failure({ code, detail: 'spec' });
      });
      const world = await createWorld(made);
      const { context, kept } = changing(world);
      await expect(uploader.handle?.UploadFile?.(world.upload, context)).rejects.toMatchObject({ code });
      expect(kept).toHaveLength(count);
    });

    it('keeps nothing of a file that was saved a moment ago: no attempt could find it again', async () => {
      const world = await createWorld(
        createDrive(() => {
          throw new Failure({ code: 'offline', detail: 'spec' });
        }),
      );
      const { context, kept } = changing(world);
      const { expected } = world.upload;
      const upload = { ...world.upload, expected: { ...expected, stamp: `${expected.stamp}+` } };
      await expect(uploader.handle?.UploadFile?.(upload, context)).rejects.toMatchObject({ code: 'offline' });
      expect(kept).toEqual([]);
    });

    it('sends nothing of a file that changed while it was read', async () => {
      const world = await createWorld();
      const { context, kept } = changing(world);
      const read: typeof world.disk.read = async (path, expected) => {
        const source = await world.disk.read(path, expected);
        const finish = (): Promise<void> => {
          world.user.write('a.txt', bytesOf('newer'));
          return source.finish();
        };
        return { sizeBytes: source.sizeBytes, open: (offset) => source.open(offset), finish };
      };
      const disk = { ...world.disk, read };
      await expect(uploader.handle?.UploadFile?.(world.upload, { ...context, disk })).rejects.toMatchObject({
        code: 'changedMeanwhile',
      });
      expect({ calls: world.calls, kept }).toEqual({ calls: [], kept: [] });
    });
  });

  it('uploads nothing when the file is not the expected one', async () => {
    const { user, context, upload, calls } = await createWorld();
    user.write('a.txt', bytesOf('other'));
    await expect(uploader.handle?.UploadFile?.(upload, context)).rejects.toMatchObject({
      code: 'changedMeanwhile',
    });
    expect(calls).toEqual([]);
  });

  it.each([
    ['was written to', (user: User) => user.write('a.txt', bytesOf('newer'))],
    ['was replaced by an equal one', (user: User) => user.replace('a.txt', bytesOf('hello'))],
    ['was deleted', (user: User) => user.remove('a.txt')],
    ['was moved away', (user: User) => user.rename('a.txt', 'b.txt')],
  ])(
    'tells of a file that %s while it was sent what the drive holds, and nothing of the disk',
    async (_, interfere) => {
      const made = createDrive(() => interfere(world.user));
      const world = await createWorld(made);
      const { context, upload, calls } = world;
      const outcome = await uploader.handle?.UploadFile?.(upload, context);
      expect(outcome).toMatchObject({ remote: expect.anything(), transferredBytes: 5 });
      expect(outcome).not.toHaveProperty('local');
      expect(calls).toHaveLength(1);
    },
  );

  it('tells nothing of the disk when the file changed after its last byte was read', async () => {
    const { user, context, upload } = await createWorld();
    const stat: typeof context.disk.stat = (path) => {
      user.write('a.txt', bytesOf('newer'));
      return context.disk.stat(path);
    };
    const changed = { ...context, disk: { ...context.disk, stat } };
    const outcome = await uploader.handle?.UploadFile?.(upload, changed);
    expect(outcome).toHaveProperty('remote');
    expect(outcome).not.toHaveProperty('local');
  });

  it('closes the file when the drive refuses', async () => {
    const refused = new Failure({ code: 'quotaReached', detail: 'full' });
    const { context, upload } = await createWorld();
    let finished = 0;
    const source: ByteSource & { finish(): Promise<void> } = {
      sizeBytes: 5,
      async *open() {},
      async finish() {
        finished += 1;
      },
    };
    const disk = { ...context.disk, read: async () => source };
    const drive = { ...context.drive, upload: () => Promise.reject(refused) };
    await expect(uploader.handle?.UploadFile?.(upload, { ...context, disk, drive })).rejects.toBe(refused);
    expect(finished).toBe(1);
  });
});

type User = ReturnType<typeof createSimulatedDisk>['user'];

describe('uploader: the other commands', () => {
  it('a folder that was there already is shown and not called made: it may hold what nobody has looked at', async () => {
    const { context } = await createWorld();
    const there = { ...command, name: 'there.txt', type: 'CreateRemoteFolder' } as never;
    const outcome = await uploader.handle?.CreateRemoteFolder?.(there, context);
    expect(outcome).toEqual({ remote: row, requestIds: ['r-1'] });
  });

  const command = {
    id: '7/0',
    path: 'a.txt',
    driveItemId: id('D1'),
    ifMatch: 'e1',
    parentId: id('D0'),
    name: 'a.txt',
    toParentId: id('D2'),
    toName: 'b.txt',
    modifiedAt: 9,
    itemCount: 1,
  };

  it.each([
    [
      'CreateRemoteFolder' as const,
      ['createFolder', 'D0', 'a.txt'],
      { remote: row, requestIds: ['r-1'], made: true },
    ],
    [
      'MoveRemote' as const,
      ['move', 'D1', { parentId: 'D2', name: 'b.txt', modifiedAt: 9 }, 'e1'],
      { remote: row, requestIds: ['r-1'] },
    ],
    ['SetRemoteTime' as const, ['setModifiedAt', 'D1', 9, 'e1'], { remote: row, requestIds: ['r-1'] }],
    [
      'DeleteRemote' as const,
      ['delete', 'D1', 'e1', { isEmpty: true }],
      { remote: { id: 'D1', deleted: true }, requestIds: ['r-1'] },
    ],
  ])('%s passes the precondition on and tells what is true now', async (type, call, outcome) => {
    const { context, calls } = await createWorld();
    const handler = uploader.handle?.[type] as (command: unknown, context: Context) => Promise<unknown>;
    await expect(handler({ ...command, type }, context)).resolves.toEqual(outcome);
    expect(calls).toEqual([call]);
  });

  describe('refused by the drive', () => {
    const there: RemoteRow = { ...row, id: id('D9'), name: 'A.txt' };
    const shown: Partial<DriveWriter> = {
      child: async (parentId, name) => ({ ...there, parentId, name }),
      items: async (ids) =>
        ids.map((one) => (one === id('D2') ? { id: one, deleted: true } : { ...row, id: one })),
    };
    const refuse = async (type: 'CreateRemoteFolder' | 'MoveRemote' | 'DeleteRemote', code: FailureCode) => {
      const { context } = await createWorld();
      const no = () => Promise.reject(new Failure({ code, detail: 'No' }));
      const drive = { ...context.drive, ...shown, createFolder: no, move: no, delete: no };
      const handler = uploader.handle?.[type] as (command: unknown, context: Context) => Promise<unknown>;
      return handler({ ...command, type }, { ...context, drive }).then(
        () => null,
        (error: unknown) => (error instanceof Failure ? error : null),
      );
    };

    it.each([
      ['CreateRemoteFolder', 'nameTaken', { parentId: 'D0', name: 'a.txt', id: 'D9' }],
      ['MoveRemote', 'nameTaken', { parentId: 'D2', name: 'b.txt', id: 'D9' }],
      ['MoveRemote', 'notFound', { id: 'D2', deleted: true }],
      ['DeleteRemote', 'preconditionFailed', { id: 'D1', eTag: 'e2' }],
    ] as const)('%s asks the drive about the one item: %s', async (type, code, remote) => {
      await expect(refuse(type, code)).resolves.toMatchObject({ code, remote });
    });

    it('because of anything else, it asks nothing', async () => {
      const failure = await refuse('MoveRemote', 'throttled');
      expect(failure?.remote).toBeUndefined();
    });

    it('and not able to ask, it says what it was refused', async () => {
      const { context } = await createWorld();
      const no = (code: FailureCode) => () => Promise.reject(new Failure({ code, detail: 'No' }));
      const drive = { ...context.drive, delete: no('preconditionFailed'), items: no('offline') };
      const handler = uploader.handle?.DeleteRemote as (
        command: unknown,
        context: Context,
      ) => Promise<unknown>;
      await expect(
        handler({ ...command, type: 'DeleteRemote' }, { ...context, drive }),
      ).rejects.toMatchObject({
        code: 'preconditionFailed',
        remote: undefined,
      });
    });
  });
});
