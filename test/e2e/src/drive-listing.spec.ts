/** Drives that are listed folder by folder, and folders that cannot be listed. */
import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { expectEqualSides, openProfile } from './profile.ts';

const tree = [
  { path: '/a/one.txt', content: 'one' },
  { path: '/a/inner/two.txt', content: 'two' },
  { path: '/vault/secret.txt', content: 'secret' },
  { path: '/vault/deep/more.txt', content: 'more' },
  { path: '/top.txt', content: 'top' },
];
const byFolders = { config: { force_children_scan: 'true' }, tree };

describe('a drive that is listed folder by folder', () => {
  it('is right after one broken listing followed by changes on both sides, without a resync (B8)', async () => {
    const profile = await openProfile(byFolders);
    const { drive, simulator } = profile;
    await profile.sync();
    // Listed once without what is in one folder, while nothing was changed.
    const route = `items/${drive.stat('/a')?.id}/children`;
    const body = JSON.stringify({ value: [] });
    simulator.addFault({ route, times: 1, effect: { type: 'status', status: 200, body } });
    await profile.sync();
    await expectEqualSides(profile);
    expect(Object.keys(await profile.local())).toContain('/a/inner/two.txt');

    drive.remove('/a/inner');
    drive.create('/new/three.txt', 'three');
    await rm(profile.at('top.txt'));
    await profile.write('mine.txt', 'mine');
    simulator.addFault({ kind: 'metadata', times: 1, skip: 2, effect: { type: 'drop' } });
    const { text, requests } = await profile.sync();
    await expectEqualSides(profile);
    expect(Object.keys(await profile.local()).toSorted()).toEqual(
      ['/a', '/a/one.txt', '/mine.txt', '/new', '/new/three.txt'].concat([
        '/vault',
        '/vault/deep',
        '/vault/deep/more.txt',
        '/vault/secret.txt',
      ]),
    );
    expect(text).not.toContain('deltaLink value is invalid');
    expect(requests.length).toBeLessThan(60);

    const { requests: quiet } = await profile.sync();
    expect(quiet.filter(({ path }) => path.includes('/children'))).toHaveLength(5);
    expect(quiet.filter(({ method }) => method !== 'GET' && method !== 'POST')).toEqual([]);
    const { exitCode, text: resynced } = await profile.onedrive(['--sync', '--resync', '--resync-auth']);
    expect(exitCode, resynced).toBe(0);
    await expectEqualSides(profile);
  });

  it('is what a dry run goes by: it announces an upload, and not that the file goes again', async () => {
    const profile = await openProfile(byFolders);
    await profile.write('top.txt', 'top');
    await profile.write('mine/new.txt', 'new');
    const { text } = await profile.onedrive(['--sync', '--dry-run']);
    expect(text).toContain('Uploading new file: mine/new.txt ... done');
    expect(text).toContain('Summary of what would be done: 2 up (3 B), 8 down (16 B)');
    expect(text).not.toMatch(/[Dd]eleting|delete/);
  });

  it.each([
    ['a locked Personal Vault', 400, { code: 'invalidRequest', message: 'ObjectHandle is Invalid' }],
    ['a folder without access', 403, { code: 'accessDenied' }],
    ['a folder that answers 404 each time', 404, { code: 'itemNotFound' }],
    ['a locked folder', 423, { code: 'resourceLocked' }],
  ])('goes on past %s, says so, and changes nothing in it (B7)', async (_what, status, more) => {
    const profile = await openProfile(byFolders);
    const { drive, simulator } = profile;
    await profile.sync();
    const route = `items/${drive.stat('/vault')?.id}/children`;
    const fault = simulator.addFault({ route, effect: { type: 'status', status, ...more } });
    drive.remove('/a/inner');
    await rm(profile.at('top.txt'));
    await rm(profile.at('vault/secret.txt'));
    await profile.write('vault/mine.txt', 'mine');
    const { text } = await profile.sync();
    expect(text.match(/does not list what is in it[^\n]*: \.\/vault\n/g)).toHaveLength(1);
    const remote = ['/a', '/a/one.txt', '/vault', '/vault/deep', '/vault/deep/more.txt', '/vault/secret.txt'];
    expect(Object.keys(profile.remote()).toSorted()).toEqual(remote);
    expect(Object.keys(await profile.local()).toSorted()).toEqual(
      remote.toSpliced(-1, 1, '/vault/mine.txt').toSorted(),
    );
    expect((await profile.tidemark(['status'])).stdout).toMatch(/blocked +"vault": the drive does not list/);
    simulator.removeFault(fault);
    await profile.sync();
    await expectEqualSides(profile);
    expect(Object.keys(await profile.local())).toEqual(expect.arrayContaining(['/vault/mine.txt']));
    expect(Object.keys(await profile.local())).not.toEqual(expect.arrayContaining(['/vault/secret.txt']));
  });
});
