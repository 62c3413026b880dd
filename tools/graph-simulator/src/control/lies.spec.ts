import { afterEach, describe, expect, it } from 'vitest';
import { startWithClient, type Answer, type Row, type TestClient } from '../testing/test-client.ts';

let client: TestClient;
afterEach(() => client.close());

const tree = [
  { path: '/a/one.txt', content: 'one' },
  { path: '/a/two.txt', content: 'two' },
  { path: '/b.txt', content: 'b' },
];
const start = async (flavour: 'personal' | 'business' = 'business'): Promise<void> => {
  client = await startWithClient({ flavour, tree });
};
const listed = async (): Promise<readonly Row[]> => (await client.deltaRun('/me/drive/root/delta')).rows;
const names = async (): Promise<string[]> =>
  (await listed()).map((row) => row.name).filter((name) => name !== 'root');
const children = (path: string): Promise<Answer> => client.get(`/me/drive/root:${path}:/children`);
const alone = async (path: string): Promise<Row> => (await client.get(`/me/drive/root:${path}`)).json;
const rowOf = async (name: string): Promise<Row> => (await listed()).find((row) => row.name === name);

describe('a service that lies', () => {
  it('leaves rows out of a listing as often as it was told to, and has the items all the same', async () => {
    await start();
    client.simulator.addLie({ lie: 'missingRows', paths: ['/a/one.txt', '/b.txt'], times: 2 });
    expect(await names()).toEqual(['a', 'two.txt']);
    expect(await names()).toEqual(['a', 'one.txt', 'two.txt', 'b.txt']);
    expect(client.simulator.liesTold()).toMatchObject({ missingRows: 2, emptyListing: 0 });
    client.simulator.addLie({ lie: 'missingRows', paths: ['/a/two.txt'] });
    expect((await children('/a')).json.value.map((row: Row) => row.name)).toEqual(['one.txt']);
    expect((await alone('/a/two.txt')).size).toBe(3);
  });

  it('shows an empty drive with a good delta link, after which it tells only what changes', async () => {
    await start();
    client.simulator.addLie({ lie: 'emptyListing', times: 1 });
    const { rows, deltaLink } = await client.deltaRun('/me/drive/root/delta');
    expect(rows).toEqual([]);
    client.simulator.drive().modify('/b.txt', 'changed');
    const later = await client.deltaRun(deltaLink);
    expect(later.rows.map((row) => row.name)).toEqual(['root', 'b.txt']);
  });

  it.each([
    ['wrongSize', { size: 10 }],
    ['wrongHash', { file: { hashes: { quickXorHash: 'AAAAAAAAAAAAAAAAAAAAAAAAAAE=' } } }],
    ['yearOne', { fileSystemInfo: { lastModifiedDateTime: '0001-01-01T00:00:00Z' } }],
    ['year9999', { fileSystemInfo: { lastModifiedDateTime: '9999-12-31T23:59:59Z' } }],
  ] as const)('tells %s in listings, or to everybody', async (lie, wrong) => {
    await start();
    client.simulator.addLie({ lie, paths: ['/a/one.txt'] });
    expect(await rowOf('one.txt')).toMatchObject(wrong);
    expect(await rowOf('two.txt')).not.toMatchObject(wrong);
    expect(await alone('/a/one.txt')).not.toMatchObject(wrong);
    client.simulator.clearLies();
    client.simulator.addLie({ lie, rows: 'all' });
    expect(await alone('/a/one.txt')).toMatchObject(wrong);
  });

  it('leaves tags, client times and the word deleted out of rows', async () => {
    await start('personal');
    for (const lie of ['noTag', 'noClientTime', 'unsaidDeletion'] as const)
      client.simulator.addLie({ lie, paths: ['/a'] });
    const { rows, deltaLink } = await client.deltaRun('/me/drive/root/delta');
    const one = rows.find((row) => row.name === 'one.txt');
    expect(one).not.toHaveProperty('eTag');
    expect(one).not.toHaveProperty('fileSystemInfo');
    expect(rows.find((row) => row.name === 'b.txt')).toHaveProperty('eTag');
    client.simulator.drive().remove('/a/one.txt');
    const [gone] = (await client.deltaRun(deltaLink)).rows.filter((row) => row.name === 'one.txt');
    expect(gone).toMatchObject({ id: one.id });
    expect(gone).not.toHaveProperty('deleted');
  });

  it('does not list a folder, does not keep a time, does not delete, and stores other bytes', async () => {
    await start();
    const { simulator, send } = client;
    simulator.addLie({ lie: 'unlistableFolder', paths: ['/a'] });
    expect(await children('/a')).toMatchObject({
      status: 400,
      json: { error: { message: 'ObjectHandle is Invalid' } },
    });
    simulator.addLie({ lie: 'timeNotKept', times: 1 });
    const time = { fileSystemInfo: { lastModifiedDateTime: '2020-01-01T00:00:00Z' } };
    expect((await send('PATCH', '/me/drive/root:/b.txt', { json: time })).json).not.toMatchObject(time);
    expect((await send('PATCH', '/me/drive/root:/b.txt', { json: time })).json).toMatchObject(time);
    simulator.addLie({ lie: 'deletionRefused', times: 1 });
    simulator.addLie({ lie: 'deletionRefused', status: 500, times: 1 });
    for (const status of [403, 500, 204])
      expect((await send('DELETE', '/me/drive/root:/a')).status).toBe(status);
    simulator.addLie({ lie: 'otherBytesStored' });
    const put = await send('PUT', '/me/drive/root:/new.bin:/content', { body: 'sent' });
    expect(put.status).toBe(201);
    expect(put.json.size).toBeGreaterThan(4);
  });

  it('goes back to how the drive was, without a word of what came since', async () => {
    await start();
    const { simulator } = client;
    const drive = simulator.drive();
    const before = drive.dump();
    const moment = drive.remember();
    drive.modify('/b.txt', 'changed');
    drive.remove('/a');
    drive.create('/later.txt', 'later');
    const { deltaLink } = await client.deltaRun('/me/drive/root/delta');
    drive.goBack(moment);
    expect(drive.dump()).toEqual(before);
    expect((await client.deltaRun(deltaLink)).rows).toEqual([]);
    expect((await names()).toSorted()).toEqual(['a', 'b.txt', 'one.txt', 'two.txt']);
    drive.create('/later.txt', 'again');
  });
});

it('a lie can be told to the control API, and is refused when it is none', async () => {
  await start();
  const post = (body: unknown): Promise<Response> =>
    fetch(`${client.simulator.controlUrl}/lies`, { method: 'POST', body: JSON.stringify(body) });
  expect(await (await post({ lie: 'noTag', paths: ['/a'], times: 3 })).json()).toEqual({ id: 1 });
  for (const body of [{ lie: 'x' }, { lie: 'noTag', paths: '/a' }, { lie: 'noTag', rows: 'some' }])
    expect((await post(body)).status).toBe(400);
  await listed();
  const told = await (await fetch(`${client.simulator.controlUrl}/lies`)).json();
  expect(told).toMatchObject({ lies: [{ lie: 'noTag', told: 3 }], told: { noTag: 3 } });
});
