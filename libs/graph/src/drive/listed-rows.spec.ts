import type { RemoteRow, RemoteTombstone } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { certificatesIn } from '@tidemark/graph-simulator';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRound } from '../testing/rig.ts';
import {
  opening,
  startScripted,
  withBatches,
  type Scripted,
  type ScriptedServer,
  type ServerKeys,
} from '../testing/scripted-server.ts';

const complete = {
  id: 'A',
  name: 'a.txt',
  size: 3,
  eTag: 'e1',
  file: {},
  fileSystemInfo: { lastModifiedDateTime: '2025-01-02T03:04:05Z' },
  parentReference: { id: 'ROOT' },
};
const root = { id: 'ROOT', name: 'root', folder: {}, root: {} };

describe.each(['delta', 'children'] as const)('an incomplete row of a listing by %s', (listing) => {
  let keys: ServerKeys;
  let folder: string;
  let server: ScriptedServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-keys-'));
    keys = await certificatesIn(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => server.close());

  /** `alone`: what the service answers about one item, by its id. */
  async function listed(
    value: readonly unknown[],
    alone: Readonly<Record<string, Scripted>> = {},
  ): Promise<readonly (RemoteRow | RemoteTombstone)[]> {
    const answers: Readonly<Record<string, Scripted>> = { ROOT: { json: root }, ...alone };
    const script = withBatches((asked) => {
      const id = /\/items\/([A-Z]+)\?/.exec(asked.url)?.[1];
      if (id !== undefined) return answers[id] ?? { status: 404, json: { error: { code: 'itemNotFound' } } };
      return { json: { value, '@odata.deltaLink': `${asked.origin}/delta?token=end` } };
    });
    server = await startScripted(keys, (asked) => opening(asked) ?? script(asked), {
      drive: { listing, retry: { attemptsMax: 2, baseDelayMs: 1, delayMaxMs: 1, waitMaxMs: 60_000 } },
    });
    return (await readRound(server.drive)).rows;
  }

  it.each([
    ['version', { eTag: undefined }],
    ['size', { size: undefined }],
    ['time', { fileSystemInfo: undefined }],
    ['name', { name: undefined }],
    ['folder', { parentReference: undefined }],
    ['facet', { file: undefined }],
  ])('without its %s is what the drive says when it is asked for the item', async (_what, change) => {
    const rows = await listed([{ ...complete, ...change }], { A: { json: complete } });
    expect(rows).toMatchObject([{ id: 'A', name: 'a.txt', kind: 'file', sizeBytes: 3, eTag: 'e1' }]);
    expect(rows[0]).not.toHaveProperty('oddity');
  });

  it('of a deleted item that came without the word is a tombstone', async () => {
    expect(await listed([{ ...complete, size: undefined }, complete])).toMatchObject([
      { id: 'A', deleted: true },
      { id: 'A', name: 'a.txt' },
    ]);
  });

  it('that stays incomplete is a problem of that item alone', async () => {
    const bare = { ...complete, eTag: undefined };
    const rows = await listed([bare, { ...complete, id: 'B', name: 'b.txt' }], { A: { json: bare } });
    expect(rows).toMatchObject([
      { id: 'A', name: 'a.txt', kind: 'opaque', oddity: 'the drive does not tell its version' },
      { id: 'B', name: 'b.txt', kind: 'file' },
    ]);
  });

  it.each([400, 403, 423, 500])('whose item answers %i is a problem of that item alone', async (status) => {
    const rows = await listed(
      [
        { ...complete, eTag: '' },
        { ...complete, id: 'B' },
      ],
      { A: { status, json: {} } },
    );
    expect(rows).toMatchObject([
      { id: 'A', name: 'a.txt', kind: 'opaque', oddity: expect.stringContaining(`answered ${status}`) },
      { id: 'B', kind: 'file' },
    ]);
  });

  it('is no verdict when the service is down', async () => {
    const down = { status: 500, json: {} };
    const failed = await listed([{ ...complete, eTag: '' }], { A: down, ROOT: down }).catch(
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(Failure);
    expect(failed).toMatchObject({ code: 'serviceUnavailable' });
  });

  it('is asked for with all others of its page at once', async () => {
    const bare = Array.from({ length: 20 }, (_, index) => ({
      ...complete,
      id: String.fromCharCode(66 + index),
      eTag: undefined,
    }));
    const alone = Object.fromEntries(bare.map((json) => [json.id, { json }]));
    expect(await listed(bare, alone)).toHaveLength(20);
    expect(server.asked.filter(({ url }) => url.endsWith('/$batch'))).toHaveLength(1);
  });
});
