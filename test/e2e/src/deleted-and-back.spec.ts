/** What is deleted and there again within a second was an edit: nothing goes to the recycle bin of the drive. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Daemon, type Status, startDaemon } from './daemon.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';

type DriveDump = ReturnType<TestProfile['drive']['dump']>;

/** The daemon waits for a second; only what is back earlier was saved. */
const delayMs = 900;

/**
 * Deletes, waits until the daemon has looked twice and knows so many items gone, and brings them back. Repeats what a busy machine
 * stretched beyond the delay: that was a deletion, and something new.
 */
async function deletedAndBack(
  daemon: Daemon,
  profile: TestProfile,
  { count, go, back }: { readonly count: number; readonly go: () => void; readonly back: () => void },
): Promise<DriveDump> {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    await daemon.atRest();
    const before = profile.drive.dump();
    const recycled = profile.drive.recycled().length;
    const beganMs = performance.now();
    const isTimeUp = (): boolean => performance.now() - beganMs >= delayMs;
    go();
    for (let query = ''; !isTimeUp() && profile.drive.recycled().length === recycled;) {
      const { body } = await daemon.ask('GET', `/v1/status${query}`);
      const { notAtRest, seq } = JSON.parse(body) as Status;
      if (notAtRest.length === count && notAtRest.every(({ standing }) => standing === 'waiting')) break;
      query = `?after=${seq}&wait=1`;
    }
    back();
    if (!isTimeUp()) return before;
  }
  throw new Error('This machine never does it in time');
}

it('a file that a program saves by deleting it and writing it anew, after it was found gone, is its next version', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'old' }] });
  const daemon = await startDaemon(profile);
  const [before] = await deletedAndBack(daemon, profile, {
    count: 1,
    go: () => rmSync(profile.at('a.txt')),
    back: () => writeFileSync(profile.at('a.txt'), 'saved'),
  });
  await daemon.says(/Uploading.*a\.txt.*done/);
  await daemon.atRest();
  expect(profile.drive.dump()).toMatchObject([{ id: before?.id, versions: (before?.versions ?? 0) + 1 }]);
  await expectEqualSides(profile);
  expect((await daemon.stop()).exitCode).toBe(0);
});

it('what is made and deleted at once never goes up', async () => {
  const profile = await openProfile();
  const daemon = await startDaemon(profile);
  await daemon.atRest();
  for (let index = 0; index < 40; index += 1) {
    writeFileSync(profile.at(`.~lock.${index}#`), 'for a moment');
    writeFileSync(profile.at(`${index}.part`), `for a moment ${index}`);
    rmSync(profile.at(`${index}.part`));
    rmSync(profile.at(`.~lock.${index}#`));
  }
  writeFileSync(profile.at('kept.txt'), 'kept');
  await daemon.says(/Uploading.*kept\.txt.*done/);
  await daemon.atRest();
  expect(profile.drive.dump().map(({ path }) => path)).toEqual(['/kept.txt']);
  expect(profile.drive.recycled()).toEqual([]);
  expect((await daemon.stop()).exitCode).toBe(0);
});

it('80 files that are deleted and put back at once stay what they are', async () => {
  const tree = Array.from({ length: 80 }, (_, index) => ({
    path: `/folder/${index % 4}/${index}.txt`,
    content: `${index}`,
  }));
  const profile = await openProfile({ tree });
  const daemon = await startDaemon(profile);
  const shell = (line: string): void => {
    const { status, stderr } = spawnSync('sh', ['-c', line], { cwd: profile.syncFolder, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  };
  shell('cp -a folder ../copy');
  const before = await deletedAndBack(daemon, profile, {
    count: tree.length + 4,
    go: () => shell('rm -rf folder/*'),
    back: () => shell('cp -a ../copy/. folder'),
  });
  await daemon.atRest();
  expect(profile.drive.dump()).toEqual(before);
  expect((await daemon.stop()).exitCode).toBe(0);
});
