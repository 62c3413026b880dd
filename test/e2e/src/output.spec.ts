import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { mount } from './mount.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { binaryPath, collect } from './run-binary.ts';

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

it('a terminal that its user holds (Ctrl-S) stops neither the syncing nor the end of it', async () => {
  const profile = await openProfile({ tree });
  const child = spawn('python3', ['-c', heldTerminal, binaryPath('onedrive'), profile.configFolder], {
    env: { PATH: '/usr/bin:/bin', HOME: profile.folder },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = collect(child, 'a daemon on a terminal', 60_000);
  await vi.waitFor(async () => expect(await profile.read('a.txt')).toBe('a'), { timeout: 30_000 });
  child.stdin.end();
  expect((await ended).stdout).toBe('0\n');
});

/** Runs a daemon on a held terminal until standard input ends. */
const heldTerminal = `
import os, pty, subprocess, sys, termios
_, terminal = pty.openpty()
termios.tcflow(terminal, termios.TCOOFF)
onedrive, folder = sys.argv[1:]
daemon = subprocess.Popen([onedrive, '--monitor', '--verbose', '--confdir', folder], stdout=terminal, stderr=terminal)
sys.stdin.read()
daemon.terminate()
try:
    print(daemon.wait(20))
finally:
    daemon.kill()
`;

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

it('standard output on a full disk: everything is synced, standard error says so once, and the exit code tells', async () => {
  const profile = await openProfile({ tree });
  await profile.write('b.txt', 'b');
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const child = startWith(profile, ['--sync', '--verbose'], full, 'pipe');
  const { exitCode, stderr } = await collect(child, '--sync > /dev/full', 60_000);
  expect(stderr).toBe(
    'WARNING: Cannot write to standard output: no space is left; lines are left out until it is possible again\n',
  );
  expect(exitCode).toBe(1);
  await expectEqualSides(profile);
  expect(Object.keys(profile.remote())).toEqual(['/a.txt', '/b.txt']);
});

it('both on a full disk: everything is synced, and the exit code tells', async () => {
  const profile = await openProfile({ tree });
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const child = startWith(profile, ['--sync', '--verbose'], full, full);
  expect(await once(child, 'exit')).toEqual([1, null]);
  await expectEqualSides(profile);
});

it('a command that answers into a full disk fails and says why', async () => {
  const profile = await openProfile({ tree });
  await profile.sync();
  const full = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(full));
  const child = startWith(profile, ['log'], full, 'pipe');
  const { exitCode, stderr } = await collect(child, 'log > /dev/full', 60_000);
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(/^WARNING: Cannot write to standard output: no space/),
  ]);
});

it('errors that no program reads any more do not stop a sync', async () => {
  const noFolder = { enable_logging: 'true', log_dir: '/dev/null/none' };
  const profile = await openProfile({ tree, config: noFolder });
  const child = startWith(profile, ['--sync'], 'ignore', 'pipe');
  child.stderr?.destroy();
  await once(child, 'exit');
  await expectEqualSides(profile);
});

it('a daemon outlives a full disk under its output, and tells there how much is missing', async () => {
  const profile = await openProfile({ tree });
  const disk = join(profile.folder, 'disk');
  mkdirSync(disk);
  mount(disk, ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs'], onTestFinished);
  const file = openSync(join(disk, 'output'), 'a');
  onTestFinished(() => closeSync(file));
  expect(() => writeFileSync(join(disk, 'ballast'), Buffer.alloc(2 << 20))).toThrow('ENOSPC');
  const child = startWith(profile, ['--monitor', '--verbose'], file, file);
  await vi.waitFor(async () => expect(await profile.read('a.txt')).toBe('a'), { timeout: 60_000 });
  rmSync(join(disk, 'ballast'));
  await profile.write('later.txt', 'later');
  await vi.waitFor(() => expect(profile.remote()).toHaveProperty('/later.txt'), { timeout: 60_000 });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(readFileSync(join(disk, 'output'), 'utf8')).toMatch(
    /^WARNING: \d+ lines of standard output could not be written before$/m,
  );
});

function startWith(
  profile: TestProfile,
  args: readonly string[],
  stdout: number | 'pipe' | 'ignore',
  stderr: number | 'pipe' | 'ignore' = 'ignore',
) {
  const child = spawn(
    binaryPath(args[0]?.startsWith('--') === true ? 'onedrive' : 'tidemark'),
    [...args, '--confdir', profile.configFolder],
    {
      env: { PATH: '/usr/bin:/bin', HOME: profile.folder },
      stdio: ['ignore', stdout, stderr],
    },
  );
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
