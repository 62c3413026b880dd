import { globSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDaemon } from './daemon.ts';
import { requireCommand } from './namespace.ts';
import { expectEqualSides, openProfile, type SyncEnded } from './profile.ts';

describe('the trash', () => {
  it('keeps a displaced file for trash_days, whatever the clock says once, and no longer', async () => {
    requireCommand('faketime', 'faketime');
    const library = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0] ?? '';
    const profile = await openProfile({
      tree: [{ path: '/a.txt', content: 'content' }],
      tidemarkConfig: { trash_days: '2' },
    });
    const syncAt = (time: string): Promise<SyncEnded> =>
      profile.onedrive(['--sync', '--verbose'], {
        environment: { LD_PRELOAD: library, FAKETIME: time, NO_FAKE_STAT: '1' },
      });
    await profile.sync();
    profile.drive.remove('/a.txt');
    await profile.sync();
    const inTrash = async (): Promise<string[]> =>
      (await profile.whereIs('content')).filter((place) => place.startsWith('trash'));
    expect(await inTrash()).toHaveLength(1);

    for (const time of ['+300d', '+12h', '+24h', '+36h']) {
      const { exitCode, text } = await syncAt(time);
      expect(exitCode, text).toBe(0);
      expect(text).not.toContain('removed for good');
      expect(await inTrash(), time).toHaveLength(1);
    }
    expect((await syncAt('+84h')).stdout).toContain(
      'Removing for good from the trash: a file (7 B), because it was there for longer than trash_days',
    );
    expect(await inTrash()).toEqual([]);
    expect((await profile.tidemark(['explain', 'a.txt'])).stdout).toMatch(
      /Decided to remove from the trash for good ".*\/a\.txt", because it was there for longer than trash_days/,
    );
    // What the drive keeps of it is not ours to prune.
    expect(await profile.whereIs('content')).toEqual(['recycle bin:/a.txt']);
  });

  it('holds no more than trash_size, also while a daemon works, and what goes for it is in the log before it goes', async () => {
    const content = 'x'.repeat(400_000);
    const names = ['a', 'b', 'c', 'd', 'e'];
    const profile = await openProfile({
      tree: [...names, 'f'].map((name) => ({ path: `/${name}`, content: `${name}${content}` })),
      tidemarkConfig: { trash_size: '1' },
    });
    await profile.sync();
    const daemon = await startDaemon(profile);
    for (const name of names) {
      profile.drive.remove(`/${name}`);
      await daemon.says(`Deleting local file: ${name}`);
    }
    const left = async (): Promise<string[]> => {
      const places = await Promise.all(names.map((name) => profile.whereIs(`${name}${content}`)));
      return places.flat().flatMap((place) => (place.startsWith('trash') ? [place.slice(-1)] : []));
    };
    await expect.poll(left, { timeout: 20_000 }).toEqual(['d', 'e']);
    await daemon.stop();
    const { stdout } = await profile.tidemark(['log', '--json', '--type', 'PruningPlanned']);
    const files = stdout
      .trim()
      .split('\n')
      .flatMap((line) => JSON.parse(line).event.files as { trash: string; why: string }[]);
    expect(files.map(({ trash, why }) => `${trash.slice(-1)} ${why}`)).toEqual([
      'a full',
      'b full',
      'c full',
    ]);
    expect((await profile.tidemark(['explain', 'a'])).stdout).toContain(
      'because the trash held more than trash_size',
    );
    await expectEqualSides(profile);
  });

  it.each(['on its file system', 'on another one'])(
    'with use_recycle_bin is that of the desktop, %s',
    async (where) => {
      const above = where === 'on another one' ? await mkdtemp('/dev/shm/e2e-bin-') : null;
      onTestFinished(async () => {
        if (above !== null) await rm(above, { recursive: true });
      });
      const profile = await openProfile({
        tree: [
          { path: '/Work/report.data', content: 'report' },
          { path: '/Private/report.data', content: 'diary' },
          { path: '/kept.txt', content: 'kept' },
        ],
      });
      const bin = join(above ?? profile.folder, 'Trash');
      await profile.setConfig({ use_recycle_bin: 'true', recycle_bin_path: bin });
      await profile.sync();
      profile.drive.remove('/Work');
      profile.drive.remove('/Private/report.data');
      profile.drive.modify('/kept.txt', 'modified');
      await profile.sync();
      await expectEqualSides(profile);
      const [one, other] = await Promise.all(
        ['report.data', 'report.2.data'].map(async (name) => ({
          content: await readFile(join(bin, 'files', name), 'utf8'),
          info: await readFile(join(bin, 'info', `${name}.trashinfo`), 'utf8'),
        })),
      );
      expect([one?.content, other?.content].toSorted()).toEqual(['diary', 'report']);
      for (const { content, info } of [one, other].flatMap((found) => found ?? []))
        expect(info).toMatch(
          new RegExp(
            `^\\[Trash Info\\]\nPath=${profile.at(content === 'diary' ? 'Private' : 'Work')}/report\\.data\nDeletionDate=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\n$`,
          ),
        );
      expect(await readdir(join(bin, 'files'))).toHaveLength(2);

      await profile.setConfig({ use_recycle_bin: 'true', recycle_bin_path: profile.at('Trash') });
      const { exitCode, text } = await profile.onedrive(['--sync']);
      expect(exitCode).toBe(1);
      expect(text).toContain(
        `ERROR: The configured 'recycle_bin_path' (${profile.at('Trash')}) is located within the configured 'sync_dir' (${profile.syncFolder}).`,
      );
    },
  );
});
