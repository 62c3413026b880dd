import { writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultSpec } from '@tidemark/graph-simulator';
import { describe, expect, it, type onTestFinished } from 'vitest';
import { expectEqualSides, hashOf, openProfile, type TestProfile } from './profile.ts';
import { mount } from './mount.ts';

/** Two fragments. */
const large = 11_000_000;

type OnFinished = typeof onTestFinished;

/** Something to do of every kind, so that each fault finds what it strikes at. */
async function busyProfile(onFinished: OnFinished): Promise<TestProfile> {
  const profile = await openProfile(
    {
      tree: [
        ...Array.from({ length: 12 }, (_, index) => ({
          path: `/down/${index}.txt`,
          content: `down ${index}`,
        })),
        { path: '/down/large.bin', content: { sizeBytes: large, seed: 1 } },
        { path: '/old name/inside.txt', content: 'inside' },
        { path: '/to delete.txt', content: 'to delete' },
        { path: '/plan.txt', content: 'first plan' },
      ],
    },
    onFinished,
  );
  await profile.sync('--single-directory', 'old name');
  for (let index = 0; index < 12; index++) await profile.write(`up/${index}.txt`, `up ${index}`);
  await profile.write('up/large.bin', Buffer.alloc(large, 'ebb and flow'));
  profile.drive.rename('/old name', 'new name');
  profile.drive.remove('/to delete.txt');
  return profile;
}

/** After the fault: both sides equal, every version somewhere, no file twice, no copy that nobody needs. */
async function expectWhole(profile: TestProfile): Promise<void> {
  const local = await profile.local();
  expect(local).toEqual(profile.remote());
  const expected = Array.from({ length: 12 }, (_, index) => [
    [`/down/${index}.txt`, hashOf(`down ${index}`)],
    [`/up/${index}.txt`, hashOf(`up ${index}`)],
  ]);
  expect(local).toMatchObject(Object.fromEntries(expected.flat()));
  expect(profile.drive.stat('/up/large.bin')?.sizeBytes).toBe(large);
  expect(
    Object.keys(local)
      .filter((path) => !/^\/(up|down)\/(\d+\.txt|large\.bin)$/.test(path))
      .toSorted(),
  ).toEqual(['/down', '/new name', '/new name/inside.txt', '/plan.txt', '/up']);
}

const faults: readonly (readonly [string, FaultSpec])[] = [
  [
    '429 with a Retry-After on downloads',
    {
      kind: 'contentDownload',
      times: 2,
      effect: { type: 'status', status: 429, headers: { 'Retry-After': '1' } },
    },
  ],
  [
    '429 with a Retry-After on uploads',
    {
      kind: 'sessionCreate',
      times: 2,
      effect: { type: 'status', status: 429, headers: { 'Retry-After': '1' } },
    },
  ],
  [
    '503 on the change feed',
    { kind: 'deltaRead', times: 2, effect: { type: 'status', status: 503, headers: { 'Retry-After': '1' } } },
  ],
  [
    '503 on the last fragment of an upload',
    { kind: 'fragment', times: 2, skip: 1, effect: { type: 'status', status: 503 } },
  ],
  [
    'a connection that drops in the middle of a small download',
    { kind: 'contentDownload', times: 4, effect: { type: 'dropMidBody', afterBytes: 3 } },
  ],
  // Twice for one file would be a service that insists: then the file rests.
  [
    'a download that is shorter than announced but looks complete',
    { kind: 'contentDownload', times: 1, effect: { type: 'truncatedBody', bytes: 2 } },
  ],
  ['a download with a wrong byte', { kind: 'contentDownload', times: 1, effect: { type: 'malformedBody' } }],
  [
    'an upload that was committed although the connection dropped',
    { kind: 'fragment', times: 2, effect: { type: 'performThenDrop' } },
  ],
  [
    'an upload that was committed although the answer is an error',
    { kind: 'fragment', times: 2, effect: { type: 'performThenStatus', status: 504 } },
  ],
  [
    'a folder that was created although the connection dropped',
    { kind: 'createFolder', times: 1, effect: { type: 'performThenDrop' } },
  ],
  [
    'a change feed whose position is lost in the middle',
    { kind: 'deltaRead', times: 1, effect: { type: 'resync', location: 'usable' } },
  ],
  [
    'a change feed whose position is lost with a broken address',
    { kind: 'deltaRead', times: 1, effect: { type: 'resync', location: 'broken' } },
  ],
  ['a page of the feed that is no JSON', { kind: 'deltaRead', times: 1, effect: { type: 'malformedBody' } }],
  ['a page from a proxy', { kind: 'deltaRead', times: 1, effect: { type: 'htmlBody', status: 502 } }],
  ['a login that fails once', { kind: 'token', times: 1, effect: { type: 'status', status: 503 } }],
];

