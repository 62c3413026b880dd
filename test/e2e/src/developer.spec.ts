import { expect, it } from 'vitest';
import { launchDaemon } from './daemon.ts';
import { expectEqualSides, openProfile } from './profile.ts';

it('display_processing_time and display_sync_options tell what a pass goes by and how long its steps take', async () => {
  const profile = await openProfile({
    tree: [{ path: '/a.txt', content: 'a' }],
    config: { display_processing_time: 'true', display_sync_options: 'true', local_first: 'true' },
  });
  const { stdout } = await profile.sync();
  expect(stdout).toMatch(/^Sync option localFirst: true$/m);
  expect(stdout).toMatch(/^Processing time: \d+\.\d{3} Seconds for DownloadFile a\.txt$/m);
});

it('monitor_max_loop ends a monitor in order, and display_memory tells what it uses', async () => {
  const profile = await openProfile({
    tree: [{ path: '/a.txt', content: 'a' }],
    config: { monitor_max_loop: '2', display_memory: 'true' },
  });
  const daemon = launchDaemon(profile, ['--monitor']);
  await daemon.says(/^Memory in use: \d+ MiB; JavaScript: \d+ of \d+ MiB; outside its heap: \d+ MiB$/);
  profile.drive.create('/b.txt', 'b');
  await daemon.says('Exiting after 2 loops due to developer set option');
  const { exitCode, text } = await daemon.ended;
  expect(exitCode, text).toBe(0);
  expect(text).not.toContain('was interrupted');
  await expectEqualSides(profile);
});
