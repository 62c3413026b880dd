/** The drive's answer contradicts what it has shown before, or what it was sent. */
import { utimes } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

/** An item as the service shows it, apart from what the test says. */
function rowOf({ drive }: TestProfile, path: string, more: object): object {
  const item = drive.stat(path);
  if (item === undefined) throw new Error(`${path} is on the drive`);
  const { id, sizeBytes: size, eTag, cTag, quickXorHash, modifiedAt } = item;
  return {
    ...{ id, name: path.slice(1), size, eTag, cTag, file: { hashes: { quickXorHash } } },
    ...{ fileSystemInfo: { lastModifiedDateTime: modifiedAt }, lastModifiedDateTime: modifiedAt },
    parentReference: { driveId: drive.driveId, id: drive.rootId },
    ...more,
  };
}

/** The next listing of everything shows these rows, and its link is valid: nothing of what they lack is told ever after. */
function listOnce({ simulator, drive }: TestProfile, value: readonly object[]): void {
  const deltaLink = `${simulator.graphUrl}/drives/${drive.driveId}/root/delta?token=latest`;
  const body = JSON.stringify({ value, '@odata.deltaLink': deltaLink });
  simulator.addFault({ route: 'root/delta', times: 1, effect: { type: 'status', status: 200, body } });
}

const bothFigures = /the drive announces \d+ bytes with hash \S+, and twice hands out 10 bytes with hash \S+/;
const bothHashes = /10 bytes with hash \S+ were sent twice, and the drive stored \d+ bytes with hash \S+/;

describe('the drive contradicts itself', () => {
  it('names are taken that no listing showed: equal files are adopted, others are kept twice (B3)', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `same ${index}.txt`);
    const tree = names.map((name) => ({ path: `/${name}`, content: name }));
    const profile = await openProfile({
      tree: [...tree, { path: '/other.txt', content: 'theirs' }, { path: '/folder/in.txt', content: 'in' }],
    });
    for (const name of names) await profile.write(name, name);
    await profile.write('other.txt', 'mine');
    await profile.write('folder/in.txt', 'in');
    listOnce(profile, []);
    const first = await profile.sync();
    await expectEqualSides(profile);
    for (const content of ['mine', 'theirs']) expect(await profile.whereIs(content)).not.toEqual([]);
    // One refused attempt for each, and the version that is kept beside.
    expect(mutations(first.counters)).toBeLessThan(40);
    const second = await profile.sync();
    expect(mutations(second.counters)).toBe(0);
    await expectEqualSides(profile);
  });

  it('the feed told a size wrong once: the item is asked about and comes down (B4)', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.bin', content: '0123456789' }] });
    listOnce(profile, [rowOf(profile, '/a.bin', { size: 17 })]);
    await profile.sync();
    await expectEqualSides(profile);
    expect(await profile.read('a.bin')).toBe('0123456789');
    expect(transfers((await profile.sync()).counters)).toBe(0);
  });

  it.each(['wrongSize', 'wrongHash'] as const)(
    'the drive insists on what is not so (%s): the item rests with both figures, and costs nothing (B4)',
    async (lie) => {
      const profile = await openProfile({
        tree: [{ path: '/a.bin', content: '0123456789' }, { path: '/b.txt' }],
      });
      profile.simulator.addLie({ lie, rows: 'all', paths: ['/a.bin'] });
      const first = await profile.onedrive(['--sync']);
      expect(first.exitCode).toBe(1);
      expect(first.text).toMatch(bothFigures);
      expect(profile.simulator.liesTold()[lie]).toBeGreaterThan(0);
      for (let run = 0; run < 2; run++) {
        const { counters, text } = await profile.sync();
        expect(transfers(counters)).toBe(0);
        expect(text).not.toContain('a.bin');
      }
      expect((await profile.tidemark(['status'])).stdout).toMatch(bothFigures);
      expect(Object.keys(await profile.local())).toEqual(['/b.txt']);

      profile.simulator.clearLies();
      profile.drive.bumpTag('/a.bin');
      await profile.sync();
      await expectEqualSides(profile);
    },
  );

  it('what the drive insists on may be taken as it comes: then it is fetched again (B4)', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.bin', content: '0123456789' }] });
    profile.simulator.addLie({ lie: 'wrongHash', rows: 'all', paths: ['/a.bin'] });
    expect((await profile.onedrive(['--sync'])).exitCode).toBe(1);
    await profile.sync('--disable-download-validation');
    expect(await profile.read('a.bin')).toBe('0123456789');
  });

  it.each([
    ['a new file', []],
    ['a changed file', [{ path: '/a.bin', content: 'agreed' }]],
  ])(
    'the service stores other bytes of %s than were sent: sent twice, named in each run, not sent again (B6)',
    async (_of, tree) => {
      const profile = await openProfile({
        flavour: 'personal',
        tree: [{ path: '/b.txt', content: 'b' }, ...tree],
      });
      if (tree.length > 0) await profile.sync();
      profile.simulator.addLie({ lie: 'otherBytesStored', paths: ['/a.bin'] });
      await profile.write('a.bin', '0123456789');
      const first = await profile.onedrive(['--sync']);
      expect(first.exitCode).toBe(1);
      expect(first.text).toMatch(bothHashes);
      expect(profile.simulator.liesTold().otherBytesStored).toBe(2);
      for (let run = 0; run < 2; run++) {
        const { counters, exitCode, text } = await profile.onedrive(['--sync']);
        expect(exitCode, text).toBe(1);
        expect(text).toMatch(bothHashes);
        expect(mutations(counters) + transfers(counters)).toBe(0);
      }
      expect(await profile.read('a.bin')).toBe('0123456789');

      profile.simulator.clearLies();
      await profile.write('a.bin', '9876543210');
      await profile.sync();
      await expectEqualSides(profile);
      expect(profile.drive.read('/a.bin').toString()).toBe('9876543210');
    },
  );

  it.each([
    [{ disable_upload_validation: 'true' }, []],
    [{}, ['--disable-upload-validation']],
  ])(
    'what it stored may be taken as the file: then it is sent once more, named, and stays on disk (%j %j)',
    async (config, args) => {
      const profile = await openProfile({ flavour: 'personal' });
      profile.simulator.addLie({ lie: 'otherBytesStored', paths: ['/a.bin'] });
      await profile.write('a.bin', '0123456789');
      expect((await profile.onedrive(['--sync'])).exitCode).toBe(1);
      await profile.setConfig(config);
      const accepted = await profile.sync(...args);
      expect(transfers(accepted.counters)).toBe(1);
      expect(accepted.stdout).toMatch(
        /^WARNING: .* changed this file as it stored it; the local version counts as uploaded .*: a\.bin$/m,
      );
      const again = await profile.sync(...args);
      expect(mutations(again.counters) + transfers(again.counters)).toBe(0);
      expect(await profile.read('a.bin')).toBe('0123456789');
    },
  );

  it('a time that the service answers with its own is sent once for one change on disk (B9)', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
    await profile.sync();
    const own = { fileSystemInfo: { lastModifiedDateTime: '2024-02-03T04:05:06Z' } };
    const body = JSON.stringify(rowOf(profile, '/a.txt', own));
    profile.simulator.addFault({ route: '^PATCH ', effect: { type: 'status', status: 200, body } });
    const inAnHour = new Date(Date.now() + 3_600_000);
    await utimes(profile.at('a.txt'), inAnHour, inAnHour);
    const { counters } = await profile.sync();
    expect(counters.byKind.patch).toBe(1);
    expect(mutations((await profile.sync()).counters)).toBe(0);
  });
});
