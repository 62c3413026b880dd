import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

/**
 * More happens on disk at once than the kernel's queue of events holds (16,384; it drops the rest and Node does not tell).
 * The interval is a day: whatever is missed must be found because the run itself suspects it. `TIDEMARK_BURST=10000` is the
 * size that is promised; ordinary runs take a smaller one.
 */
const burst = Number(process.env['TIDEMARK_BURST'] ?? 500);
const queueLength = 16_384;
const settled = { timeout: 600_000, interval: 250 };

const config = {
  monitor_interval: '86400',
  classify_as_big_delete: '1000000',
};
const tidemarkConfig = { mass_delete_fraction: '100' };

/** A second run finds nothing that the first one missed. */
async function expectNothingLeft(profile: TestProfile): Promise<void> {
  await expectEqualSides(profile);
  const { counters } = await profile.sync();
  expect({ mutations: mutations(counters), transfers: transfers(counters) }).toEqual({
    mutations: 0,
    transfers: 0,
  });
}

const filesOn = ({ drive }: TestProfile): string[] =>
  drive
    .dump()
    .filter(({ kind }) => kind === 'file')
    .map(({ path }) => path.slice(1))
    .toSorted();

/** How often content was committed, over all items, those in the recycle bin included. */
const commitsOn = ({ drive }: TestProfile): number =>
  [...drive.dump(), ...drive.recycled()].reduce((sum, { commits }) => sum + commits, 0);

it(`${burst} files created, renamed and deleted in bursts: all of it arrives, each file once`, async () => {
  const profile = await openProfile({ config, tidemarkConfig });
  const run = await startDaemon(profile, [], { limitMs: 600_000 });
  const folderOf = (index: number): string => `folder ${index % 50}/inner ${index % 100}`;
  const names = Array.from({ length: burst }, (_, index) => `${folderOf(index)}/file ${index}.txt`);
  for (const name of names) {
    mkdirSync(dirname(profile.at(name)), { recursive: true });
    writeFileSync(profile.at(name), `The content of ${name}`);
  }
  await expect.poll(() => filesOn(profile), settled).toEqual(names.toSorted());
  await expectEqualSides(profile);
  expect(commitsOn(profile)).toBe(burst);
  expect(profile.drive.dump().filter(({ versions }) => versions > 1)).toEqual([]);

  profile.simulator.resetCounters();
  const renamed = names.map((_, index) => `${folderOf(index + 1)}/renamed ${index}.txt`);
  for (const [index, name] of names.entries()) renameSync(profile.at(name), profile.at(renamed[index] ?? ''));
  await expect.poll(() => filesOn(profile), settled).toEqual(renamed.toSorted());
  await expectEqualSides(profile);
  expect(transfers(profile.simulator.counters())).toBe(0);
  expect(profile.simulator.counters().byKind.patch).toBe(burst);
  expect(profile.drive.recycled()).toEqual([]);

  for (const name of renamed) rmSync(profile.at(name));
  await expect.poll(() => filesOn(profile), settled).toEqual([]);
  expect(commitsOn(profile)).toBe(burst);
  expect((await run.stop()).exitCode).toBe(0);
  await expectNothingLeft(profile);
});

it('all of it in one go, faster than anybody can follow: only what is left in the end counts', async () => {
  const profile = await openProfile({ config, tidemarkConfig });
  const run = await startDaemon(profile, [], { limitMs: 600_000 });
  const left: string[] = [];
  for (let index = 0; index < burst; index += 1) {
    const folder = profile.at(`folder ${index % 50}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${index}.tmp`), `The content of ${index}`);
    renameSync(join(folder, `${index}.tmp`), join(folder, `${index}.txt`));
    if (index % 2 === 0) rmSync(join(folder, `${index}.txt`));
    else left.push(`folder ${index % 50}/${index}.txt`);
    // The service is in this process: it answers meanwhile, so that some are uploaded before they are renamed or gone.
    if (index % 20 === 0) await new Promise(setImmediate);
  }
  await expect.poll(() => filesOn(profile), settled).toEqual(left.toSorted());
  await expectEqualSides(profile);
  // What was uploaded before it went is in the recycle bin; nothing was committed twice.
  const everything = [...profile.drive.dump(), ...profile.drive.recycled()];
  expect(everything.filter(({ commits }) => commits > 1)).toEqual([]);
  expect((await run.stop()).exitCode).toBe(0);
  await expectNothingLeft(profile);
});

