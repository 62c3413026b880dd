import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWithClient, type Row, type TestClient } from '../testing/test-client.ts';

let client: TestClient;

beforeEach(async () => {
  client = await startWithClient({
    tree: [
      { path: '/Docs/a b#1.txt', content: 'hello', modifiedAt: '2024-01-02T03:04:05Z' },
      { path: '/Docs/Sub' },
    ],
  });
});

afterEach(async () => {
  await client.close();
});

const idOf = (path: string): string => client.simulator.drive().stat(path)?.id ?? 'none';

describe('addresses', () => {
  it('lead to the same item by id, by path, by relative path and through the drive id', async () => {
    const id = idOf('/Docs/a b#1.txt');
    const { driveId } = client.simulator.drive();
    const addresses = [
      `/me/drive/items/${id}`,
      '/me/drive/root:/docs/A%20B%231.TXT',
      '/me/drive/root:/Docs/a%20b%231.txt:',
      `/me/drive/items/${idOf('/Docs')}:/a%20b%231.txt`,
      `/drives/${encodeURIComponent(driveId)}/root:/Docs/a%20b%231.txt`,
      `/users/alex%40contoso.example/drive/items/${id}`,
      `/me/drive/items/${idOf('/Docs')}/children('a%20b%231.txt')`,
    ];
    for (const address of addresses)
      expect((await client.get(address)).json, address).toMatchObject({ id, size: 5 });
  });

  it('answer 404 for nothing there, 400 for an empty path and 401 without a token', async () => {
    expect((await client.get('/me/drive/root:/nothing')).json.error.code).toBe('itemNotFound');
    expect((await client.get('/me/drive/root:/:/')).status).toBe(400);
    const denied = await client.send('GET', '/me/drive', { anonymous: true });
    expect(denied.status).toBe(401);
    expect(denied.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect((await client.get('/drives/b!unknown/root')).status).toBe(404);
  });

  it('list children over pages', async () => {
    const drive = client.simulator.drive();
    drive.seed(Array.from({ length: 5 }, (_, index) => ({ path: `/many/${index}`, content: 'x' })));
    const names: string[] = [];
    let next: string | undefined = '/me/drive/root:/many:/children?$top=2';
    let pages = 0;
    while (next !== undefined) {
      const page = await client.get(next);
      names.push(...page.json.value.map((row: Row) => row.name));
      next = page.json['@odata.nextLink'];
      pages += 1;
    }
    expect(names).toEqual(['0', '1', '2', '3', '4']);
    expect(pages).toBe(3);
  });

  it('find sites and their libraries', async () => {
    const sites = await client.get('/sites?search=market');
    expect(sites.json.value).toHaveLength(1);
    const drives = await client.get(`/sites/${sites.json.value[0].id}/drives`);
    expect(drives.json.value[0]).toMatchObject({ driveType: 'documentLibrary' });
    expect((await client.get(`/drives/${drives.json.value[0].id}/root`)).json.name).toBe('root');
  });
});

describe('mutations', () => {
  it('create a folder once: the second time is 409, in any case of letters', async () => {
    const make = (name: string): ReturnType<TestClient['send']> =>
      client.send('POST', '/me/drive/root/children', { json: { name, folder: {} } });
    expect((await make('New')).status).toBe(201);
    expect(await make('NEW')).toMatchObject({ status: 409, json: { error: { code: 'nameAlreadyExists' } } });
    expect((await make('CON')).json.error.innerError.code).toBe('invalidName');
  });

  it('put content: 201 for a new file, 200 for a replaced one, and keep the id', async () => {
    const put = (): ReturnType<TestClient['send']> =>
      client.send('PUT', '/me/drive/root:/x/y/new.txt:/content', { body: 'text' });
    const first = await put();
    expect(first.status).toBe(201);
    const second = await put();
    expect(second).toMatchObject({ status: 200, json: { id: first.json.id } });
    expect(client.simulator.counters().commitsByItem[first.json.id]).toBe(2);
    const empty = await client.send('PUT', '/me/drive/root:/empty:/content', { body: '' });
    expect(empty.json.file).not.toHaveProperty('hashes');
  });

  it('refuse a simple upload over the limit with 413', async () => {
    client.simulator.set({ simpleUploadMaxBytes: 10 });
    const answer = await client.send('PUT', '/me/drive/root:/big:/content', { body: 'x'.repeat(11) });
    expect(answer.status).toBe(413);
  });

  it('rename, move and set times in one PATCH, guarded by either tag', async () => {
    const id = idOf('/Docs/a b#1.txt');
    const { eTag, cTag } = (await client.get(`/me/drive/items/${id}`)).json;
    const fileSystemInfo = { lastModifiedDateTime: '2023-05-06T07:08:09Z' };
    const json = { name: 'b.txt', parentReference: { id: idOf('/Docs/Sub') }, fileSystemInfo };
    const moved = await client.send('PATCH', `/me/drive/items/${id}`, {
      json,
      headers: { 'if-match': cTag },
    });
    expect(moved).toMatchObject({ status: 200, json: { id, name: 'b.txt', fileSystemInfo } });
    const stale = await client.send('DELETE', `/me/drive/items/${id}`, { headers: { 'if-match': eTag } });
    expect(stale).toMatchObject({
      status: 412,
      json: { error: { innerError: { code: 'entityTagDoesNotMatch' } } },
    });
    expect((await client.send('DELETE', `/me/drive/items/${id}`)).status).toBe(204);
    expect((await client.send('DELETE', `/me/drive/items/${id}`)).status).toBe(404);
  });

  it('answer PATCH with 204 when they are set to', async () => {
    client.simulator.set({ patchAnswer: 'empty' });
    const answer = await client.send('PATCH', `/me/drive/items/${idOf('/Docs/Sub')}`, {
      json: { name: 'Sub2' },
    });
    expect(answer).toMatchObject({ status: 204, bytes: Buffer.alloc(0) });
  });

  it('refuse to move to another drive and onto a taken name', async () => {
    const parentReference = { driveId: client.simulator.driveIds()[1], id: 'x' };
    const elsewhere = await client.send('PATCH', `/me/drive/items/${idOf('/Docs/Sub')}`, {
      json: { parentReference },
    });
    expect(elsewhere.json.error.code).toBe('notSupported');
    const taken = await client.send('PATCH', `/me/drive/items/${idOf('/Docs/Sub')}`, {
      json: { name: 'A B#1.txt' },
    });
    expect(taken.status).toBe(409);
  });

  it('copy with a monitor that needs no token, remove for good, and refuse to restore', async () => {
    const json = { name: 'copy.txt', parentReference: { id: client.simulator.drive().rootId } };
    const copied = await client.send('POST', `/me/drive/items/${idOf('/Docs/a b#1.txt')}/copy`, { json });
    expect(copied.status).toBe(202);
    const monitor = await client.send('GET', copied.headers.get('location') ?? '', { anonymous: true });
    expect(monitor.json).toMatchObject({ status: 'completed', resourceId: idOf('/copy.txt') });

    const removed = idOf('/copy.txt');
    await client.send('DELETE', `/me/drive/items/${removed}`);
    expect((await client.send('POST', `/me/drive/items/${removed}/restore`)).status).toBe(501);
    client.simulator.drive().restore(removed);
    expect((await client.send('POST', `/me/drive/items/${removed}/permanentDelete`)).status).toBe(204);
    expect(client.simulator.drive().recycled()).toEqual([]);
  });

  it('tell the request ids in header and error', async () => {
    const answer = await client.get('/me/drive/root:/nothing', { 'client-request-id': 'abc' });
    expect(answer.headers.get('client-request-id')).toBe('abc');
    expect(answer.json.error.innerError).toMatchObject({
      'client-request-id': 'abc',
      'request-id': answer.headers.get('request-id'),
    });
  });
});
