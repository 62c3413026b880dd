import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generatedContent, wholeContent } from '../model/content.ts';
import { startWithClient, type Answer, type TestClient } from '../testing/test-client.ts';

let client: TestClient;

beforeEach(async () => {
  client = await startWithClient({ tree: [{ path: '/a.txt', content: '0123456789' }] });
});

afterEach(async () => {
  await client.close();
});

const unit = 327_680;
const openLink = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  client.send('GET', url, { headers, anonymous: true });

describe('a download', () => {
  async function link(): Promise<string> {
    const answer = await client.get('/me/drive/root:/a.txt:/content');
    expect(answer.status).toBe(302);
    return answer.headers.get('location') ?? '';
  }

  it('goes through a link that takes no bearer token', async () => {
    const url = await link();
    expect((await openLink(url)).bytes.toString()).toBe('0123456789');
    expect((await client.get(url)).status).toBe(401);
    const { json } = await client.get('/me/drive/root:/a.txt?select=id,content.downloadUrl');
    expect((await openLink(json['@microsoft.graph.downloadUrl'])).status).toBe(200);
    expect(
      (await openLink(url.replace(/tempauth=v1\..{20}/, 'tempauth=v1.aaaaaaaaaaaaaaaaaaaa'))).status,
    ).toBe(401);
  });

  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['lines=1-2', 200, '0123456789', null],
  ])('with range %s answers %i', async (range, status, text, contentRange) => {
    const answer = await openLink(await link(), { range });
    expect([answer.status, answer.bytes.toString(), answer.headers.get('content-range')]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  it('ignores ranges when it is set to, and answers 304 to a tag that still fits', async () => {
    const { eTag } = (await client.get('/me/drive/root:/a.txt')).json;
    expect((await client.get('/me/drive/root:/a.txt:/content', { 'if-none-match': eTag })).status).toBe(304);
    client.simulator.set({ downloadRanges: 'ignored' });
    expect((await openLink(await link(), { range: 'bytes=2-4' })).status).toBe(200);
  });

  it('ends with the link', async () => {
    const url = await link();
    client.simulator.advance(3_600_001);
    expect((await openLink(url)).status).toBe(403);
  });
});

describe('an upload session', () => {
  const content = wholeContent(generatedContent(unit * 2 + 100, 9));

  async function open(
    path = '/me/drive/root:/up/big.bin:',
    json: unknown = {},
    headers = {},
  ): Promise<Answer> {
    return client.send('POST', `${path}/createUploadSession`, { json, headers });
  }

  function put(url: string, start: number, end: number, total = content.byteLength): Promise<Answer> {
    const headers = { 'content-range': `bytes ${start}-${end - 1}/${total}` };
    return client.send('PUT', url, { headers, body: content.subarray(start, end), anonymous: true });
  }

  it('takes fragments in order and answers with the item, times included', async () => {
    const fileSystemInfo = { lastModifiedDateTime: '2021-02-03T04:05:06Z' };
    const url = (await open(undefined, { item: { fileSystemInfo } })).json.uploadUrl;
    expect((await put(url, 0, unit)).json.nextExpectedRanges).toEqual([`${unit}-`]);
    expect(await put(url, 0, unit)).toMatchObject({ status: 416, json: { error: { code: 'invalidRange' } } });
    expect((await openLink(url)).json.nextExpectedRanges).toEqual([`${unit}-`]);
    expect((await put(url, unit, unit * 2)).status).toBe(202);
    const done = await put(url, unit * 2, content.byteLength);
    expect(done).toMatchObject({ status: 201, json: { name: 'big.bin', fileSystemInfo } });
    expect(client.simulator.drive().read('/up/big.bin').equals(content)).toBe(true);
    expect((await put(url, 0, unit)).status).toBe(404);
    expect(client.simulator.counters().byKind).toMatchObject({
      sessionCreate: 1,
      fragment: 5,
      sessionStatus: 1,
    });
  });

  it('refuses an unaligned fragment at the end, or at once when it is strict', async () => {
    const url = (await open()).json.uploadUrl;
    expect((await put(url, 0, 1000)).status).toBe(202);
    expect((await put(url, 1000, content.byteLength)).status).toBe(400);
    expect(client.simulator.drive().stat('/up/big.bin')).toBeUndefined();
    client.simulator.set({ fragmentStrictness: 'atOnce' });
    expect((await put((await open()).json.uploadUrl, 0, 1000)).status).toBe(400);
  });

  it('refuses gaps, a changed total, a missing range and a bearer token', async () => {
    const url = (await open()).json.uploadUrl;
    expect((await put(url, unit, unit * 2)).status).toBe(416);
    await put(url, 0, unit);
    expect((await put(url, unit, unit * 2, 999_999)).json.error.innerError.code).toBe(
      'fragmentLengthMismatch',
    );
    expect((await client.send('PUT', url, { body: 'x', anonymous: true })).status).toBe(400);
    expect((await client.send('PUT', url, { body: 'x' })).status).toBe(401);
    expect((await openLink(url.replace(/tempauth=.*$/, 'tempauth=v1.guessed'))).status).toBe(401);
  });

  it('guards a replacement by tag when it opens and again when it commits', async () => {
    const { eTag } = (await client.get('/me/drive/root:/a.txt')).json;
    const guarded = await open('/me/drive/root:/a.txt:', {}, { 'if-match': eTag });
    client.simulator.drive().modify('/a.txt', 'changed elsewhere');
    expect((await put(guarded.json.uploadUrl, 0, content.byteLength)).status).toBe(412);
    expect((await open('/me/drive/root:/a.txt:', {}, { 'if-match': eTag })).status).toBe(412);
    expect(client.simulator.drive().read('/a.txt').toString()).toBe('changed elsewhere');
  });

  it('keeps the taken name as the body says', async () => {
    const behave = (behaviour: string): Promise<Answer> =>
      open('/me/drive/root:/a.txt:', { item: { '@microsoft.graph.conflictBehavior': behaviour } });
    expect((await behave('fail')).status).toBe(409);
    const renamed = await put((await behave('rename')).json.uploadUrl, 0, content.byteLength);
    expect(renamed.json.name).toBe('a 1.txt');
    const replaced = await put((await behave('replace')).json.uploadUrl, 0, content.byteLength);
    expect(replaced).toMatchObject({ status: 200, json: { name: 'a.txt' } });
  });

  it('waits for a commit when it was deferred, and can be cancelled', async () => {
    const url = (await open(undefined, { deferCommit: true })).json.uploadUrl;
    expect((await put(url, 0, content.byteLength)).status).toBe(202);
    expect((await client.send('POST', url, { anonymous: true })).status).toBe(201);
    const other = (await open('/me/drive/root:/c.bin:')).json.uploadUrl;
    expect((await client.send('DELETE', other, { anonymous: true })).status).toBe(204);
    expect((await openLink(other)).json.error.innerError.code).toBe('uploadSessionNotFound');
  });

  it('says 507 early when the size is known not to fit', async () => {
    client.simulator.setQuotaTotal(1000);
    expect((await open(undefined, { item: { fileSize: 2000 } })).status).toBe(507);
  });

  it('can show an empty file while it is open, which a cancelled session takes away', async () => {
    const personal = await startWithClient({
      flavour: 'personal',
      settings: { sessionPlaceholder: 'visible' },
    });
    const begin = (name: string): Promise<Answer> =>
      personal.send('POST', `/me/drive/root:/${name}:/createUploadSession`, { json: {} });
    const cancelled = (await begin('a.bin')).json.uploadUrl;
    expect(personal.simulator.drive().stat('/a.bin')).toMatchObject({ sizeBytes: 0 });
    await personal.send('DELETE', cancelled, { anonymous: true });
    expect(personal.simulator.drive().stat('/a.bin')).toBeUndefined();
    const done = await put((await begin('b.bin')).json.uploadUrl, 0, content.byteLength);
    expect(done).toMatchObject({ status: 201, json: { size: content.byteLength } });
    await personal.close();
  });
});
