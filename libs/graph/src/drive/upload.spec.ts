import { Failure, type DriveItemId } from '@tidemark/contracts';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { quickXorHash } from '@tidemark/quickxor';
import { afterEach, describe, expect, it } from 'vitest';
import {
  bytesSource,
  named,
  readRound,
  someBytes,
  startRig,
  type Rig,
  type RigOptions,
} from '../testing/rig.ts';
import type { SessionStore } from './upload-session-open.ts';

const unit = 320 * 1024;
const at = 1_700_000_000;
let rig: Rig<Simulator>;
afterEach(() => rig.close());

async function start(
  options: Parameters<typeof startSimulator>[0] = {},
  more: RigOptions = {},
): Promise<DriveItemId> {
  rig = await startRig(await startSimulator(options), { drive: { fragmentBytes: 2 * unit }, ...more });
  return (await rig.drive.info()).rootId;
}
const stored = (path: string) => rig.simulator.drive().stat(path);
const content = (path: string) => rig.simulator.drive().read(path);
const count = (kind: 'fragment' | 'sessionCreate' | 'sessionStatus' | 'simpleUpload') =>
  rig.simulator.counters().byKind[kind];
const uploadNew = (parentId: DriveItemId, bytes: Uint8Array, name = 'big.bin', drive = rig.drive) =>
  drive.upload({ as: 'new', parentId, name }, bytesSource(bytes), at);
const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw error;
};

describe('a small file on a personal drive', () => {
  const bytes = someBytes(10_000);

  it.each([
    ['the connection breaks before anything happened', { type: 'drop' }],
    ['the connection breaks after the file was stored', { type: 'performThenDrop' }],
    ['the service answers 503 after the file was stored', { type: 'performThenStatus', status: 503 }],
    ['the service answers 500 before anything happened', { type: 'status', status: 500 }],
    ['the service asks to wait', { type: 'status', status: 429, headers: { 'retry-after': '1' } }],
    ['the answer is a web page', { type: 'htmlBody', status: 200 }],
  ] as const)('is there once when %s', async (_what, effect) => {
    const root = await start({ flavour: 'personal' });
    rig.simulator.addFault({ kind: 'simpleUpload', times: 1, effect });
    const written = await uploadNew(root, bytes, 'a.bin');
    expect(written).toMatchObject({ hash: quickXorHash(bytes), altered: false, row: { modifiedAt: at } });
    expect(stored('/a.bin')?.versions).toBe(1);
    expect(Object.values(rig.simulator.counters().commitsByItem)).toEqual([1]);
  });

  it('never replaces a file of the same name, also not when an answer was lost', async () => {
    const root = await start({ flavour: 'personal', tree: [{ path: '/A.bin', content: 'theirs' }] });
    expect((await failureOf(uploadNew(root, bytes, 'a.bin'))).code).toBe('nameTaken');
    rig.simulator.addFault({ kind: 'simpleUpload', times: 1, effect: { type: 'drop' } });
    expect((await failureOf(uploadNew(root, bytes, 'a.bin'))).code).toBe('nameTaken');
    expect(content('/A.bin').toString()).toBe('theirs');
  });

  it('replaces only the version it was meant for', async () => {
    await start({ flavour: 'personal', tree: [{ path: '/a.bin', content: 'first' }] });
    const row = named((await readRound(rig.drive)).rows, 'a.bin');
    rig.simulator.drive().modify('/a.bin', 'theirs');
    const target = { as: 'version', id: row.id, ifMatch: row.eTag } as const;
    expect((await failureOf(rig.drive.upload(target, bytesSource(bytes), at))).code).toBe(
      'preconditionFailed',
    );
    rig.simulator.addFault({ kind: 'simpleUpload', times: 1, effect: { type: 'drop' } });
    expect((await failureOf(rig.drive.upload(target, bytesSource(bytes), at))).code).toBe(
      'preconditionFailed',
    );
    expect(content('/a.bin').toString()).toBe('theirs');
  });

  it('keeps its time when the answer to setting it was lost or empty', async () => {
    const root = await start({ flavour: 'personal', settings: { patchAnswer: 'empty' } });
    expect((await uploadNew(root, bytes, 'a.bin')).row.modifiedAt).toBe(at);
    rig.simulator.addFault({ kind: 'patch', times: 1, effect: { type: 'performThenDrop' } });
    expect((await uploadNew(root, bytes, 'b.bin')).row.modifiedAt).toBe(at);
    expect(stored('/b.bin')?.modifiedAt).toBe('2023-11-14T22:13:20.000Z');
  });

  it('is refused when the drive is full', async () => {
    const root = await start({ flavour: 'personal' });
    rig.simulator.setQuotaTotal(1);
    expect((await failureOf(uploadNew(root, bytes, 'a.bin'))).code).toBe('quotaReached');
  });
});

