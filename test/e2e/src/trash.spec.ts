import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requireCommand } from './namespace.ts';
import { openProfile, type SyncEnded } from './profile.ts';

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
      'Files removed for good after more than 2 days in the trash: 1 (7 B)',
    );
    expect(await inTrash()).toEqual([]);
    // What the drive keeps of it is not ours to prune.
    expect(await profile.whereIs('content')).toEqual(['recycle bin:/a.txt']);
  });
});
