import { rename, rm, symlink } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openProfile, type TestProfile } from './profile.ts';

const requestIds = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;

/** A little history in which every kind of thing happened once. */
async function profileWithHistory(): Promise<{ profile: TestProfile; served: Set<string> }> {
  const profile = await openProfile({
    tree: [
      { path: '/from the drive.txt', content: 'from the drive' },
      { path: '/plan.txt', content: 'first' },
      { path: '/deleted online.txt', content: 'a' },
      { path: '/folder/deleted here.txt', content: 'b' },
    ],
    config: { skip_file: '~*|*.secret' },
  });
  await profile.write('from this machine.txt', 'from this machine');
  await profile.write('never.secret', 'never');
  const first = await profile.sync();
  await profile.write('plan.txt', 'changed here');
  profile.drive.modify('/plan.txt', 'changed online');
  profile.drive.remove('/deleted online.txt');
  await rm(profile.at('folder/deleted here.txt'));
  const second = await profile.sync();
  const { ['/never.secret']: skipped, ...synced } = await profile.local();
  expect(skipped).toBeDefined();
  expect(synced).toEqual(profile.remote());
  const served = [...first.requests, ...second.requests].map((request) => request.requestId);
  return { profile, served: new Set(served) };
}

it('tells of every path its cause, the rule, the decision, the request and the outcome, and replays without a divergence', async () => {
  const { profile, served } = await profileWithHistory();
  const expectRequests = (explanation: string): void => {
    const named = explanation.match(requestIds) ?? [];
    expect(named.length, explanation).toBeGreaterThan(0);
    expect(
      named.filter((id) => !served.has(id)),
      'the service knows no such request',
    ).toEqual([]);
  };
  const explain = async (path: string): Promise<string> => {
    const { exitCode, stdout, text, counters } = await profile.tidemark(['explain', path]);
    expect(exitCode, text).toBe(0);
    expect(counters.total, 'explaining asks nobody').toBe(0);
    return stdout;
  };

  const downloaded = await explain('from the drive.txt');
  expect(downloaded).toMatch(/The drive showed the file "from the drive\.txt" \(14 bytes\)/);
  expect(downloaded).toMatch(/Decided to download .*: it is new on the drive/);
  expect(downloaded).toMatch(/Rule remote-new/);
  expect(downloaded).toMatch(/Outcome .*: Done, 14 bytes transferred/);
  expectRequests(downloaded);

  const uploaded = await explain('from this machine.txt');
  expect(uploaded).toMatch(/The disk showed the file "from this machine\.txt" \(17 bytes\)/);
  expect(uploaded).toMatch(/Decided to upload .*: it is new on disk/);
  expect(uploaded).toMatch(/Rule local-new/);
  expect(uploaded).toMatch(/Outcome .*: Done, 17 bytes transferred/);
  expectRequests(uploaded);

  const conflicted = await explain('plan.txt');
  expect(conflicted).toMatch(/both sides changed/);
  expect(conflicted).toMatch(/Rule conflict-/);
  expect(conflicted).toMatch(/Difference: remote≠synced, local≠synced, remote≠local/);
  expect(conflicted).toMatch(/kept as "plan-.*-safeBackup-0001\.txt"/);
  expectRequests(conflicted);

  const goneHere = await explain('deleted online.txt');
  expect(goneHere).toMatch(/The drive reported that it was deleted/);
  expect(goneHere).toMatch(/Rule remote-deleted: it was deleted on the drive/);
  expect(goneHere).toMatch(/Outcome .*: Done, and the trash has it as "/);

  const goneThere = await explain('folder/deleted here.txt');
  const first = /#(\d+) A complete look at the disk did not find it/.exec(goneThere)?.[1];
  expect(goneThere).toMatch(
    new RegExp(`A second look at the disk did not find it either .the first is event ${first}.: it is gone`),
  );
  expect(goneThere).toMatch(/Rule local-deleted/);
  expect(goneThere).toMatch(/Outcome .*: Done, and the recycle bin has it/);
  expectRequests(goneThere);

  const never = await explain('never.secret');
  expect(never).toMatch(/never\.secret/);
  expect(never).toMatch(/skip_file|excluded|skip/i);

  const replayed = await profile.tidemark(['replay']);
  expect(replayed.exitCode, replayed.text).toBe(0);
  expect(replayed.stdout).toMatch(/ 0 divergences; hash chain intact/);
  const tree = await profile.tidemark(['replay', '--tree']);
  expect(tree.stdout).toMatch(/^= plan\.txt {2}14 bytes$/m);
  const difference = await profile.tidemark(['replay', '--diff', `${Number(first) - 1}..${first}`, '--json']);
  expect(difference.stdout, 'the first look that misses a file changes no entry').toBe('');
  const whole = await profile.tidemark(['replay', '--diff', `0..${first}`]);
  expect(whole.stdout).toMatch(/^\+ folder\/deleted here\.txt \(item \d+\)$/m);
});

it('says that it knows nothing of a path that no run has seen, takes absolute paths, and knows former names', async () => {
  const profile = await openProfile({ tree: [{ path: '/a/b.txt', content: 'b' }] });
  const before = await profile.tidemark(['explain', 'a/b.txt']);
  expect(before.exitCode).not.toBe(0);
  expect(before.stderr).toMatch(/Nothing has been synced yet/);
  await profile.sync();
  const unknown = await profile.tidemark(['explain', 'a/c.txt']);
  expect(unknown.exitCode).not.toBe(0);
  expect(unknown.stderr).toMatch(/No run has ever seen "a\/c\.txt"/);
  const absolute = await profile.tidemark(['explain', profile.at('a/b.txt')]);
  expect(absolute.stdout).toMatch(/Rule remote-new/);
  await rename(profile.at('a/b.txt'), profile.at('a/renamed.txt'));
  await profile.sync();
  const former = await profile.tidemark(['explain', 'a/b.txt']);
  expect(former.stdout).toMatch(/^"a\/b\.txt" is "a\/renamed\.txt" by now$/m);
  expect(former.stdout).toMatch(/The disk showed it renamed from "b\.txt" to "renamed\.txt"/);
});

it('tells of a path that no item holds why it is not synced, also as JSON', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt' }] });
  await profile.sync();
  await symlink('/gone', profile.at('link'));
  await profile.sync();
  for (const path of ['link', 'link/below']) {
    const { exitCode, stdout } = await profile.tidemark(['explain', path, '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ path, oddity: { path: 'link', code: 'symlink' } });
    expect((await profile.tidemark(['explain', path])).stdout).toContain('It is a symbolic link: ');
  }
});
