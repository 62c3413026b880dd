import { afterEach, describe, expect, it } from 'vitest';
import type { SimulatorOptions } from '../simulator.ts';
import { startWithClient, type Answer, type Row, type TestClient } from '../testing/test-client.ts';

let client: TestClient;

const start = async (options: SimulatorOptions): Promise<void> => {
  client = await startWithClient(options);
};

afterEach(async () => {
  await client.close();
});

const download = async (path: string): Promise<Answer> => {
  const answer = await client.get(`/me/drive/root:${path}:/content`);
  const link = answer.headers.get('location');
  return link === null ? answer : client.send('GET', link, { anonymous: true });
};

describe('marked items', () => {
  it('are refused as infected, refused as locked, or differ from what their metadata says', async () => {
    await start({ tree: [{ path: '/a.heic', content: 'the full asset' }] });
    const drive = client.simulator.drive();
    drive.mark('/a.heic', { malware: true });
    const refused = await download('/a.heic');
    expect(refused).toMatchObject({ status: 403, json: { error: { code: 'malwareDetected' } } });
    expect(refused.headers.get('x-virus-infected')).toBe('a.heic');
    expect((await client.get('/me/drive/root:/a.heic')).json).toHaveProperty('malware');

    drive.mark('/a.heic', { locked: true });
    const locked = await client.send('DELETE', '/me/drive/root:/a.heic');
    expect(locked).toMatchObject({ status: 423, json: { error: { code: 'resourceLocked' } } });

    drive.mark('/a.heic', { download: 'the still' });
    expect((await download('/a.heic')).bytes.toString()).toBe('the still');
    expect((await client.get('/me/drive/root:/a.heic')).json.size).toBe('the full asset'.length);
  });

  it('that SharePoint rewrites come back from the upload with another size and hash', async () => {
    await start({ settings: { uploadRewrite: 'office' } });
    const put = (name: string): Promise<Answer> =>
      client.send('PUT', `/me/drive/root:/${name}:/content`, { body: 'document' });
    expect((await put('a.docx')).json.size).toBeGreaterThan(8);
    expect((await put('a.txt')).json.size).toBe(8);
    expect(client.simulator.drive().stat('/a.docx')?.commits).toBe(1);
  });
});

describe('a shortcut to a folder of another person', () => {
  it('is shown on a personal drive only to clients that ask for it, and leads to the other drive', async () => {
    await start({ flavour: 'personal' });
    const shared = client.simulator.sharedDrive();
    shared.create('/Album/picture.jpg', 'picture');
    client.simulator.drive().addPointer('/From Sam', shared, '/Album');
    const named = (answer: Answer): unknown => answer.json.value.map((row: Row) => row.name);
    expect(named(await client.get('/me/drive/root/delta'))).toEqual(['root']);
    const prefer = { prefer: 'Include-Feature=AddToOneDrive' };
    const seen = await client.get('/me/drive/root/delta', prefer);
    expect(named(seen)).toEqual(['root', 'From Sam']);
    const { remoteItem } = seen.json.value[1];
    const target = `/drives/${remoteItem.parentReference.driveId}/items/${remoteItem.id}`;
    expect(named(await client.get(`${target}/children`))).toEqual(['picture.jpg']);
    expect(named(await client.get('/me/drive/root/children'))).toEqual([]);
  });

  it('is deleted without touching what it leads to, and can be for reading only', async () => {
    await start({ flavour: 'business' });
    const shared = client.simulator.sharedDrive();
    shared.create('/Team/plan.txt', 'plan');
    client.simulator.drive().addPointer('/Team', shared, '/Team');
    expect((await client.send('DELETE', '/me/drive/root:/Team')).status).toBe(204);
    expect(shared.stat('/Team/plan.txt')).toBeDefined();
    client.simulator.set({ sharedDriveAccess: 'readOnly' });
    const refused = await client.send('DELETE', `/drives/${shared.driveId}/root:/Team`);
    expect(refused.json.error.code).toBe('accessDenied');
    expect((await client.get('/me/drives')).json.value).toHaveLength(2);
  });
});

