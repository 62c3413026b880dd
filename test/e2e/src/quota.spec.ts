import { rename, rm } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { startDaemon } from './daemon.ts';
import { expectEqualSides, openProfile } from './profile.ts';

const tree = ['old.txt', 'moves.txt', 'goes.txt'].map((name) => ({ path: `/${name}`, content: name }));
const says = 'ERROR: The drive is full: it refused "';
const count = 200;
const sizeBytes = 1000;

it('--sync: of many files few are sent to a full drive, one line says so, and everything else is done', async () => {
  const profile = await openProfile({ flavour: 'personal', tree });
  await profile.sync();
  for (let index = 0; index < count; index += 1)
    await profile.write(`new/${index}.bin`, Buffer.alloc(sizeBytes, index));
  await profile.write('small.txt', 'fits');
  await rename(profile.at('moves.txt'), profile.at('moved.txt'));
  await rm(profile.at('goes.txt'));
  profile.drive.create('/down.txt', 'down');
  profile.simulator.setQuotaTotal(500);

  const startedAt = performance.now();
  const full = await profile.onedrive(['--sync']);
  expect(performance.now() - startedAt).toBeLessThan(60_000);
  expect(full.exitCode).toBe(1);
  expect(full.text.split(says)).toHaveLength(2);
  expect(full.text).toContain(
    `Items that wait for space on the drive: ${count} (tidemark status names them)`,
  );
  expect(full.text.split('\n').length).toBeLessThan(50);
  expect(full.requests.filter(({ status }) => status === 507).length).toBeLessThan(40);
  expect(Object.keys(profile.remote()).toSorted()).toEqual([
    ...['/down.txt', '/moved.txt', '/new', '/old.txt', '/small.txt'],
  ]);
  expect(await profile.read('down.txt')).toBe('down');

  const why = 'waits for space on the drive, which refused 1000 bytes';
  expect((await profile.tidemark(['status'])).stdout).toContain(`waiting  "new/0.bin": ${why}`);
  const explained = await profile.tidemark(['explain', 'new/0.bin']);
  expect(explained.stdout).toContain(`waiting, ${why}\nRemedy: Free space online or buy more`);

  profile.simulator.setQuotaTotal(2 ** 30);
  await profile.sync();
  await expectEqualSides(profile);
}, 120_000);

it('--monitor: says once that the drive is full, and uploads everything once something was deleted there', async () => {
  const profile = await openProfile({ tree: [...tree, { path: '/large.bin', content: 'x'.repeat(5000) }] });
  const daemon = await startDaemon(profile);
  profile.simulator.setQuotaTotal(5500);
  await profile.write('a.bin', Buffer.alloc(2000, 1));
  await daemon.says(says);
  await profile.write('b.bin', Buffer.alloc(2000, 2));
  await rm(profile.at('old.txt'));
  await vi.waitFor(() => expect(profile.remote()).not.toHaveProperty('/old.txt'), { timeout: 30_000 });
  await rm(profile.at('large.bin'));
  await vi.waitFor(
    () => expect(Object.keys(profile.remote())).toEqual(expect.arrayContaining(['/a.bin', '/b.bin'])),
    {
      timeout: 30_000,
    },
  );
  await daemon.atRest();
  await expectEqualSides(profile);
  expect(daemon.text().split(says)).toHaveLength(2);
}, 120_000);