it('git checkout of another branch: what differs becomes a version, what does not stays untouched', async () => {
  const profile = await openProfile({ config, tidemarkConfig });
  const work = profile.syncFolder;
  const repository = join(profile.folder, 'repository');
  await mkdir(work, { recursive: true });
  const git = (...args: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      cwd: work,
      env: { PATH: process.env['PATH'], HOME: profile.folder, GIT_DIR: repository, GIT_WORK_TREE: work },
      stdio: 'pipe',
    });
  const place = (kind: string, index: number): string =>
    `${kind} ${index % 20}/deep ${index % 60}/${index}.txt`;
  const write = (kind: string, count: number, text: string): void => {
    for (let index = 0; index < count; index += 1) {
      mkdirSync(dirname(profile.at(place(kind, index))), { recursive: true });
      writeFileSync(profile.at(place(kind, index)), `${kind} ${index} ${text}`);
    }
  };
  // A third each: different on the two branches, the same on both, and on one of them only.
  const third = Math.floor(burst / 3);
  git('init', '--quiet', '--initial-branch=one');
  write('same', third, '');
  write('changed', third, 'on one');
  write('first', third, '');
  git('add', '--all');
  git('commit', '--quiet', '--message=one');
  git('checkout', '--quiet', '-b', 'two');
  git('rm', '--quiet', '-r', '.');
  write('same', third, '');
  write('changed', third, 'on two');
  write('second', third, '');
  git('add', '--all');
  git('commit', '--quiet', '--message=two');
  git('checkout', '--quiet', 'one');

  const run = await startDaemon(profile, [], { limitMs: 600_000 });
  await expectEqualSides(profile);
  const on = (kind: string): readonly { versions: number; commits: number }[] =>
    profile.drive.dump().filter((item) => item.kind === 'file' && item.path.startsWith(`/${kind} `));
  const versionsOf = (kind: string): number => on(kind).reduce((sum, { versions }) => sum + versions, 0);
  const filesHere = (): string[] =>
    execFileSync('git', ['ls-files', '-z'], {
      env: { ...process.env, GIT_DIR: repository, GIT_WORK_TREE: work },
      encoding: 'utf8',
    })
      .split('\0')
      .filter((name) => name !== '')
      .toSorted();
  const isArrived = async (): Promise<boolean> => {
    if (filesOn(profile).join('\n') !== filesHere().join('\n')) return false;
    return isDeepStrictEqual(await profile.local(), profile.remote());
  };

  expect({ same: versionsOf('same'), changed: versionsOf('changed') }).toEqual({
    same: third,
    changed: third,
  });
  git('checkout', '--quiet', 'two');
  await expect.poll(isArrived, settled).toBe(true);
  expect({ same: versionsOf('same'), changed: versionsOf('changed'), second: versionsOf('second') }).toEqual({
    same: third,
    changed: 2 * third,
    second: third,
  });
  expect(on('first')).toEqual([]);

  git('checkout', '--quiet', 'one');
  await expect.poll(isArrived, settled).toBe(true);
  expect({ same: versionsOf('same'), changed: versionsOf('changed'), first: versionsOf('first') }).toEqual({
    same: third,
    changed: 3 * third,
    first: third,
  });
  expect((await run.stop()).exitCode).toBe(0);
  await expectNothingLeft(profile);
});

it('a change that the kernel surely dropped is found without waiting for the interval', async () => {
  const profile = await openProfile({ config, tree: [{ path: '/busy/a.txt', content: 'a' }] });
  await profile.write('busy/b.txt', 'b');
  const run = await startDaemon(profile, [], { limitMs: 600_000 });
  await expect.poll(() => filesOn(profile), settled).toEqual(['busy/a.txt', 'busy/b.txt']);
  run.signal('SIGSTOP');
  // Only equal neighbours are merged, so two files fill the queue; what comes after them is dropped.
  for (let index = 0; index < queueLength + 1000; index += 1)
    utimesSync(profile.at(`busy/${index % 2 === 0 ? 'a' : 'b'}.txt`), index, index);
  await profile.write('elsewhere/dropped.txt', 'nobody was told of this');
  run.signal('SIGCONT');
  await expect.poll(() => profile.drive.stat('/elsewhere/dropped.txt')?.sizeBytes, settled).toBe(23);
  expect((await run.stop()).exitCode).toBe(0);
  await expectNothingLeft(profile);
});

it.each<[string, (at: (path: string) => string) => void, Record<string, string>]>([
  [
    'renamed',
    (at) => renameSync(at('~draft.tmp'), at('letter.txt')),
    { '/letter.txt': 'first', '/other.txt': 'other' },
  ],
  ['deleted', (at) => rmSync(at('~draft.tmp')), { '/other.txt': 'other' }],
  [
    'saved again',
    (at) => writeFileSync(at('~draft.tmp'), 'second'),
    { '/~draft.tmp': 'second', '/other.txt': 'other' },
  ],
])('a new file that is %s while it is being uploaded leaves nothing behind', async (_, act, expected) => {
  // Not the only file: a folder that is empty all at once is not trusted (I-10).
  const tree = [{ path: '/other.txt', content: 'other' }];
  // Without the rule that leaves out files with a tilde.
  const profile = await openProfile({ config: { ...config, skip_file: '*.nothing' }, tidemarkConfig, tree });
  const run = await startDaemon(profile, [], { limitMs: 600_000 });
  let isDone = false;
  profile.simulator.onRequest(({ kind }) => {
    if (kind !== 'fragment' || isDone) return;
    isDone = true;
    act(profile.at);
  });
  await profile.write('~draft.tmp', 'first');
  await expect.poll(() => isDone, settled).toBe(true);
  const read = (): Record<string, string> =>
    Object.fromEntries(
      profile.drive.dump().map(({ path }) => [path, profile.drive.read(path).toString()] as const),
    );
  await expect.poll(read, settled).toEqual(expected);
  expect((await run.stop()).exitCode).toBe(0);
  await expectNothingLeft(profile);
});
