import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openProfile, type TestProfile } from './profile.ts';
import { binaryPath } from './run-binary.ts';

const tree = [{ path: '/a.txt', content: 'a' }];
/** A name that a drive takes. */
const hostile = 'photo\u202egpj.\u009b2J\u2028forged.exe';

it('a reader that has stopped reading stops neither the syncing nor the end of it', async () => {
  const profile = await openProfile({ tree });
  const asked = new Promise<void>((resolve) =>
    profile.simulator.onRequest(({ kind }) => {
      if (kind === 'contentDownload') resolve();
    }),
  );
  const child = startWith(profile, ['--monitor', '--verbose'], fullPipe(join(profile.folder, 'pipe')));
  const ended = once(child, 'exit');
  await asked;
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

it('a reader that goes away ends a sync as SIGPIPE would: nobody may take it for done', async () => {
  const profile = await openProfile({ tree });
  const child = startWith(profile, ['--sync', '--verbose'], 'pipe');
  child.stdout?.destroy();
  expect(await once(child, 'exit')).toEqual([141, null]);
  await profile.sync();
  expect(await profile.read('a.txt')).toBe('a');
});

it.each([
  ['monitor', ['sync', '--verbose', '--verbose']],
  ['log', ['log']],
  ['log as JSON', ['log', '--json']],
  ['plan', ['plan']],
  ['plan as JSON', ['plan', '--json']],
  ['status', ['status']],
  ['status as JSON', ['status', '--json']],
  ['explain', ['explain', hostile]],
  ['explain as JSON', ['explain', hostile, '--json']],
  ['a path that is not known', ['explain', `${hostile}x`]],
])('no name steers a terminal or forges a line: %s', async (_, words) => {
  const profile = await openProfile({ tree: [{ path: `/${hostile}`, content: 'a' }] });
  await profile.sync();
  await profile.write(hostile, 'changed');
  const { stdout, stderr } = await profile.tidemark(words);
  expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
});

function startWith(profile: TestProfile, args: readonly string[], stdout: number | 'pipe') {
  const child = spawn(binaryPath('onedrive'), [...args, '--confdir', profile.configFolder], {
    env: { PATH: '/usr/bin:/bin', HOME: profile.folder },
    stdio: ['ignore', stdout, 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** A pipe without room for a single byte. */
function fullPipe(path: string): number {
  execFileSync('mkfifo', [path]);
  const { O_RDWR, O_NONBLOCK } = constants;
  const pipe = openSync(path, O_RDWR | O_NONBLOCK);
  onTestFinished(() => closeSync(pipe));
  try {
    for (;;) writeSync(pipe, Buffer.alloc(4096));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
  }
  const end = openSync(path, O_RDWR);
  onTestFinished(() => closeSync(end));
  return end;
}