it.concurrent(
  'a disk that becomes full holds whole files only, and the sync goes on when there is space',
  async ({ onTestFinished: onFinished }) => {
    const files = Array.from({ length: 6 }, (_, index) => ({
      path: `/big/${index}.bin`,
      content: { sizeBytes: 3_000_000, seed: index },
    }));
    const profile = await openProfile(
      { tree: [...files, { path: '/small.txt', content: 'small' }], config: { space_reservation: '1' } },
      onFinished,
    );
    await mkdir(profile.syncFolder);
    mount(profile.syncFolder, ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs'], onFinished);
    const { exitCode, text } = await profile.onedrive(['--sync']);
    expect(exitCode, text).toBe(1);
    expect(text).toContain('Insufficient local disk space to download file');
    expect(text).toContain('Free space in the file system of the sync folder');
    const [local, remote] = [await profile.local(), profile.remote()];
    for (const [path, hash] of Object.entries(local)) expect([path, hash]).toEqual([path, remote[path]]);
    expect(local['/small.txt']).toBeDefined();
    expect(profile.drive.recycled()).toEqual([]);

    mount(profile.syncFolder, ['-o', 'remount,size=64m'], onFinished);
    await profile.sync();
    await expectEqualSides(profile);
  },
);

describe.concurrent('ends with both sides equal and nothing lost or doubled after', () => {
  it.for(faults)('%s', async ([, fault], { onTestFinished: onFinished }) => {
    const profile = await busyProfile(onFinished);
    profile.simulator.addFault(fault);
    const { exitCode, text } = await profile.onedrive(['--sync']);
    expect(profile.simulator.faults()[0]?.struck, 'the fault never struck').toBe(fault.times);
    expect(exitCode, text).toBe(0);
    await expectWhole(profile);
  });
});

describe.concurrent('a version that changes online while we look away is never overwritten', () => {
  it('when an upload meets a newer version (412)', async ({ onTestFinished: onFinished }) => {
    const profile = await busyProfile(onFinished);
    await profile.sync();
    await profile.write('plan.txt', 'changed here');
    let changed = false;
    profile.simulator.onRequest(({ kind }) => {
      if (kind !== 'sessionCreate' || changed) return;
      changed = true;
      profile.drive.modify('/plan.txt', 'changed online meanwhile');
    });
    await profile.sync();
    expect(changed).toBe(true);
    await expectEqualSides(profile);
    expect(await profile.whereIs('changed here')).toHaveLength(2);
    expect(await profile.whereIs('changed online meanwhile')).toHaveLength(2);
  });

  it('when a deletion meets a newer version (412)', async ({ onTestFinished: onFinished }) => {
    const profile = await busyProfile(onFinished);
    await profile.sync();
    await rm(profile.at('plan.txt'));
    let changed = false;
    profile.simulator.onRequest(({ kind }) => {
      if (kind !== 'delete' || changed) return;
      changed = true;
      profile.drive.modify('/plan.txt', 'changed online meanwhile');
    });
    await profile.sync();
    expect(changed).toBe(true);
    await expectEqualSides(profile);
    expect(await profile.whereIs('changed online meanwhile')).toEqual([
      'folder:/plan.txt',
      'drive:/plan.txt',
    ]);
  });

  it('when a local file changes while its online version is being fetched', async ({
    onTestFinished: onFinished,
  }) => {
    const profile = await busyProfile(onFinished);
    await profile.sync();
    profile.drive.modify('/plan.txt', 'changed online');
    // Written before the answer goes out, so that the download surely meets it.
    let changed = false;
    profile.simulator.onRequest(({ kind }) => {
      if (kind !== 'contentDownload' || changed) return;
      changed = true;
      writeFileSync(join(profile.syncFolder, 'plan.txt'), 'changed here meanwhile');
    });
    await profile.onedrive(['--sync']);
    expect(changed).toBe(true);
    await profile.sync();
    await expectEqualSides(profile);
    expect(await profile.whereIs('changed here meanwhile')).toHaveLength(2);
    expect(await profile.whereIs('changed online')).toHaveLength(2);
  });
});

it('a change feed that answers 410 between two runs is read from the start and transfers nothing again', async ({
  onTestFinished: onFinished,
}) => {
  const profile = await busyProfile(onFinished);
  await profile.sync();
  profile.simulator.expireDeltaTokens();
  await profile.write('up/later.txt', 'later');
  const { counters } = await profile.sync();
  expect(counters.byKind.contentDownload).toBe(0);
  expect(Object.keys(counters.commitsByItem)).toHaveLength(1);
  await expectEqualSides(profile);
});

it('an absent answer ends with a message instead of waiting for ever', async () => {
  const profile = await openProfile({
    tree: [{ path: '/a.txt', content: 'a' }],
    config: { data_timeout: '2', operation_timeout: '4', connect_timeout: '2' },
  });
  profile.simulator.addFault({ kind: 'contentDownload', times: 1, effect: { type: 'hang' } });
  await profile.sync();
  await expectEqualSides(profile);
});

it('a large download goes on where its connection broke', async () => {
  const profile = await openProfile({
    tree: [{ path: '/large.bin', content: { sizeBytes: large, seed: 1 } }],
  });
  profile.simulator.addFault({
    kind: 'contentDownload',
    times: 2,
    effect: { type: 'dropMidBody', afterBytes: 4_000_000 },
  });
  const { counters } = await profile.sync();
  await expectEqualSides(profile);
  expect(counters.faults).toBe(2);
  expect(counters.bytesOut).toBeLessThan(large * 1.1);
});

it('a service whose certificate nobody vouches for gets no token, whatever the environment says', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const conf = join(profile.configFolder, 'tidemark.conf');
  const lines = (await readFile(conf, 'utf8')).split('\n');
  await writeFile(conf, lines.filter((line) => !line.startsWith('ca_file')).join('\n'));
  const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const { exitCode, text } = await profile.tidemark(['sync'], { environment });
  expect(exitCode, text).toBe(5);
  expect(text).toMatch(/certificate/i);
  expect(profile.simulator.counters().byKind.token).toBe(0);
});

it('content without an end fills no disk, and keeps no other file waiting', async () => {
  const profile = await openProfile({
    tree: [
      { path: '/endless.bin', content: { sizeBytes: 300_000, seed: 1 } },
      { path: '/a.txt', content: 'a' },
    ],
  });
  await profile.write('mine.txt', 'mine');
  const fault = profile.simulator.addFault({
    kind: 'contentDownload',
    effect: { type: 'endlessBody' },
  });
  const { exitCode, text } = await profile.tidemark(['sync', '--verbose']);
  expect(exitCode, text).toBe(1);
  expect(text).toMatch(/announces .* bytes .*, and twice hands out more/);
  expect(profile.simulator.counters().bytesOut).toBeLessThan(20_000_000);
  expect(Object.keys(await profile.remote())).toContain('/mine.txt');
  profile.simulator.removeFault(fault);
  await profile.sync('--resync', '--resync-auth');
  await expectEqualSides(profile);
});
