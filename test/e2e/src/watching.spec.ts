import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { openProfile } from './profile.ts';

const config = { disable_websocket_support: 'true' };

/** What the kernel watches for a process: each is a line in what it says of the descriptor. */
async function watchesOf(pid: number): Promise<number> {
  let count = 0;
  for (const descriptor of await readdir(`/proc/${pid}/fdinfo`)) {
    // A file may be closed by now.
    const text = await readFile(join(`/proc/${pid}/fdinfo`, descriptor), 'latin1').catch(() => '');
    count += text.match(/^inotify wd/gm)?.length ?? 0;
  }
  return count;
}

it('only folders in which something can be in scope are watched', async () => {
  const profile = await openProfile({
    config: { ...config, skip_dir: 'node_modules', skip_dotfiles: 'true' },
  });
  const outside = ['node_modules/x/y', 'a/node_modules/z', '.git/objects/aa', 'a/.cache'];
  for (const path of ['a/b', 'c', ...outside]) await mkdir(profile.at(path), { recursive: true });
  const daemon = await startDaemon(profile);
  // The sync folder, a, a/b and c.
  expect(await watchesOf(daemon.pid)).toBe(4);
  await mkdir(profile.at('c/node_modules/later'), { recursive: true });
  await profile.write('c/d/new.txt', 'new');
  await daemon.says('Uploading new file: c/d/new.txt ... done');
  await profile.write('c/d/newer.txt', 'newer');
  await daemon.says('Uploading new file: c/d/newer.txt ... done');
  expect(await watchesOf(daemon.pid)).toBe(5);
});

it('where watches run out that is said once, with the remedy, and the rest is scanned at each interval', async () => {
  const profile = await openProfile({ config: { ...config, monitor_interval: '400' } });
  for (let index = 0; index < 20; index++) await profile.write(`${index}/old.txt`, `${index}`);
  const daemon = await startDaemon(profile, [], { watchesMax: 15 });
  expect(await watchesOf(daemon.pid)).toBe(15);
  // Told by its parent, which is watched.
  await profile.write('new/inside.txt', 'inside');
  await daemon.says('Uploading new file: new/inside.txt ... done');
  for (let index = 0; index < 20; index++) await profile.write(`${index}/later.txt`, `later ${index}`);
  // The scan that is due after the interval, early.
  expect((await daemon.ask('POST', '/v1/look')).status).toBe(202);
  for (let index = 0; index < 20; index++)
    await daemon.says(/Uploading new file: \d+\/later\.txt \.\.\. done/);

  const { looks, daemon: live } = await daemon.status();
  expect(live?.watchLimit).toMatch(/^\d+ folders cannot be watched: the user limit on .* inotify watches/);
  expect(Date.parse(looks.local.dueAt ?? '') - Date.parse(looks.local.lastAt ?? '')).toBeLessThanOrEqual(
    400_000,
  );
  const { exitCode, text } = await daemon.stop();
  expect(exitCode).toBe(0);
  expect(text.match(/Only a part of the local 'sync_dir' is being watched/g)).toHaveLength(1);
  expect(text).toMatch(/is found by a scan, every 400 seconds$/m);
  expect(text).toMatch(
    /To raise the limit: echo fs\.inotify\.max_user_watches=\d+ \| sudo tee -a \S+ && sudo sysctl/,
  );
});
