import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, type TestContext } from 'vitest';
import { launchDaemon, startDaemon, complete } from './daemon.ts';
import { type MemoryLimit, openMemoryLimit } from './memory-limit.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { downloadsByItem } from './requests.ts';

/** What docs/running-as-a-service.md of the daemon promises for so many items. */
const promisedMebibytes = 256;
const items = 18_000;
/** So many of them are on disk already, and are compared by their hashes alone. */
const known = 13_000;
const folders = 2000;
const largeBytes = 64 * 2 ** 20;
const large = [1, 2, 3];
const pathOf = (index: number): string => `folder ${index % folders}/file ${index}.txt`;
const contentOf = (index: number): string => `The content of file ${index}`;
/** Not a measure of speed: a loaded machine needs minutes for so many items. */
const limitMs = 900_000;

function limitOr({ skip }: TestContext): MemoryLimit {
  const limit = openMemoryLimit(onTestFinished);
  // Not root, or in a container that makes no control groups: the reason is what the kernel said.
  if (typeof limit === 'string') return skip(limit);
  limit.set(promisedMebibytes);
  return limit;
}

it(
  'the memory that the manual promises is enough for 20,000 items and large files both ways, and for the next start',
  async (context) => {
    const limit = limitOr(context);
    const profile = await openProfile({
      tree: [
        ...Array.from({ length: items }, (_, index) => ({
          path: `/${pathOf(index)}`,
          content: contentOf(index),
        })),
        ...large.map((seed) => ({ path: `/down ${seed}.bin`, content: { sizeBytes: largeBytes, seed } })),
      ],
    });
    for (let index = 0; index < known; index += 1) await profile.write(pathOf(index), contentOf(index));
    for (const seed of large) await profile.write(`up ${seed}.bin`, Buffer.alloc(largeBytes, `up ${seed}`));
    const first = launchDaemon(profile, ['--monitor', '--verbose'], { before: limit.before, limitMs });
    await first.says(complete);
    await first.atRest();
    await expectEqualSides(profile);
    const { exitCode, text } = await first.stop();
    expect(limit.kills(), 'the limit was too low').toBe(0);
    expect(exitCode, text).toBe(0);

    const next = await startDaemon(profile, [], { before: limit.before });
    profile.drive.modify('/down 1.bin', 'changed');
    // The size first: this process plays the service as well, and 64 MiB of text hold it up.
    await expect.poll(async () => (await stat(join(profile.syncFolder, 'down 1.bin'))).size).toBe(7);
    expect(await profile.read('down 1.bin')).toBe('changed');
    expect((await next.stop()).exitCode).toBe(0);
    expect(limit.kills()).toBe(0);
  },
  limitMs,
);

it('a daemon that the kernel kills for want of memory goes on at its next start: nothing lost, nothing twice', async (context) => {
  const limit = limitOr(context);
  const profile = await openProfile({
    tree: Array.from({ length: 300 }, (_, index) => ({
      path: `/down/${index}.txt`,
      content: `down ${index}`,
    })),
  });
  for (let index = 0; index < 300; index += 1) await profile.write(`up/${index}.txt`, `up ${index}`);

  const before = profile.simulator.requestLog().length;
  for (const kind of ['contentDownload', 'fragment'] as const) {
    await squeezedDuring(profile, limit, kind);
    limit.set(promisedMebibytes);
  }
  expect(limit.kills()).toBeGreaterThanOrEqual(2);

  const daemon = await startDaemon(profile, [], { before: limit.before });
  await daemon.atRest();
  await expectEqualSides(profile);
  expect(Object.keys(profile.remote())).toHaveLength(602);
  expect(profile.drive.dump().filter(({ commits }) => commits > 1)).toEqual([]);
  const fetched = downloadsByItem(profile.simulator.requestLog().slice(before));
  expect(Math.max(...fetched.values()), 'once, and again what each kill cut').toBeLessThanOrEqual(3);
  expect(limit.kills()).toBe(2);
  expect((await daemon.stop()).exitCode).toBe(0);
});

/** Takes the memory away in the middle of the transfers of a kind. */
async function squeezedDuring(profile: TestProfile, limit: MemoryLimit, kind: string): Promise<void> {
  let seen = 0;
  profile.simulator.onRequest((request) => {
    if (request.kind === kind && (seen += 1) >= 30) limit.squeeze();
  });
  const { exitCode, text } = await launchDaemon(profile, ['--monitor', '--verbose'], { before: limit.before })
    .ended;
  profile.simulator.onRequest(() => undefined);
  expect(exitCode, text).toBeNull();
}
