/** The monitor is killed while it makes the changes of an undo: started again, the same undo ends as if nothing had happened. */
import { watch } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { type Daemon, startDaemon } from './daemon.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';

const sides = ['drive', 'disk'];
const each = [0, 1, 2, 3];
const pathsOf = (side: string): readonly string[] => [
  ...['deleted', 'replaced', 'renamed', 'moved'].flatMap((what) =>
    each.map((one) => `${side}/${what} ${one}`),
  ),
  ...['x', 'y'].map((name) => `${side}/${name}`),
];

/** On each side four files deleted, four replaced, four renamed, four moved, and two that swapped their names. */
async function changed(profile: TestProfile): Promise<void> {
  const { drive, at } = profile;
  await mkdir(at('disk/folder'));
  drive.create('/drive/folder');
  for (const one of each) {
    drive.remove(`/drive/deleted ${one}`);
    drive.modify(`/drive/replaced ${one}`, `new on the drive ${one}`);
    drive.rename(`/drive/renamed ${one}`, `other ${one}`);
    drive.move(`/drive/moved ${one}`, `/drive/folder/moved ${one}`);
    await rm(at(`disk/deleted ${one}`));
    await profile.write(`disk/replaced ${one}`, `new on disk ${one}`);
    await rename(at(`disk/renamed ${one}`), at(`disk/other ${one}`));
    await rename(at(`disk/moved ${one}`), at(`disk/folder/moved ${one}`));
  }
  for (const [from, to] of [
    ['x', 't'],
    ['y', 'x'],
    ['t', 'y'],
  ] as const) {
    drive.rename(`/drive/${from}`, to);
    await rename(at(`disk/${from}`), at(`disk/${to}`));
  }
}

/** Kills it as soon as something happens. */
type KillWhen = (profile: TestProfile, kill: () => void) => void;

const whenRestoring =
  (count: number): KillWhen =>
  ({ simulator }, kill) => {
    let restored = 0;
    simulator.onRequest(({ path }) => {
      if (path.endsWith('/restore') && ++restored === count) kill();
    });
  };

const whenThere =
  (folder: string, wanted: string): KillWhen =>
  ({ at }, kill) => {
    const watching = watch(at(folder), (_, name) => {
      if (name === wanted) kill();
    });
    onTestFinished(() => watching.close());
  };

it.each<[string, KillWhen]>([
  ['before anything is back', whenRestoring(1)],
  ['when some are back from the recycle bin', whenRestoring(3)],
  ['when the first of the renamed files has its name', whenThere('disk', 'renamed 0')],
  ['when the last of the moved files is in its place', whenThere('drive', 'moved 3')],
  ['when two files are about to swap their names', whenThere('disk', 'x')],
])('%s', async (_, killWhen) => {
  const seed = sides.flatMap(pathsOf).map((path) => ({ path: `/${path}`, content: path }));
  const profile = await openProfile({ flavour: 'personal', tree: seed });
  await profile.sync();
  const before = await profile.local();
  await changed(profile);
  await profile.sync();
  await expectEqualSides(profile);
  const after = await profile.local();

  const first = await startDaemon(profile);
  await first.atRest();
  const since = new Date().toISOString();
  killWhen(profile, () => first.signal('SIGKILL'));
  const cut = await profile.tidemark(['undo', '--run', 'last', '--yes']);
  expect(cut.exitCode, cut.text).toBe(1);
  expect(cut.stderr).toContain('The monitor ended before all of it was made');
  expect((await first.ended).exitCode).toBeNull();
  profile.simulator.onRequest(() => undefined);

  const second = await startDaemon(profile);
  await undoRest(profile, second);
  expect(await profile.local()).toEqual(before);
  // What was cut is two runs.
  const again = await profile.tidemark(['undo', '--since', since, '--yes']);
  expect(again.exitCode, again.text).toBe(0);
  await second.atRest();
  await second.stop();
  await expectEqualSides(profile);
  expect(await profile.local()).toEqual(after);
  expect((await profile.tidemark(['replay'])).stdout).toMatch(/ 0 divergences; hash chain intact/);
});

async function undoRest(profile: TestProfile, daemon: Daemon): Promise<void> {
  await daemon.atRest();
  const finished = await profile.tidemark(['undo']);
  expect(finished.exitCode, finished.text).toBe(0);
  await daemon.atRest();
  await expectEqualSides(profile);
}
