import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { expectEqualSides, openProfile } from './profile.ts';

const mib = 1024 * 1024;
const sizeBytes = 64 * mib;
const rate = 20 * mib;
const expectedMs = (sizeBytes / rate) * 1000;

describe('rate_limit', () => {
  it('of 20 MiB/s is kept by 64 MiB down and up over TLS, and leaves signals their turn (B10)', async () => {
    const profile = await openProfile({ config: { rate_limit: String(rate) } });
    const { drive } = profile;
    await profile.sync();
    const baseMs = await timeOf(() => profile.sync());
    drive.create('/down.bin', { sizeBytes, seed: 1 });
    const downMs = (await timeOf(() => profile.sync())) - baseMs;
    await writeFile(profile.at('up.bin'), Buffer.alloc(sizeBytes, 'ebb and flow'));
    const upMs = (await timeOf(() => profile.sync())) - baseMs;
    await expectEqualSides(profile);
    // Within a tenth, and what else such a run does (hashing, the log) takes its time too, on a machine that may be busy.
    expect(downMs).toBeGreaterThan(expectedMs * 0.9);
    expect(upMs).toBeGreaterThan(expectedMs * 0.9);
    expect(downMs).toBeLessThan(expectedMs * 2.5);
    expect(upMs).toBeLessThan(expectedMs * 2.5);
  });

  it('lets a download be stopped at once', async () => {
    const profile = await openProfile({ config: { rate_limit: String(mib) } });
    profile.drive.create('/down.bin', { sizeBytes, seed: 1 });
    const isAsked = new Promise<void>((resolve) => {
      profile.simulator.onRequest(({ kind }) => {
        if (kind === 'contentDownload') resolve();
      });
    });
    const running = profile.start('onedrive', ['--sync']);
    await isAsked;
    const askedAt = performance.now();
    running.child.kill('SIGTERM');
    const { text } = await running.ended;
    expect(performance.now() - askedAt, text).toBeLessThan(5000);
  });
});

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