it.each(['personal', 'business'] as const)(
  'of many uploads to a full %s drive those that still wait for their turn are not sent',
  async (flavour) => {
    const root = await start({ flavour });
    rig.simulator.setQuotaTotal(1);
    const bytes = someBytes(1000);
    const names = Array.from({ length: 60 }, (_, index) => `${index}.bin`);
    const failures = await Promise.all(names.map((name) => failureOf(uploadNew(root, bytes, name))));
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['quotaReached']));
    expect(count('simpleUpload') + count('fragment')).toBeLessThan(40);
    rig.simulator.setQuotaTotal(1_000_000);
    expect((await uploadNew(root, bytes, 'a.bin')).row.sizeBytes).toBe(1000);
  },
);

describe('an upload session', () => {
  const bytes = someBytes(5 * unit + 17);

  it('sends each fragment once and stores one version', async () => {
    const root = await start({ settings: { fragmentStrictness: 'atOnce' } });
    const done: number[] = [];
    const written = await rig.drive.upload(
      { as: 'new', parentId: root, name: 'big.bin' },
      bytesSource(bytes),
      at,
      {
        progress: (doneBytes) => done.push(doneBytes),
      },
    );
    expect(written).toMatchObject({ hash: quickXorHash(bytes), altered: false });
    expect([count('sessionCreate'), count('fragment'), count('sessionStatus')]).toEqual([1, 3, 0]);
    expect(content('/big.bin').equals(bytes)).toBe(true);
    expect(stored('/big.bin')).toMatchObject({ versions: 1, modifiedAt: '2023-11-14T22:13:20.000Z' });
    expect(done.at(-1)).toBe(bytes.length);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  it('streams fragments that are too large to gather, and can send one again', async () => {
    const large = someBytes(20 * unit + 5);
    const root = await start({}, { drive: { fragmentBytes: 16 * unit } });
    rig.simulator.addFault({ kind: 'fragment', times: 1, effect: { type: 'drop' } });
    const source = bytesSource(large);
    const written = await rig.drive.upload({ as: 'new', parentId: root, name: 'big.bin' }, source, at);
    expect(written).toMatchObject({ hash: quickXorHash(large), altered: false });
    expect(content('/big.bin').equals(large)).toBe(true);
    expect(source.opened.length).toBeGreaterThan(1);
  });

  it.each([
    ['breaks before a fragment arrived', 1, { type: 'drop' }],
    ['breaks after a fragment arrived', 1, { type: 'performThenDrop' }],
    ['breaks after the file was stored', 2, { type: 'performThenDrop' }],
    ['answers 500 after a fragment arrived', 1, { type: 'performThenStatus', status: 500 }],
    ['answers 503 after the file was stored', 2, { type: 'performThenStatus', status: 503 }],
    ['answers 500 before a fragment arrived', 0, { type: 'status', status: 500 }],
    ['is throttled', 1, { type: 'status', status: 429, headers: { 'retry-after': '1' } }],
    ['answers 509', 1, { type: 'status', status: 509 }],
    ['answers 416', 1, { type: 'status', status: 416, code: 'invalidRange' }],
    ['answers 400 once', 1, { type: 'status', status: 400, code: 'invalidRequest' }],
    ['does not know the new session for a moment', 0, { type: 'status', status: 404, code: 'itemNotFound' }],
    ['answers a web page after the file was stored', 2, { type: 'htmlBody', status: 200 }],
    ['answers nonsense', 1, { type: 'malformedBody' }],
  ] as const)('stores the file once when the connection %s', async (_what, skip, effect) => {
    const root = await start();
    rig.simulator.addFault({ kind: 'fragment', skip, times: 1, effect });
    const written = await uploadNew(root, bytes);
    expect(written).toMatchObject({ hash: quickXorHash(bytes), altered: false });
    expect(content('/big.bin').equals(bytes)).toBe(true);
    expect(stored('/big.bin')?.versions).toBe(1);
    expect(count('sessionCreate')).toBe(1);
  });

  it.each([
    ['its permission runs out (403)', { type: 'status', status: 403, code: 'accessDenied' }],
    ['its address dies (401)', { type: 'status', status: 401, code: 'unauthenticated' }],
    ['the length is disputed (409)', { type: 'status', status: 409, code: 'fragmentLengthMismatch' }],
    ['it is gone (410)', { type: 'status', status: 410 }],
  ] as const)('starts again from the first byte when %s', async (_what, effect) => {
    const root = await start();
    rig.simulator.addFault({ kind: 'fragment', skip: 1, times: 1, effect });
    await uploadNew(root, bytes);
    expect(content('/big.bin').equals(bytes)).toBe(true);
    expect([count('sessionCreate'), count('fragment')]).toEqual([2, 5]);
  });

  it('starts again when the session has expired in the middle', async () => {
    const root = await start({ settings: { accessTokenLifetimeMs: 365 * 24 * 3_600_000 } });
    rig.simulator.addFault({
      kind: 'fragment',
      skip: 1,
      times: 1,
      effect: { type: 'latency', delayMs: 300 },
    });
    const uploading = uploadNew(root, bytes);
    while (count('fragment') < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    rig.simulator.advance(30 * 24 * 3_600_000);
    await uploading;
    expect(content('/big.bin').equals(bytes)).toBe(true);
    expect(count('sessionCreate')).toBe(2);
  });

  it.each([
    ['quotaReached', { type: 'status', status: 507, code: 'quotaLimitReached' }],
    ['locked', { type: 'status', status: 423, code: 'resourceLocked' }],
    ['preconditionFailed', { type: 'status', status: 412 }],
    ['nameTaken', { type: 'status', status: 409, code: 'nameAlreadyExists' }],
  ] as const)('ends with %s and is deleted', async (code, effect) => {
    const root = await start();
    rig.simulator.addFault({ kind: 'fragment', skip: 1, effect });
    expect((await failureOf(uploadNew(root, bytes))).code).toBe(code);
    expect(
      rig.simulator
        .requestLog()
        .filter(({ method, kind }) => method === 'DELETE' && kind === 'sessionStatus'),
    ).toHaveLength(1);
    expect(stored('/big.bin')).toBeUndefined();
  });

  it('gives up in the end when nothing helps', async () => {
    const root = await start();
    rig.simulator.addFault({
      kind: 'fragment',
      effect: { type: 'status', status: 403, code: 'accessDenied' },
    });
    expect((await failureOf(uploadNew(root, bytes))).code).toBe('accessDenied');
    expect(count('sessionCreate')).toBe(3);
    rig.simulator.clearFaults();
    rig.simulator.addFault({ kind: 'fragment', effect: { type: 'drop' } });
    expect((await failureOf(uploadNew(root, bytes, 'other.bin'))).code).toBe('offline');
  });

  it('never replaces a file of the same name, whenever it appeared', async () => {
    const root = await start({ tree: [{ path: '/BIG.bin', content: 'theirs' }] });
    expect((await failureOf(uploadNew(root, bytes))).code).toBe('nameTaken');
    rig.simulator.addFault({
      kind: 'fragment',
      skip: 2,
      times: 1,
      effect: { type: 'latency', delayMs: 300 },
    });
    const uploading = failureOf(uploadNew(root, bytes, 'later.bin'));
    while (count('fragment') < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    rig.simulator.drive().create('/later.bin', 'theirs');
    expect((await uploading).code).toBe('nameTaken');
    expect(content('/later.bin').toString()).toBe('theirs');
    expect(content('/BIG.bin').toString()).toBe('theirs');
  });

  it.each(['kept', 'bumped'] as const)(
    'replaces only the version it was meant for (eTag %s by the session)',
    async (sessionTag) => {
      await start({ tree: [{ path: '/a.bin', content: 'first' }], settings: { sessionTag } });
      const row = named((await readRound(rig.drive)).rows, 'a.bin');
      const stale = { as: 'version', id: row.id, ifMatch: row.eTag } as const;
      const written = await rig.drive.upload(stale, bytesSource(bytes), at);
      expect(written.row.id).toBe(row.id);
      expect(content('/a.bin').equals(bytes)).toBe(true);
      expect((await failureOf(rig.drive.upload(stale, bytesSource(someBytes(9)), at))).code).toBe(
        'preconditionFailed',
      );
      expect(content('/a.bin').equals(bytes)).toBe(true);
    },
  );

  it('guards itself after the start of a session has made its own commit impossible', async () => {
    await start({ tree: [{ path: '/a.bin', content: 'first' }] });
    const row = named((await readRound(rig.drive)).rows, 'a.bin');
    const target = { as: 'version', id: row.id, ifMatch: row.eTag } as const;
    rig.simulator.addFault({ kind: 'fragment', skip: 2, times: 1, effect: { type: 'status', status: 412 } });
    expect((await failureOf(rig.drive.upload(target, bytesSource(bytes), at))).code).toBe(
      'preconditionFailed',
    );
    // The same again succeeds without the service's precondition, but still not over a foreign change.
    const foreign = failureOf(
      rig.drive.upload(
        target,
        {
          ...bytesSource(bytes),
          open: changing(bytes, () => rig.simulator.drive().modify('/a.bin', 'theirs')),
        },
        at,
      ),
    );
    expect((await foreign).code).toBe('preconditionFailed');
    expect(content('/a.bin').toString()).toBe('theirs');
    const now = await rig.drive.item(row.id);
    await rig.drive.upload({ ...target, ifMatch: now?.eTag ?? '' }, bytesSource(bytes), at);
    expect(content('/a.bin').equals(bytes)).toBe(true);
  });

  it('fails as changed, and deletes the session, when the file becomes shorter while it is read', async () => {
    const root = await start();
    const source = { ...bytesSource(bytes.subarray(0, 3 * unit)), sizeBytes: bytes.length };
    const failed = await failureOf(
      rig.drive.upload({ as: 'new', parentId: root, name: 'big.bin' }, source, at),
    );
    expect(failed.code).toBe('changedMeanwhile');
    expect(count('sessionStatus')).toBe(1);
  });

  it('passes on what reading the file failed with', async () => {
    const large = someBytes(20 * unit);
    const root = await start({}, { drive: { fragmentBytes: 16 * unit } });
    const broken = {
      sizeBytes: large.length,
      open: changing(large, () => {
        throw new Failure({ code: 'diskFault', detail: 'Cannot read' });
      }),
    };
    expect(
      (await failureOf(rig.drive.upload({ as: 'new', parentId: root, name: 'big.bin' }, broken, at))).code,
    ).toBe('diskFault');
  });

  it('stops when told to', async () => {
    const root = await start();
    const controller = new AbortController();
    rig.simulator.addFault({ kind: 'fragment', skip: 1, effect: { type: 'hang' } });
    const uploading = failureOf(
      rig.drive.upload({ as: 'new', parentId: root, name: 'big.bin' }, bytesSource(bytes), at, {
        signal: controller.signal,
      }),
    );
    while (count('fragment') < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    expect((await uploading).message).toMatch(/^Cannot upload "big.bin": stopped/);
  });

  it('needs no ranges to begin', async () => {
    const root = await start({ settings: { sessionRanges: 'absent' } });
    await uploadNew(root, bytes);
    expect(content('/big.bin').equals(bytes)).toBe(true);
  });

  it('reports that the service stored other bytes than were sent', async () => {
    const root = await start({ flavour: 'library', settings: { uploadRewrite: 'office' } }, {});
    const drive = rig.anotherDrive({ driveId: rig.simulator.drive().driveId });
    const info = await drive.info();
    expect(info.rootId).not.toBe(root);
    const written = await uploadNew(info.rootId, bytes, 'report.docx', drive);
    expect(written).toMatchObject({ hash: quickXorHash(bytes), altered: true });
    expect(written.row.hash).not.toBe(written.hash);
  });

  it('recognises its own file although the service has no hash for it yet', async () => {
    const root = await start({ settings: { fileHashes: 'absent' } });
    rig.simulator.addFault({ kind: 'fragment', skip: 2, times: 1, effect: { type: 'performThenDrop' } });
    expect((await uploadNew(root, bytes)).altered).toBe(false);
    expect(stored('/big.bin')?.commits).toBe(1);
  });

  it('does not take a file without a hash and with another time for its own', async () => {
    const root = await start({ settings: { fileHashes: 'absent' }, flavour: 'personal' });
    rig.simulator.addFault({ kind: 'simpleUpload', times: 1, effect: { type: 'performThenDrop' } });
    expect((await failureOf(uploadNew(root, someBytes(10), 'a.bin'))).code).toBe('nameTaken');
  });

  it('takes a missing hash for unknown, not for another content', async () => {
    const root = await start({ settings: { fileHashes: 'absent' } });
    expect((await uploadNew(root, bytes)).altered).toBe(false);
  });
});

describe('a session that outlives the process', () => {
  const bytes = someBytes(7 * unit + 3);
  function memoryStore(): SessionStore & { readonly texts: Map<string, string> } {
    const texts = new Map<string, string>();
    return {
      texts,
      load: async (key) => texts.get(key) ?? null,
      save: async (key, json) => void texts.set(key, json),
      remove: async (key) => void texts.delete(key),
    };
  }

  it('continues where the service is, and keeps nothing afterwards', async () => {
    const sessions = memoryStore();
    const root = await start({}, { drive: { fragmentBytes: 2 * unit, sessions } });
    const fault = rig.simulator.addFault({ kind: 'fragment', skip: 2, effect: { type: 'drop' } });
    await failureOf(uploadNew(root, bytes));
    expect(sessions.texts.size).toBe(1);
    rig.simulator.removeFault(fault);
    rig.simulator.resetCounters();
    const written = await uploadNew(
      root,
      bytes,
      'big.bin',
      rig.anotherDrive({ fragmentBytes: 2 * unit, sessions }),
    );
    expect(written).toMatchObject({ hash: quickXorHash(bytes), altered: false });
    expect([count('sessionCreate'), count('fragment')]).toEqual([0, 2]);
    expect(content('/big.bin').equals(bytes)).toBe(true);
    expect(sessions.texts.size).toBe(0);
  });

  it('does not mix two contents of the same size and time', async () => {
    const sessions = memoryStore();
    const root = await start({}, { drive: { fragmentBytes: 2 * unit, sessions } });
    const fault = rig.simulator.addFault({ kind: 'fragment', skip: 2, effect: { type: 'drop' } });
    await failureOf(uploadNew(root, bytes));
    rig.simulator.removeFault(fault);
    const other = someBytes(bytes.length, 7);
    const written = await uploadNew(root, other);
    expect(written).toMatchObject({ hash: quickXorHash(other), altered: false });
    expect(content('/big.bin').equals(other)).toBe(true);
  });

  it('is ended when it cannot be kept, since no later process would find it', async () => {
    const full = new Failure({ code: 'diskFull', detail: 'Cannot keep the upload session' });
    const sessions = { ...memoryStore(), save: () => Promise.reject(full) };
    const root = await start({}, { drive: { fragmentBytes: 2 * unit, sessions } });
    expect(await failureOf(uploadNew(root, bytes))).toBe(full);
    expect([count('sessionCreate'), count('fragment')]).toEqual([1, 0]);
    expect(rig.simulator.requestLog().at(-1)).toMatchObject({ method: 'DELETE', status: 204 });
  });

  it('starts anew when the service has forgotten it or the note is damaged', async () => {
    const sessions = memoryStore();
    const root = await start({}, { drive: { fragmentBytes: 2 * unit, sessions } });
    const fault = rig.simulator.addFault({ kind: 'fragment', skip: 2, effect: { type: 'drop' } });
    await failureOf(uploadNew(root, bytes));
    rig.simulator.removeFault(fault);
    rig.simulator.advance(30 * 24 * 3_600_000);
    await uploadNew(root, bytes);
    expect(content('/big.bin').equals(bytes)).toBe(true);
    for (const damage of ['', '{', '{"uploadUrl":"http://example.com/x"}', '{"uploadUrl":5}']) {
      const name = `other ${damage.length}.bin`;
      const key = JSON.stringify(['new', root, name, bytes.length, at]);
      sessions.texts.set(key, damage);
      await uploadNew(root, bytes, name);
    }
  });
});

/** Does something in the middle of the first reading. */
function changing(bytes: Uint8Array, act: () => void): (offset: number) => AsyncIterable<Uint8Array> {
  return async function* (offset) {
    const middle = offset + Math.floor((bytes.length - offset) / 2);
    yield bytes.subarray(offset, middle);
    act();
    yield bytes.subarray(middle);
  };
}
