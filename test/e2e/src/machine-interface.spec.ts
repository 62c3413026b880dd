/** What programs rely on: the published schemas hold for what the command and the control socket say, and a client in another language works. */
import { spawn, spawnSync } from 'node:child_process';
import { readFile, rm, symlink } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { socketOf, startDaemon, statusOf } from './daemon.ts';
import { openProfile, type TestProfile } from './profile.ts';

const page = (name: string): string =>
  fileURLToPath(new URL(`../../../libs/control/docs/${name}`, import.meta.url));

type Schema = 'status' | 'explain' | 'story' | 'why-excluded' | 'plan' | 'event';

async function expectValid(name: Schema, lines: readonly string[]): Promise<void> {
  const schema = z.fromJSONSchema(JSON.parse(await readFile(page(`${name}-v1.schema.json`), 'utf8')));
  expect(lines).not.toEqual([]);
  for (const line of lines) {
    const { success, error } = schema.safeParse(JSON.parse(line));
    expect(success, `${line}\n${error === undefined ? '' : z.prettifyError(error)}`).toBe(true);
  }
}

async function linesOf(profile: TestProfile, ...args: readonly string[]): Promise<readonly string[]> {
  const { stdout, text } = await profile.tidemark([...args, '--json']);
  expect(stdout, text).not.toBe('');
  return stdout.trim().split('\n');
}

it('every --json and every answer of the control socket is as its schema says', async () => {
  const tree = [
    { path: '/a.txt', content: 'a' },
    { path: '/folder/b.txt', content: 'b' },
  ];
  const profile = await openProfile({ tree });
  await expectValid('status', await linesOf(profile, 'status'));
  await profile.write('mine.txt', 'mine');
  await profile.write('.hidden', 'not synced');
  await symlink('/gone', profile.at('link'));
  await profile.sync();
  await rm(profile.at('a.txt'));
  profile.drive.modify('/folder/b.txt', 'theirs');
  await profile.write('folder/b.txt', 'ours');
  await expectValid('plan', await linesOf(profile, 'plan'));
  await profile.sync();
  await expectValid('status', await linesOf(profile, 'status'));
  await expectValid('event', await linesOf(profile, 'log'));
  for (const path of ['a.txt', 'folder/b.txt', 'link'])
    await expectValid('explain', await linesOf(profile, 'explain', path));
  await expectValid('story', await linesOf(profile, 'explain', '--run', 'last'));
  await expectValid('story', await linesOf(profile, 'explain', '--since', '1h'));
  for (const path of ['a.txt', 'folder/b.txt', 'link', 'x.tmp'])
    await expectValid('why-excluded', await linesOf(profile, 'why-excluded', path));

  const daemon = await startDaemon(profile);
  const answers = async (path: string): Promise<readonly string[]> => {
    const { status, body } = await daemon.ask('GET', path);
    expect(status, body).toBe(200);
    return [body];
  };
  await expectValid('status', await answers('/v1/status'));
  await expectValid('plan', await answers('/v1/plan'));
  // The file that both sides changed has a copy beside it.
  // The daemon counts conflicts once it has read the past.
  await expect
    .poll(async () => (await profile.tidemark(['status'])).stdout, { timeout: 30_000 })
    .toMatch(/^In sync: 5 items, last change [^;]+ ago; 1 conflict\n/);
  const report = { inSync: true, notInSync: 0, conflicts: 1, lastChangeAt: expect.any(String) };
  expect(await daemon.status()).toMatchObject(report);
  const answer = await answers('/v1/explain?path=a.txt');
  await expectValid('explain', answer);
  expect(answer[0]?.trim()).toBe((await linesOf(profile, 'explain', 'a.txt'))[0]);
  expect(await daemon.ask('GET', '/v1/explain?path=never%20seen')).toMatchObject({ status: 404 });
  expect(await daemon.ask('GET', '/v1/explain')).toMatchObject({ status: 400 });
  await daemon.stop();
  expect((await profile.tidemark(['status'])).stdout).toMatch(
    /^Not running. As of the last run: in sync: 5 items, last change [^;]+ ago; 1 conflict\n/,
  );
  expect(await statusOf(profile)).toMatchObject(report);
  await expectValid('event', await linesOf(profile, 'log'));
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

// Skipped without Python: on such a machine nobody would run the example either.
it.runIf(hasPython)(
  'a client in Python says what happens, with nothing but its standard library',
  async () => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
    const daemon = await startDaemon(profile);
    await daemon.atRest();
    const client = spawn('python3', [page('examples/follow.py'), await socketOf(profile)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void client.kill('SIGKILL'));
    let errors = '';
    client.stderr.setEncoding('utf8').on('data', (piece: string) => (errors += piece));
    const lines = createInterface(client.stdout)[Symbol.asyncIterator]();
    const next = async (): Promise<unknown> => (await lines.next()).value;
    expect(await next(), errors).toBe('idle: 1 of 1 items are in sync');
    await profile.write('new.txt', 'new');
    expect(await next(), errors).toBe("UploadFile 'new.txt'");
    profile.drive.remove('/a.txt');
    expect(await next(), errors).toBe("DeleteLocal 'a.txt'");
    await daemon.stop();
    expect(await next()).toBeUndefined();
    expect(errors).toBe('The daemon ended the stream: the daemon stops\n');
  },
);
