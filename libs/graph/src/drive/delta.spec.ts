import { Failure } from '@tidemark/contracts';
import { certificatesIn, startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { memorySink, named, readRound, startRig, type Rig } from '../testing/rig.ts';
import {
  opening,
  startScripted,
  type Script,
  type Scripted,
  type ScriptedServer,
  type ServerKeys,
} from '../testing/scripted-server.ts';

const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw error;
};

describe('the change feed of a service', () => {
  let rig: Rig<Simulator>;
  afterEach(() => rig.close());
  const start = async (options: Parameters<typeof startSimulator>[0] = {}): Promise<void> => {
    const tree = Array.from({ length: 30 }, (_, index) => ({
      path: `/d${index % 3}/f${index}.txt`,
      content: `${index}`,
    }));
    rig = await startRig(await startSimulator({ tree, ...options }));
  };

  it.each(['query', 'function'] as const)(
    'is read in pages whose links are used as they are (%s)',
    async (deltaLinkForm) => {
      await start({ settings: { deltaLinkForm } });
      const drive = rig.anotherDrive({ pageSize: 7 });
      const { rows, deltaLink } = await readRound(drive);
      rig.simulator.drive().modify('/d0/f0.txt', 'changed');
      expect(named((await readRound(drive, deltaLink)).rows, 'f0.txt').sizeBytes).toBe(7);
      expect(new Set(rows.map((row) => row.id)).size).toBe(33);
      expect(rig.simulator.counters().byKind.deltaRead).toBeGreaterThan(4);
    },
  );

  it.each(['resyncRequired', 'syncStateNotFound', 'ResyncChangesApplyDifferences', undefined])(
    'that answers 410 (%s) needs a new round',
    async (code) => {
      await start();
      const { deltaLink } = await readRound(rig.drive);
      rig.simulator.addFault({
        kind: 'deltaRead',
        times: 1,
        effect: {
          type: 'resync',
          innerCode: 'resyncChangesUploadDifferences',
          location: 'broken',
          ...(code === undefined ? {} : { code }),
        },
      });
      expect((await failureOf(rig.drive.delta(deltaLink))).code).toBe('resyncRequired');
      expect((await readRound(rig.drive)).rows.length).toBeGreaterThan(0);
    },
  );

  it('whose tokens have expired needs a new round', async () => {
    await start();
    const { deltaLink } = await readRound(rig.drive);
    rig.simulator.expireDeltaTokens();
    expect((await failureOf(rig.drive.delta(deltaLink))).code).toBe('resyncRequired');
  });

  it.each([400, 404])('that answers %d once is asked again, twice needs a new round', async (status) => {
    await start();
    const { deltaLink } = await readRound(rig.drive);
    rig.simulator.addFault({
      kind: 'deltaRead',
      times: 1,
      effect: { type: 'status', status, code: 'itemNotFound' },
    });
    await readRound(rig.drive, deltaLink);
    rig.simulator.addFault({
      kind: 'deltaRead',
      times: 2,
      effect: { type: 'status', status, code: 'itemNotFound' },
    });
    expect((await failureOf(rig.drive.delta(deltaLink))).code).toBe('resyncRequired');
  });

  it.each([
    ['serviceUnavailable', { type: 'status', status: 504 }],
    ['serviceUnavailable', { type: 'status', status: 500 }],
    ['offline', { type: 'htmlBody', status: 200 }],
    ['serviceUnavailable', { type: 'malformedBody' }],
    ['offline', { type: 'dropMidBody', afterBytes: 100 }],
    ['offline', { type: 'drop' }],
    ['accessDenied', { type: 'status', status: 403, code: 'accessDenied' }],
  ] as const)('that keeps failing is %s (%j), never an empty listing', async (code, effect) => {
    await start();
    rig.simulator.addFault({ kind: 'deltaRead', effect });
    expect((await failureOf(rig.drive.delta(null))).code).toBe(code);
  });

  it.each([
    { type: 'status', status: 503 },
    { type: 'status', status: 429, headers: { 'retry-after': '2' } },
    { type: 'drop' },
    { type: 'dropMidBody', afterBytes: 100 },
  ] as const)('that fails for a moment is read to its end (%j)', async (effect) => {
    await start({ settings: {} });
    rig.simulator.addFault({ kind: 'deltaRead', skip: 2, times: 2, effect });
    const { rows } = await readRound(rig.anotherDrive({ pageSize: 7 }));
    expect(new Set(rows.map((row) => row.id)).size).toBe(33);
  });

  it.each(['mixed', 'shortened'] as const)('may name a personal drive in %s form', async (driveIdForm) => {
    await start({ flavour: 'personal', settings: { driveIdForm } });
    const { rows } = await readRound(rig.drive);
    expect(rows.filter((row) => 'deleted' in row || row.kind === 'opaque')).toEqual([]);
    expect(rows.length).toBeGreaterThan(30);
    const { rootId } = await rig.drive.info();
    const known = new Set<string>([rootId, ...rows.map((row) => row.id)]);
    expect(rows.filter((row) => !('deleted' in row) && !known.has(row.parentId))).toEqual([]);
    const { id } = await rig.drive.info();
    await readRound(rig.anotherDrive({ driveId: id.toUpperCase().replace(/^0/, '') }));
  });

  it('that a cloud does not offer is a failure, not an empty drive', async () => {
    await start({ settings: { deltaFeed: 'unsupported' } });
    expect((await failureOf(rig.drive.delta(null))).code).toBe('invalidRequest');
    expect((await readRound(rig.anotherDrive({ listing: 'children', pageSize: 4 }))).rows.length).toBe(33);
  });

  it('shows notebooks as opaque', async () => {
    await start({ tree: [{ path: '/Notes', kind: 'package' }] });
    expect(named((await readRound(rig.drive)).rows, 'Notes').kind).toBe('opaque');
  });

  it('can be replaced by listing every folder, which is a complete round each time', async () => {
    await start();
    const drive = rig.anotherDrive({ listing: 'children', pageSize: 4 });
    const walked = await readRound(drive);
    expect(new Set(walked.rows.map((row) => row.id)).size).toBe(33);
    expect(walked.rows).toHaveLength(33);
    const file = named(walked.rows, 'f4.txt');
    const sink = memorySink();
    await drive.download(file.id, sink);
    expect(sink.bytes().toString()).toBe('4');
    expect(walked.deltaLink).toBeNull();
    expect((await failureOf(drive.delta('https://graph.example/delta?token=x'))).code).toBe('resyncRequired');
    expect((await readRound(drive)).rows).toHaveLength(33);
  });

  it('listed by folders can be continued after a failed page, and not by another process', async () => {
    await start();
    const drive = rig.anotherDrive({ listing: 'children', pageSize: 4 });
    const first = await drive.delta(null);
    const fault = rig.simulator.addFault({ route: '/children', effect: { type: 'drop' } });
    expect((await failureOf(drive.delta(first.nextLink))).code).toBe('offline');
    rig.simulator.removeFault(fault);
    const rest = await readRound(drive, first.nextLink);
    expect(first.rows.length + rest.rows.length).toBe(33);
    const second = await drive.delta(null);
    expect(
      (await failureOf(rig.anotherDrive({ listing: 'children', pageSize: 4 }).delta(second.nextLink))).code,
    ).toBe('resyncRequired');
  });
});

