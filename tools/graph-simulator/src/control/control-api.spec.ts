import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWithClient, type TestClient } from '../testing/test-client.ts';
import { connectControl, type ControlClient } from './control-client.ts';

let client: TestClient;
let control: ControlClient;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'control-'));
  client = await startWithClient({ flavour: 'library', controlSocket: join(folder, 'control.sock') });
  control = connectControl(client.simulator.controlUrl);
});

afterEach(async () => {
  await client.close();
  await rm(folder, { recursive: true });
});

describe('the control API', () => {
  it('tells where to sign in and what is there, over its port and its socket', async () => {
    const about = await control.about();
    expect(about).toMatchObject({ flavour: 'library', driveId: client.simulator.drive().driveId });
    expect(await connectControl(join(folder, 'control.sock')).about()).toEqual(about);
    expect(about.driveIds).toHaveLength(4);
  });

  it('changes a drive as another device would', async () => {
    await control.seed([
      { path: '/a/b.txt', content: 'hello' },
      { path: '/c', content: { base64: 'AAEC' } },
    ]);
    await control.post('/modify', {
      path: '/a/b.txt',
      content: 'changed',
      modifiedAt: '2024-01-01T00:00:00Z',
    });
    await control.post('/rename', { path: '/a/b.txt', name: 'd.txt' });
    await control.post('/move', { path: '/c', to: '/x/y/c' });
    await control.post('/create', { path: '/gone' });
    await control.post('/remove', { path: '/gone' });
    const tree = await control.tree();
    expect(tree.map(({ path }) => path).toSorted()).toEqual(['/a', '/a/d.txt', '/x', '/x/y', '/x/y/c']);
    expect((await control.content('/x/y/c')).equals(Buffer.from([0, 1, 2]))).toBe(true);
    const changed = tree.find(({ path }) => path === '/a/d.txt');
    expect(changed).toMatchObject({ sizeBytes: 7, modifiedAt: '2024-01-01T00:00:00.000Z', commits: 2 });
  });

  it('arms faults, changes settings, and counts', async () => {
    const id = await control.addFault({ kind: 'driveRead', effect: { type: 'status', status: 500 } });
    expect((await client.get('/me/drive')).status).toBe(500);
    expect(client.simulator.faults()).toMatchObject([{ id, struck: 1 }]);
    await control.clearFaults();
    await control.set({ deltaPageSize: 1 });
    await control.seed([{ path: '/a', content: 'a' }]);
    const { driveId } = await control.about();
    expect((await client.get(`/drives/${driveId}/root/delta`)).json).toHaveProperty(['@odata.nextLink']);
    expect((await control.counters()).byKind).toMatchObject({ driveRead: 1, deltaRead: 1, token: 1 });
    await control.resetCounters();
    expect((await control.counters()).total).toBe(0);
  });

  it('refuses what it does not know, in words', async () => {
    await expect(control.post('/settings', { speed: 1 })).rejects.toThrow("There is no setting 'speed'");
    await expect(control.post('/settings', { latencyMs: 'a' })).rejects.toThrow('whole number');
    await expect(control.post('/settings', { retention: 'yes' })).rejects.toThrow('one of none, held');
    await expect(control.post('/faults', { effect: { type: 'explode' } })).rejects.toThrow('effect.type');
    await expect(control.post('/nothing', {})).rejects.toThrow('404');
    await expect(control.post('/rename', { path: '/nothing', name: 'x' })).rejects.toThrow('itemNotFound');
  });

  it('is closed to web pages', async () => {
    const answer = await fetch(`${client.simulator.controlUrl}/counters`, {
      headers: { origin: 'https://evil.example' },
    });
    expect(answer.status).toBe(403);
  });

  it('keeps secrets out of the request log', async () => {
    await control.seed([{ path: '/a', content: 'a' }]);
    const { driveId } = await control.about();
    const { deltaLink } = await client.deltaRun(`/drives/${driveId}/root/delta`);
    await client.get(deltaLink);
    const url = (await client.get(`/drives/${driveId}/root:/a:/content`)).headers.get('location') ?? '';
    await client.send('GET', url, { anonymous: true });
    const log = JSON.stringify(await control.requests());
    expect(log).not.toContain(new URL(deltaLink).searchParams.get('token'));
    expect(log).not.toContain(new URL(url).searchParams.get('tempauth'));
    expect(log).toContain('download.aspx');
  });
});