describe('the form of answers', () => {
  it('of a personal drive id varies in case, or loses its leading zero and then does not work', async () => {
    await start({ flavour: 'personal', accountId: '024470056f5c3e43', personalForm: 'legacy' });
    const drive = client.simulator.drive();
    expect(drive.create('/a', 'a').id).toMatch(/^024470056F5C3E43!\d+$/);
    client.simulator.set({ driveIdForm: 'shortened' });
    const short = (await client.get('/me/drive/root:/a')).json.parentReference.driveId;
    expect(short).toBe('24470056f5c3e43');
    expect((await client.get(`/drives/${short}/root`)).status).toBe(404);
    client.simulator.set({ driveIdForm: 'mixed' });
    const forms = new Set<string>();
    for (let count = 0; count < 20; count += 1) {
      forms.add((await client.get('/me/drive/root:/a')).json.parentReference.driveId);
    }
    expect(forms.size).toBe(2);
    for (const form of forms) expect((await client.get(`/drives/${form}/root`)).status).toBe(200);
  });

  it('of the quota, of late hashes, of links and of sessions can be set', async () => {
    await start({
      tree: [{ path: '/a', content: 'a' }],
      settings: { hashDelayMs: 60_000, quotaForm: 'text' },
    });
    expect((await client.get('/me/drive')).json.quota.remaining).toBeTypeOf('string');
    expect((await client.get('/me/drive/root:/a')).json.file).not.toHaveProperty('hashes');
    client.simulator.advance(60_001);
    expect((await client.get('/me/drive/root:/a')).json.file).toHaveProperty('hashes');
    client.simulator.set({ deltaLinkForm: 'function', sessionRanges: 'absent', quotaForm: 'absent' });
    const { deltaLink } = await client.deltaRun('/me/drive/root/delta?$select=id');
    expect(deltaLink).toMatch(/delta\(token='[^']+'\)\?\$select=id$/);
    client.simulator.drive().create('/b', 'b');
    expect((await client.deltaRun(deltaLink)).rows).toHaveLength(2);
    const session = await client.send('POST', '/me/drive/root:/c:/createUploadSession', { json: {} });
    expect(session.json).not.toHaveProperty('nextExpectedRanges');
    expect((await client.get('/me/drive')).json).not.toHaveProperty('quota');
    client.simulator.set({ deltaFeed: 'unsupported' });
    expect((await client.get('/me/drive/root/delta')).status).toBe(400);
  });

  it('of a held folder is a refusal until it is empty', async () => {
    await start({ tree: [{ path: '/f/a', content: 'a' }], settings: { retention: 'held' } });
    expect((await client.send('DELETE', '/me/drive/root:/f')).json.error.message).toContain('on hold');
    expect((await client.send('DELETE', '/me/drive/root:/f/a')).status).toBe(204);
    expect((await client.send('DELETE', '/me/drive/root:/f')).status).toBe(204);
  });
});

describe('$batch', () => {
  it('answers each part by itself, fails dependents, and takes at most 20', async () => {
    await start({ tree: [{ path: '/a', content: 'a' }] });
    const requests: unknown[] = [
      { id: '1', method: 'GET', url: '/me/drive/root:/a' },
      { id: '2', method: 'GET', url: '/me/drive/root:/nothing' },
      { id: '3', method: 'GET', url: '/me/drive', dependsOn: ['2'] },
      { id: '4', method: 'POST', url: '/me/drive/root/children', body: { name: 'f', folder: {} } },
      { id: '5', method: 'GET', url: '/me/drive/root:/a:/content' },
    ];
    const { json } = await client.send('POST', '/$batch', { json: { requests } });
    expect(json.responses.map((part: Row) => [part.id, part.status])).toEqual([
      ['5', 302],
      ['4', 201],
      ['3', 424],
      ['2', 404],
      ['1', 200],
    ]);
    // The dependent of a failure is not even tried.
    expect(client.simulator.counters()).toMatchObject({ batchParts: 4, byKind: { batch: 1 } });
    const many = Array.from({ length: 21 }, (_, id) => ({ id: String(id), method: 'GET', url: '/me' }));
    expect((await client.send('POST', '/$batch', { json: { requests: many } })).status).toBe(400);
  });
});

describe('a fault within a batch', () => {
  it('strikes its part alone, with the wait that it asks for', async () => {
    await start({
      tree: [
        { path: '/a', content: 'a' },
        { path: '/b', content: 'b' },
      ],
      settings: { batchOrder: 'asSent' },
    });
    client.simulator.addFault({
      route: 'root:/b$',
      times: 1,
      effect: { type: 'status', status: 429, headers: { 'retry-after': '7' } },
    });
    const requests = ['a', 'b'].map((id) => ({ id, method: 'GET', url: `/me/drive/root:/${id}` }));
    const { status, json } = await client.send('POST', '/$batch', { json: { requests } });
    expect(status).toBe(200);
    expect(json.responses[0]).toMatchObject({ id: 'a', status: 200, body: { name: 'a' } });
    expect(json.responses[1]).toMatchObject({ id: 'b', status: 429, headers: { 'retry-after': '7' } });
    expect(json.responses[1].body.error.code).toBe('activityLimitReached');
  });
});

describe('an operator', () => {
  it('can change the drive exactly between two pages', async () => {
    await start({
      tree: [
        { path: '/a', content: 'a' },
        { path: '/b', content: 'b' },
      ],
      settings: { deltaPageSize: 2 },
    });
    let pages = 0;
    client.simulator.onRequest(({ kind }) => {
      if (kind === 'deltaRead' && (pages += 1) === 2) client.simulator.drive().remove('/b');
    });
    const { rows, deltaLink } = await client.deltaRun('/me/drive/root/delta');
    expect(rows.map((row) => row.name)).not.toContain('b');
    const later = await client.deltaRun(deltaLink);
    expect(later.rows.filter((row) => row.deleted !== undefined)).toHaveLength(1);
  });
});