describe('a change feed that misbehaves', () => {
  let keys: ServerKeys;
  let folder: string;
  let server: ScriptedServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-keys-'));
    keys = await certificatesIn(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => server.close());
  const start = async (feed: Script): Promise<void> => {
    server = await startScripted(keys, (asked) => opening(asked) ?? feed(asked));
  };
  const page = (origin: string, value: readonly unknown[], link: Record<string, string> = {}): Scripted => ({
    json: {
      value,
      ...(Object.keys(link).length > 0 ? link : { '@odata.deltaLink': `${origin}/delta?token=end` }),
    },
  });

  it('with pages that lead in a circle is left', async () => {
    await start(({ origin, url }) =>
      page(origin, [], { '@odata.nextLink': `${origin}/delta?token=${url.endsWith('a') ? 'b' : 'a'}` }),
    );
    const failed = await failureOf(readRound(server.drive));
    expect(failed.code).toBe('serviceUnavailable');
    expect(failed.message).toContain('circle');
    expect(server.asked.length).toBeLessThan(8);
  });

  it('may repeat a page that was asked for twice', async () => {
    await start(({ origin, url }) =>
      url.endsWith('two')
        ? page(origin, [])
        : page(origin, [], { '@odata.nextLink': `${origin}/delta?token=two` }),
    );
    await server.drive.delta(null);
    await server.drive.delta(null);
    expect((await readRound(server.drive)).rows).toEqual([]);
  });

  it.each([
    'https://evil.example/delta',
    'http://127.0.0.1/delta',
    'https://graph.microsoft.com.evil.example/',
    'delta?token=x',
    'https://user:pw@127.0.0.1/',
  ])('that links to %s is not followed', async (link) => {
    await start(({ origin }) => page(origin, [], { '@odata.nextLink': link }));
    expect((await failureOf(server.drive.delta(null))).code).toBe('serviceUnavailable');
    const before = server.asked.length;
    expect((await failureOf(server.drive.delta(link))).code).toBe('resyncRequired');
    expect(server.asked.length).toBe(before);
  });

  it('may send an empty page in the middle', async () => {
    await start(({ origin, url }) =>
      url.endsWith('two')
        ? page(origin, [{ id: 'F', name: 'f', eTag: 'e', folder: {}, parentReference: { id: 'ROOT' } }])
        : page(origin, [], { '@odata.nextLink': `${origin}/delta?token=two` }),
    );
    expect((await readRound(server.drive)).rows).toHaveLength(1);
  });

  it.each([
    ['no rows', {}],
    ['no link', { value: [] }],
    ['rows that are no list', { value: 'x', '@odata.deltaLink': 'x' }],
    ['a list', []],
  ])('with %s is a failure', async (_what, json) => {
    await start(() => ({ json }));
    expect((await failureOf(server.drive.delta(null))).code).toBe('serviceUnavailable');
  });

  it('keeps the download address in memory and out of the rows', async () => {
    await start((asked) =>
      asked.url.startsWith('/secret-file')
        ? { text: 'content' }
        : page(asked.origin, [
            {
              id: 'F',
              name: 'f',
              size: 7,
              eTag: 'e',
              file: {},
              fileSystemInfo: { lastModifiedDateTime: '2025-01-02T03:04:05Z' },
              parentReference: { id: 'ROOT' },
              '@microsoft.graph.downloadUrl': `${asked.origin}/secret-file?tempauth=a%20b+c`,
            },
          ]),
    );
    const { rows } = await readRound(server.drive);
    expect(JSON.stringify(rows)).not.toContain('secret');
    const sink = memorySink();
    await server.drive.download(named(rows, 'f').id, sink);
    expect(sink.bytes().toString()).toBe('content');
    const last = server.asked.at(-1);
    expect(last?.url).toBe('/secret-file?tempauth=a%20b+c');
    expect(last?.headers.authorization).toBeUndefined();
  });

  it('that will not name download addresses is read without them', async () => {
    await start((asked) =>
      asked.url.includes('downloadUrl')
        ? { status: 400, json: { error: { code: 'invalidRequest' } } }
        : page(asked.origin, []),
    );
    await readRound(server.drive);
    await readRound(server.drive);
    expect(server.asked.filter(({ url }) => url.includes('downloadUrl'))).toHaveLength(1);
  });

  it('that compresses garbage is not believed', async () => {
    await start(() => ({
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      text: 'not gzip',
    }));
    expect((await failureOf(server.drive.delta(null))).code).toBe('serviceUnavailable');
  });
});
