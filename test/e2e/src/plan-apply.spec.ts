/** A plan has a hash, and `apply` does exactly that plan or refuses. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

const tree = [
  { path: '/a.txt', content: 'a' },
  { path: '/moved.txt', content: 'moved' },
  ...Array.from({ length: 20 }, (_, index) => ({ path: `/gone/${index}.txt`, content: `${index}` })),
];
/** A folder of 20 files waits for a confirmation. */
const config = { classify_as_big_delete: '20' };

interface Plan {
  readonly hash: string;
  readonly commands: readonly { readonly type: string; readonly path: string }[];
  readonly held: { readonly hash: string; readonly commands: readonly { readonly path: string }[] } | null;
  readonly leftAlone: readonly { readonly path: string; readonly standing: string }[];
}

async function planOf(profile: TestProfile): Promise<Plan> {
  const { stdout, text } = await profile.tidemark(['plan', '--json']);
  expect(stdout, text).not.toBe('');
  return JSON.parse(stdout) as Plan;
}

/** Both sides changed, in steps that need one another, and a folder is gone. */
async function withChanges(): Promise<TestProfile> {
  const profile = await openProfile({ tree, config });
  await profile.sync();
  await profile.write('new/deep/mine.txt', 'mine');
  await rename(profile.at('moved.txt'), profile.at('new/moved.txt'));
  profile.drive.create('/theirs/file.txt', 'theirs');
  profile.drive.modify('/a.txt', 'another a');
  await profile.write('left.tmp', 'left alone');
  await rm(profile.at('gone'), { recursive: true });
  return profile;
}

it('the plan is done exactly, with what was held in it', async () => {
  const profile = await withChanges();
  const plan = await planOf(profile);
  expect((await planOf(profile)).hash).toBe(plan.hash);
  expect(plan.commands.map(({ type, path }) => `${type} ${path}`).toSorted()).toEqual([
    'CreateLocalFolder theirs',
    'CreateRemoteFolder new',
    'CreateRemoteFolder new/deep',
    'DownloadFile a.txt',
    'DownloadFile theirs/file.txt',
    'MoveRemote new/moved.txt',
    'UploadFile new/deep/mine.txt',
  ]);
  expect(plan.held?.commands.map(({ path }) => path)).toEqual(['gone']);
  expect(plan.leftAlone).toMatchObject([{ path: 'left.tmp', standing: 'ignored' }]);
  const text = await profile.tidemark(['plan']);
  expect(text.exitCode).toBe(7);
  expect(text.stdout).toContain(
    `To do exactly this, with what waits for your confirmation: tidemark apply ${plan.hash}`,
  );

  const { exitCode, text: said } = await profile.tidemark(['apply', plan.hash]);
  expect(exitCode, said).toBe(0);
  expect(profile.drive.stat('/gone')).toBeUndefined();
  await rm(profile.at('left.tmp'));
  await expectEqualSides(profile);
  const after = await planOf(profile);
  expect(after).toMatchObject({ commands: [], held: null });
  expect((await profile.tidemark(['replay'])).stdout).toMatch(/ 0 divergences; hash chain intact/);
});

it('another plan is refused before anything is done, with what came, went and differs', async () => {
  const profile = await withChanges();
  const { stdout } = await profile.tidemark(['plan', '--json']);
  const file = join(profile.folder, 'plan.json');
  await writeFile(file, stdout);
  await profile.write('came.txt', 'came');
  profile.drive.remove('/theirs/file.txt');
  await profile.write('new/deep/mine.txt', 'mine, and more');
  const drive = profile.remote();
  const refused = await profile.tidemark(['apply', '--plan', file]);
  expect(refused.exitCode).toBe(7);
  expect(refused.stderr).toContain('The plan is another one by now, so nothing was done');
  expect(refused.stderr).toContain('came    UploadFile "came.txt"');
  expect(refused.stderr).toContain('went    DownloadFile "theirs/file.txt"');
  expect(refused.stderr).toContain('differs UploadFile "new/deep/mine.txt"');
  const byHash = await profile.tidemark(['apply', (JSON.parse(stdout) as Plan).hash]);
  expect(byHash.exitCode).toBe(7);
  for (const { counters } of [refused, byHash]) expect(mutations(counters) + transfers(counters)).toBe(0);
  expect(profile.remote()).toEqual(drive);
  await writeFile(file, stdout.replace('mine.txt', 'mime.txt'));
  const missing = await profile.tidemark(['apply', '--plan', join(profile.folder, 'none.json')]);
  expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('there is no such file') });
  expect((await profile.tidemark(['apply', '--plan', file])).text).toContain(
    'its hash is not that of its commands',
  );
});

it('what comes to be planned in the middle is not done', async () => {
  const profile = await withChanges();
  const { hash } = await planOf(profile);
  let isChanged = false;
  profile.simulator.onRequest(({ kind }) => {
    if (kind !== 'contentDownload' || isChanged) return;
    isChanged = true;
    profile.drive.create('/late.txt', 'late');
  });
  const { exitCode, stderr } = await profile.tidemark(['apply', hash]);
  expect(isChanged).toBe(true);
  expect(exitCode, stderr).toBe(7);
  expect(stderr).toContain('DownloadFile "late.txt"');
  expect(await profile.whereIs('late')).toEqual(['drive:/late.txt']);
  const { commands } = await planOf(profile);
  expect(commands.map(({ path }) => path)).toContain('late.txt');
  await profile.sync('--force');
  await rm(profile.at('left.tmp'));
  await expectEqualSides(profile);
});

it('a monitor tells its plan, and lets it go on by its hash', async () => {
  const profile = await openProfile({ tree, config });
  const daemon = await startDaemon(profile);
  await daemon.atRest();
  expect((await profile.tidemark(['pause'])).exitCode).toBe(0);
  await profile.write('new/deep/mine.txt', 'mine');
  await rename(profile.at('gone'), `${profile.syncFolder}-gone`);
  const live = async (): Promise<Plan> => JSON.parse((await daemon.ask('GET', '/v1/plan')).body) as Plan;
  await expect.poll(async () => (await live()).held?.commands.map(({ path }) => path)).toEqual(['gone']);
  await expect.poll(async () => (await live()).commands.length).toBe(3);
  const plan = await live();
  // The command looks for itself, and finds the same.
  expect((await planOf(profile)).hash).toBe(plan.hash);
  const wrong = await profile.tidemark(['apply', '0'.repeat(24)]);
  expect(wrong.exitCode).toBe(7);
  expect(wrong.stderr).toContain(`The plan is another one by now, so nothing was done: ${plan.hash}`);
  const { exitCode, text } = await profile.tidemark(['apply', plan.hash]);
  expect(exitCode, text).toBe(0);
  expect(text).toContain('done after the pause');
  await profile.tidemark(['resume']);
  await expect.poll(() => profile.drive.stat('/gone')).toBeUndefined();
  await expect.poll(() => profile.drive.stat('/new/deep/mine.txt')).toBeDefined();
  await daemon.atRest();
  expect(await live()).toMatchObject({ commands: [], held: null });
  await daemon.stop();
  await expectEqualSides(profile);
});
