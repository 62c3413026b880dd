/** The built command undoes what runs did, on both sides. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asLines, expectEqualSides, openProfile } from './profile.ts';

describe('undo', () => {
  it('brings back what a run deleted and replaced, after it has said so, and can itself be undone', async () => {
    const profile = await openProfile({
      flavour: 'personal',
      tree: [
        { path: '/deleted.txt', content: 'deleted online' },
        { path: '/removed.txt', content: 'removed on disk' },
        { path: '/replaced.txt', content: 'the first' },
      ],
    });
    await profile.sync();
    const id = profile.drive.stat('/removed.txt')?.id;
    profile.drive.remove('/deleted.txt');
    await rm(profile.at('removed.txt'));
    await profile.write('replaced.txt', 'the second');
    await profile.sync();

    const { stdout, exitCode } = await profile.tidemark(['undo', '--run', 'last', '--dry-run']);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain('put back "deleted.txt", from the trash');
    expect(stdout).toContain('restore "removed.txt" from the recycle bin of the drive');
    expect(stdout).toContain('give "replaced.txt" back the content it had, from the versions on the drive');
    expect(profile.drive.stat('/deleted.txt')).toBeUndefined();

    const unasked = await profile.tidemark(['undo', '--run', 'last']);
    expect(unasked.exitCode, unasked.text).toBe(7);
    expect(unasked.stderr).toContain('undo needs --yes');

    const undone = await profile.tidemark(['undo', '--run', 'last', '--yes']);
    expect(undone.exitCode, undone.text).toBe(0);
    expect(await Promise.all(['deleted.txt', 'removed.txt', 'replaced.txt'].map(profile.read))).toEqual([
      'deleted online',
      'removed on disk',
      'the first',
    ]);
    expect(profile.drive.stat('/removed.txt')?.id).toBe(id);
    await expectEqualSides(profile);

    expect((await profile.tidemark(['undo', 'replaced.txt', '--yes'])).exitCode).toBe(0);
    expect(await profile.read('replaced.txt')).toBe('the second');
    await expectEqualSides(profile);
  });

  it('that is killed in the middle is told at the next start, and finished by the next call', async () => {
    const names = ['a.txt', 'b.txt', 'c.txt'];
    const profile = await openProfile({
      flavour: 'personal',
      tree: names.map((name) => ({ path: `/${name}`, content: name })),
    });
    await profile.sync();
    for (const name of names) await rm(profile.at(name));
    await profile.sync();
    const { child, ended } = profile.start('tidemark', ['undo', '--run', 'last', '--yes']);
    let restored = 0;
    profile.simulator.onRequest(({ path }) => {
      if (path.endsWith('/restore') && (restored += 1) === 2) child.kill('SIGKILL');
    });
    expect((await ended).exitCode).toBeNull();
    profile.simulator.onRequest(() => undefined);
    expect((await profile.sync()).stderr).toMatch(
      /The undo of run \d+ ended in the middle: [0-2] of 3 changes/,
    );
    // Other changes would take the place of what is left of it.
    const decided = await profile.tidemark(['conflicts', 'keep', 'local', '--all']);
    expect(decided.exitCode, decided.text).toBe(7);
    expect(decided.stderr).toMatch(/The undo of run \d+ is not finished: 'tidemark undo' first/);
    expect((await profile.tidemark(['undo'])).exitCode).toBe(0);
    expect(
      profile.drive
        .dump()
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(names.map((name) => `/${name}`));
    await expectEqualSides(profile);
  });

  it('settles a conflict without a stray file', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'agreed' }] });
    await profile.sync();
    await profile.write('a.txt', 'of the disk\n');
    profile.drive.modify('/a.txt', 'of the drive\n', '2040-01-01T00:00:00Z');
    await profile.sync();
    expect((await profile.tidemark(['conflicts'])).stdout).toMatch(
      /^"a\.txt"\n {2}has the name {3}saved on the drive .*\n {2}beside it {6}saved on this computer .*-safeBackup-0001\.txt"$/m,
    );
    expect((await profile.tidemark(['conflicts', 'show', 'a.txt'])).stdout).toContain(
      '-of the drive\n+of the disk',
    );
    const kept = await profile.tidemark(['conflicts', 'keep', 'local', 'a.txt']);
    expect(kept.exitCode, kept.text).toBe(0);
    expect(profile.drive.dump().map(({ path }) => path)).toEqual(['/a.txt']);
    expect(await profile.read('a.txt')).toBe('of the disk\n');
    expect((await profile.tidemark(['conflicts'])).stdout).toBe('No conflicts\n');
    await expectEqualSides(profile);
  });

  it('names who saved the version of the drive, and says when the drive cannot be asked', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'agreed' }] });
    await profile.sync();
    await profile.write('a.txt', 'of the disk');
    profile.drive.modify('/a.txt', 'of the drive', '2040-01-01T00:00:00Z');
    await profile.sync();
    const list = async (): Promise<unknown> =>
      JSON.parse((await profile.tidemark(['conflicts', '--json'])).stdout);
    const listed = await profile.tidemark(['conflicts']);
    expect(listed.stdout).toMatch(/has the name {3}saved on the drive .* bytes, by Alex Simulated$/m);
    expect(listed.stdout).toMatch(/beside it {6}saved on this computer .* bytes, "a-/);
    expect(listed.counters.total, listed.requests.map(({ path }) => path).join(' ')).toBeLessThan(5);
    const json = await list();
    expect(json).toMatchObject({ named: { from: 'drive', savedBy: { name: 'Alex Simulated' } } });
    expect(json).not.toHaveProperty('kept.savedBy');

    const nowhere = 'https://127.0.0.1:1';
    const away = asLines({
      graph_endpoint: nowhere,
      login_endpoint: nowhere,
      ca_file: profile.simulator.caFile,
    });
    await writeFile(join(profile.configFolder, 'tidemark.conf'), away);
    const offline = await profile.tidemark(['conflicts']);
    expect(offline.exitCode, offline.text).toBe(0);
    expect(offline.stdout).toMatch(/saved on the drive .* bytes, by unknown \(offline\)$/m);
    expect(await list()).toMatchObject({ named: { savedBy: { unknown: 'offline' } } });
  });
});
