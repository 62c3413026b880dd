import { expect, it } from 'vitest';
import { launchDaemon } from './daemon.ts';
import { expectEqualSides, openProfile } from './profile.ts';

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
