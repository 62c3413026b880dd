import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DriveOperations } from '../control/drive-operations.ts';
import { startWithClient, type Answer, type Row, type TestClient } from '../testing/test-client.ts';

let client: TestClient;
let sam: DriveOperations;
let robin: DriveOperations;

afterEach(() => client.close());

const start = async (flavour: 'personal' | 'business'): Promise<void> => {
  client = await startWithClient({ flavour });
  sam = client.simulator.sharedDrive();
  robin = client.simulator.sharedDrive('robin');
  sam.create('/Team/notes/plan.txt', 'plan');
  sam.create('/Private/diary.txt', 'dear');
  robin.create('/Photos/sea.jpg', 'sea');
};

const at = (drive: DriveOperations, path: string): string =>
  `/drives/${drive.driveId}/items/${drive.stat(path)?.id ?? 'none'}`;
const codeOf = (answer: Answer): unknown => answer.json?.error?.code ?? answer.status;

describe.each(['personal', 'business'] as const)('what two owners share with a %s account', (flavour) => {
  beforeEach(() => start(flavour));

  it('is reachable with everything below it, and nothing else of their drives is', async () => {
    sam.share('/Team', 'write');
    robin.share('/Photos', 'read');
    const listed = await client.get(`${at(sam, '/Team')}/children`);
    expect(listed.json.value.map((row: Row) => row.name)).toEqual(['notes']);
    expect((await client.get(at(sam, '/Team/notes/plan.txt'))).json.name).toBe('plan.txt');
    expect((await client.get(at(robin, '/Photos/sea.jpg'))).status).toBe(200);
    for (const hidden of [at(sam, '/Private'), at(sam, '/Private/diary.txt'), `/drives/${sam.driveId}/root`])
      expect(codeOf(await client.get(hidden))).toBe('accessDenied');
  });

  it('hides a folder in it that its owner takes back alone', async () => {
    sam.share('/Team', 'write');
    sam.unshare('/Team/notes');
    expect((await client.get(`${at(sam, '/Team')}/children`)).json.value).toEqual([]);
    expect(codeOf(await client.get(at(sam, '/Team/notes/plan.txt')))).toBe('accessDenied');
    expect((await client.get(at(sam, '/Team'))).status).toBe(200);
    sam.share('/Team/notes', 'read');
    expect((await client.get(at(sam, '/Team/notes/plan.txt'))).status).toBe(200);
  });

  it('does not tell what it lies in, and tells whose it is', async () => {
    sam.share('/Team', 'write');
    const { parentReference, shared } = (await client.get(at(sam, '/Team'))).json;
    expect(parentReference).toMatchObject({ driveId: sam.driveId });
    expect(parentReference.id).toBeUndefined();
    expect(shared.owner.user.displayName).toBe('Sam Simulated');
    expect((await client.get(at(sam, '/Team/notes'))).json.parentReference.id).toBe(sam.stat('/Team')?.id);
  });

  it('takes changes where it is shared for writing, and refuses each kind where it is for reading', async () => {
    sam.share('/Team', 'write');
    robin.share('/Photos', 'read');
    const put = (folder: string): Promise<Answer> =>
      client.send('PUT', `${folder}:/new.txt:/content`, { body: 'new' });
    expect((await put(at(sam, '/Team'))).status).toBe(201);
    expect(codeOf(await put(at(robin, '/Photos')))).toBe('accessDenied');
    const sea = at(robin, '/Photos/sea.jpg');
    expect(codeOf(await client.send('PATCH', sea, { json: { name: 'other.jpg' } }))).toBe('accessDenied');
    expect(codeOf(await client.send('DELETE', sea))).toBe('accessDenied');
    expect(robin.read('/Photos/sea.jpg').toString()).toBe('sea');
  });

  it('cannot be moved to where nothing is shared', async () => {
    sam.share('/Team', 'write');
    const parentReference = { id: sam.stat('/Private')?.id };
    const moved = await client.send('PATCH', at(sam, '/Team/notes'), { json: { parentReference } });
    expect(codeOf(moved)).toBe('accessDenied');
  });

  it('is gone from sight when the owner takes it back, in either form of the refusal', async () => {
    sam.share('/Team', 'write');
    client.simulator.drive().addPointer('/From Sam', sam, '/Team');
    sam.unshare('/Team');
    expect(codeOf(await client.get(`${at(sam, '/Team')}/children`))).toBe('accessDenied');
    client.simulator.set({ hiddenAnswer: 'itemNotFound' });
    expect(codeOf(await client.get(`${at(sam, '/Team')}/children`))).toBe('itemNotFound');
    // The shortcut is the account's own, and stays.
    const prefer = { prefer: 'Include-Feature=AddToOneDrive' };
    const own = await client.get('/me/drive/root/children', prefer);
    expect(own.json.value.map((row: Row) => row.name)).toEqual(['From Sam']);
  });
});

it('is found by the search of a business account, single files included', async () => {
  await start('business');
  sam.share('/Team/notes/plan.txt', 'read');
  robin.share('/Photos', 'write');
  const json = { requests: [{ entityTypes: ['driveItem'], query: { queryString: '*' } }] };
  const { value } = (await client.send('POST', '/search/query', { json })).json;
  const hits: Row[] = value[0].hitsContainers[0].hits;
  expect(hits.map(({ resource }) => [resource.name, resource.createdBy.user.email])).toEqual([
    ['plan.txt', 'sam@contoso.example'],
    ['Photos', 'robin@contoso.example'],
  ]);
});

it('is shared over the control API as well', async () => {
  await start('personal');
  const { connectControl } = await import('../control/control-client.ts');
  const control = connectControl(client.simulator.controlUrl);
  await control.post('/share', { path: '/Team', role: 'read' }, sam.driveId);
  expect((await client.get(at(sam, '/Team'))).status).toBe(200);
  expect(codeOf(await client.get(at(sam, '/Private')))).toBe('accessDenied');
  await control.post('/unshare', { path: '/Team' }, sam.driveId);
  expect(codeOf(await client.get(at(sam, '/Team')))).toBe('accessDenied');
});
