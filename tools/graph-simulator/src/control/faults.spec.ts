import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWithClient, type TestClient } from '../testing/test-client.ts';
import type { FaultEffect } from './faults.ts';

let client: TestClient;
let link: string;

beforeEach(async () => {
  client = await startWithClient({ tree: [{ path: '/a.txt', content: '0123456789' }] });
  link = (await client.get('/me/drive/root:/a.txt:/content')).headers.get('location') ?? '';
});

afterEach(async () => {
  await client.close();
});

const download = (): ReturnType<TestClient['send']> => client.send('GET', link, { anonymous: true });

function strike(effect: FaultEffect, more: { readonly times?: number; readonly skip?: number } = {}): void {
  client.simulator.addFault({ kind: 'contentDownload', times: 1, ...more, effect });
}

describe('a fault', () => {
  it('strikes as often as it says, after the requests it lets through', async () => {
    strike({ type: 'status', status: 503, headers: { 'retry-after': '7' } }, { times: 2, skip: 1 });
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await download()).status);
    expect(statuses).toEqual([200, 503, 503, 200, 200]);
    expect(client.simulator.counters()).toMatchObject({ faults: 2, failures: 2 });
    expect(client.simulator.requestLog().filter(({ faultId }) => faultId === 1)).toHaveLength(2);
  });

  it('is found by a regular expression over method and target', async () => {
    client.simulator.addFault({
      route: '^GET /v1.0/me/drive/root:',
      effect: { type: 'status', status: 423 },
    });
    const answer = await client.get('/me/drive/root:/a.txt');
    expect(answer).toMatchObject({ status: 423, json: { error: { code: 'resourceLocked' } } });
    expect((await client.get('/me/drive')).status).toBe(200);
    client.simulator.clearFaults();
    expect((await client.get('/me/drive/root:/a.txt')).status).toBe(200);
  });

  it('strikes at random but repeatably by its probability', async () => {
    client.simulator.addFault({
      kind: 'contentDownload',
      probability: 0.5,
      effect: { type: 'status', status: 500 },
    });
    const statuses = new Set<number>();
    for (let count = 0; count < 30; count += 1) statuses.add((await download()).status);
    expect([...statuses].toSorted()).toEqual([200, 500]);
  });

  it('cuts a body short while it promises all of it', async () => {
    strike({ type: 'dropMidBody', afterBytes: 4 });
    await expect(download()).rejects.toThrow();
    expect((await download()).bytes.toString()).toBe('0123456789');
  });

  it('truncates, spoils or replaces a body', async () => {
    strike({ type: 'truncatedBody', bytes: 4 });
    expect((await download()).bytes.toString()).toBe('0123');
    strike({ type: 'malformedBody' });
    const spoiled = (await download()).bytes;
    expect([spoiled.byteLength, spoiled.subarray(1).toString()]).toEqual([10, '123456789']);
    strike({ type: 'htmlBody', status: 503 });
    expect((await download()).headers.get('content-type')).toContain('text/html');
    client.simulator.addFault({ kind: 'driveRead', times: 1, effect: { type: 'malformedBody' } });
    expect((await client.get('/me/drive')).json).toBeUndefined();
  });

  it('lets a body trickle', async () => {
    strike({ type: 'slowBody', bytesPerSecond: 40 });
    const start = performance.now();
    expect((await download()).bytes.toString()).toBe('0123456789');
    expect(performance.now() - start).toBeGreaterThanOrEqual(180);
  });

  it('drops the connection before anything happens, or after it happened', async () => {
    client.simulator.addFault({ kind: 'createFolder', times: 1, effect: { type: 'drop' } });
    const make = (name: string): ReturnType<TestClient['send']> =>
      client.send('POST', '/me/drive/root/children', { json: { name, folder: {} } });
    await expect(make('one')).rejects.toThrow();
    expect(client.simulator.drive().stat('/one')).toBeUndefined();
    client.simulator.addFault({ kind: 'createFolder', times: 1, effect: { type: 'performThenDrop' } });
    await expect(make('two')).rejects.toThrow();
    expect(client.simulator.drive().stat('/two')).toBeDefined();
    client.simulator.addFault({
      kind: 'createFolder',
      times: 1,
      effect: { type: 'performThenStatus', status: 504 },
    });
    expect((await make('three')).status).toBe(504);
    expect((await make('three')).status).toBe(409);
  });

  it('makes the feed answer 410 with the wanted code and place', async () => {
    const effect = {
      type: 'resync',
      innerCode: 'resyncChangesUploadDifferences',
      location: 'broken',
    } as const;
    client.simulator.addFault({ kind: 'deltaRead', times: 1, effect });
    const gone = await client.get('/me/drive/root/delta');
    expect(gone.status).toBe(410);
    expect(gone.json.error.innerError.code).toBe('resyncChangesUploadDifferences');
    expect((await client.get(gone.headers.get('location') ?? '')).status).toBe(400);
  });

  it('waits, on top of the latency of every request', async () => {
    client.simulator.set({ latencyMs: 20 });
    strike({ type: 'latency', delayMs: 30 });
    const start = performance.now();
    await download();
    expect(performance.now() - start).toBeGreaterThanOrEqual(48);
  });
});

describe('throttling', () => {
  it('answers 429 with Retry-After to everything until the pause is over', async () => {
    client.simulator.set({ throttleRequestsPerMinute: 3, throttleRetryAfterSeconds: 10 });
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await client.get('/me')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const throttled = await client.get('/me');
    expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(8);
    client.simulator.advance(10_000);
    expect((await client.get('/me')).status).toBe(200);
  });
});
