import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seq } from '@tidemark/contracts';
import { openEventLog } from '@tidemark/event-log';
import { isOwnPlugin, tidemarkOptions } from '@tidemark/settings';
import { expect, it, onTestFinished } from 'vitest';
import { launchDaemon } from './daemon.ts';
import { requireCommand } from './namespace.ts';
import { openReceiver } from './notify-receiver.ts';
import { openProfile } from './profile.ts';
import { binaryPath } from './run-binary.ts';

const complete = 'Sync with Microsoft OneDrive is complete';
const packaging = fileURLToPath(new URL('../../../apps/daemon/packaging', import.meta.url));

/** A log with nothing of interest in it, as after a crash that came before any snapshot. */
async function fillLog(folder: string, events: number): Promise<void> {
  const log = await openEventLog({ folder, clock: { now: () => 0 } });
  const perBatch = 1000;
  for (let first = 1; first <= events; first += perBatch)
    await log.append(
      Array.from({ length: perBatch }, (_, index) => ({
        ...{ seq: seq(first + index), at: first + index, source: 'engine', items: [] },
        event: { type: 'HintReceived', side: 'local', source: `hint ${first + index}` },
      })),
    );
  await log.close();
}

it('the service manager is told of every turn, in order, and hears signs of life', async () => {
  requireCommand('systemd-notify', 'systemd');
  const profile = await openProfile({
    tree: [{ path: '/a.txt', content: 'a' }],
    config: { disable_websocket_support: 'true' },
  });
  const systemd = await openReceiver(profile.folder);
  const daemon = launchDaemon(profile, ['--monitor'], {
    environment: { NOTIFY_SOCKET: systemd.socketPath, WATCHDOG_USEC: '900000' },
  });
  expect(await systemd.hears((message) => 'READY' in message)).toEqual({
    READY: '1',
    STATUS: 'Starting: checking the files of the log',
  });
  await daemon.says(complete);
  await systemd.hears((message) => message['STATUS'] === 'Waiting for changes, 1 items');
  await systemd.hears((message) => message['WATCHDOG'] === '1');

  const config = join(profile.configFolder, 'config');
  await writeFile(config, `${await readFile(config, 'utf8')}skip_dotfiles = "true"\n`);
  daemon.signal('SIGHUP');
  const reloading = await systemd.hears((message) => 'RELOADING' in message);
  expect(Number(reloading['MONOTONIC_USEC'])).toBeGreaterThan(0);
  await systemd.hears((message) => message['READY'] === '1');

  await writeFile(config, 'no_such_option = "1"\n');
  daemon.signal('SIGHUP');
  await systemd.hears((message) => 'RELOADING' in message);
  await systemd.hears((message) => message['READY'] === '1');

  expect((await daemon.stop()).exitCode).toBe(0);
  await systemd.hears((message) => message['STOPPING'] === '1');
  const turns = systemd.messages.flatMap((message) =>
    ['READY', 'RELOADING', 'STOPPING'].filter((key) => key in message),
  );
  expect(turns.join(' ')).toMatch(/^READY( READY)? RELOADING READY RELOADING READY STOPPING$/);
  expect(daemon.text()).not.toContain('Cannot tell the service manager');
});

it('it is ready before its log is read, says how far it is, and ends at once when it is stopped meanwhile', async () => {
  requireCommand('systemd-notify', 'systemd');
  const events = 400_000;
  const profile = await openProfile({ config: { disable_websocket_support: 'true' } });
  await fillLog(profile.logFolder, events);
  const systemd = await openReceiver(profile.folder);
  const daemon = launchDaemon(profile, ['--monitor'], {
    environment: { NOTIFY_SOCKET: systemd.socketPath, WATCHDOG_USEC: '900000' },
  });
  const ready = await systemd.hears((message) => 'READY' in message);
  expect(ready['STATUS']).toBe('Starting: checking the files of the log');
  const goesOn = await systemd.hears((message) => 'EXTEND_TIMEOUT_USEC' in message);
  expect(goesOn['STATUS']).toMatch(
    /^Starting: (checking the files of the log|reading the log, \d+ of 400000 events)$/,
  );
  const { exitCode, stdout } = await profile.tidemark(['status']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Starting: reading the log, \d+ of 400000 events$/m);
  expect(stdout).toMatch(/^State: {4}starting: reading the log, \d+ of 400000 events \(process \d+/m);
  expect(await daemon.stop()).toMatchObject({ exitCode: 0 });
  expect(systemd.messages.filter((message) => 'READY' in message)).toHaveLength(1);
});

it('without a service manager nobody is told, and a socket that leads nowhere is said once', async () => {
  const profile = await openProfile({ config: { disable_websocket_support: 'true' } });
  const daemon = launchDaemon(profile, ['--monitor'], {
    environment: { NOTIFY_SOCKET: join(profile.folder, 'nobody') },
  });
  await daemon.says('WARNING: Cannot tell the service manager');
  await daemon.says(complete);
  expect((await daemon.stop()).text.match(/Cannot tell the service manager/g)).toHaveLength(1);
});

it('the unit files are understood by systemd, and shut in what need not be open', async () => {
  requireCommand('systemd-analyze', 'systemd');
  const folder = await mkdtemp(join(tmpdir(), 'units-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, scope] of [
    ['tidemark.service', '--user'],
    ['tidemark@.service', '--system'],
    ['tidemark-plugin@.service', '--user'],
    ['tidemark-relay.service', '--system'],
  ] as const) {
    const source = name === 'tidemark-relay.service' ? '../../relay/packaging' : '.';
    const text = await readFile(join(packaging, source, name), 'utf8');
    // The program is not installed here; everything else of the file is as it ships.
    await writeFile(join(folder, name), text.replaceAll('/usr/bin/tidemark', '/bin/true'));
    const file = join(
      folder,
      name.replace('@.', name.startsWith('tidemark-plugin') ? '@uploader.' : '@root.'),
    );
    if (name.includes('@')) await cp(join(folder, name), file);
    const verified = spawnSync('systemd-analyze', ['verify', scope, '--man=no', file], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    });
    expect(`${verified.stdout}${verified.stderr}`.trim()).toBe('');
    expect(verified.status).toBe(0);
  }
  const rated = spawnSync(
    'systemd-analyze',
    ['security', '--offline=true', '--no-pager', join(folder, 'tidemark@root.service')],
    { encoding: 'utf8' },
  );
  const exposure = Number(/Overall exposure level for .*: ([\d.]+)/.exec(rated.stdout)?.[1]);
  expect(exposure, rated.stdout + rated.stderr).toBeLessThan(3);
});

it('no unit gives up for good on what passes, and none tries again what needs a human', async () => {
  const needsHuman = {
    'tidemark.service': '2 3 4 7 8 78',
    'tidemark@.service': '2 3 4 7 8 78',
    'tidemark-plugin@.service': '2 3 4',
    '../../relay/packaging/tidemark-relay.service': '2 3',
  };
  for (const [unit, exitCodes] of Object.entries(needsHuman)) {
    const text = await readFile(join(packaging, unit), 'utf8');
    const valuesOf = (key: string): readonly (string | undefined)[] =>
      [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value);
    expect(valuesOf('StartLimitIntervalSec'), unit).toEqual(['0']);
    expect(valuesOf('Restart'), unit).toEqual(['on-failure']);
    expect(Number(valuesOf('RestartSec')[0]), unit).toBeGreaterThanOrEqual(10);
    expect(valuesOf('RestartPreventExitStatus'), unit).toEqual([exitCodes]);
  }
});

it('a unit is bound in what it takes, and the relay cannot write its own settings', async () => {
  const read = (path: string): Promise<string> => readFile(join(packaging, path), 'utf8');
  const relay = '../../relay/packaging/tidemark-relay.service';
  for (const unit of ['tidemark.service', 'tidemark@.service', 'tidemark-plugin@.service', relay]) {
    const text = await read(unit);
    for (const limit of ['LimitNOFILE', 'MemoryMax', 'TasksMax'])
      expect(text, unit).toMatch(new RegExp(`^${limit}=\\d+`, 'm'));
  }
  const text = await read(relay);
  expect(text).toContain('ProtectSystem=strict');
  const written = [...text.matchAll(/^ReadWritePaths=(.*)$/gm)].map(([, path]) => path);
  expect(written).toEqual(['-/etc/tidemark-relay/tidemark']);
});

it('the compose file starts plugins that there are, with options that there are, and keeps the login from the public', async () => {
  const text = await readFile(join(packaging, 'compose.yaml'), 'utf8');
  const [, ...parts] = text.split(/^  (?=\w+:$)/m);
  const services = new Map(parts.map((part) => [part.slice(0, part.indexOf(':')), part]));
  const run = [...services.values()].flatMap((part) => /\[plugin, run, (\w+),/.exec(part)?.[1] ?? []);
  const named = /plugin_process = "(.*)"/.exec(text)?.[1]?.split(', ') ?? [];
  expect(run.toSorted()).toEqual(named.toSorted());
  for (const name of named) expect(isOwnPlugin(name), name).toBe(true);
  for (const [, key] of text.matchAll(/^# {3}(\w+) = /gm)) expect(tidemarkOptions).toHaveProperty(key ?? '');
  const isGiven = (name: string, what: RegExp): boolean => what.test(services.get(name) ?? '');
  const given = (what: RegExp): string[] => run.filter((name) => isGiven(name, what)).toSorted();
  // The whole configuration directory has the login in it.
  expect(given(/'\.\/conf:\/onedrive\/conf'/)).toEqual(['delta', 'downloader', 'uploader']);
  expect(given(/\.\/data:\/onedrive\/data['\n]/)).toEqual(['downloader']);
  expect(given(/\.\/data:\/onedrive\/data:ro/)).toEqual(['uploader', 'watcher']);
  expect(given(/public\]/)).toEqual(['webhook']);
});

it('the container is built from a named image, and no package runs a script', async () => {
  const text = await readFile(join(packaging, 'Containerfile'), 'utf8');
  const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  expect(bases).toEqual(Array(2).fill('debian:bookworm-slim@${DEBIAN_DIGEST}'));
  expect([...text.matchAll(/\bnpm (?:ci|install)\b.*/g)].map(([found]) => found)).toEqual([
    'npm install --ignore-scripts --prefix /opt/tools "node-linux-$processor@$version" npm@11.19.1',
    'npm ci --ignore-scripts && npm run build',
  ]);
});

it('the container’s entry point turns the peer’s variables into its switches', () => {
  const entrypoint = join(packaging, 'entrypoint.sh');
  const wordsFor = (variables: Readonly<Record<string, string>>, ...args: readonly string[]): string => {
    const environment = { PATH: '/usr/bin:/bin', ONEDRIVE_RUNAS_ROOT: '1', TIDEMARK_PROGRAM: '/bin/echo' };
    const ended = spawnSync(entrypoint, args, { encoding: 'utf8', env: { ...environment, ...variables } });
    expect(ended.stderr).toBe('');
    return ended.stdout.trim();
  };
  const folders = '--confdir /onedrive/conf --syncdir /onedrive/data';
  expect(wordsFor({})).toBe(`--monitor ${folders}`);
  expect(wordsFor({ ONEDRIVE_VERBOSE: '0', ONEDRIVE_UPLOADONLY: '1' })).toBe(
    `--monitor ${folders} --upload-only`,
  );
  expect(
    wordsFor(
      {
        ONEDRIVE_SYNC_ONCE: '1',
        ONEDRIVE_DEBUG: '1',
        ONEDRIVE_RESYNC: '1',
        ONEDRIVE_THREADS: '4',
        ONEDRIVE_SINGLE_DIRECTORY: 'one; exit 1 $(id)',
        ONEDRIVE_AUTHFILES: '/a:/b',
      },
      '--dry-run',
    ),
  ).toBe(
    `--sync ${folders} --dry-run --verbose --verbose --resync --resync-auth --auth-files /a:/b --single-directory one; exit 1 $(id) --threads 4`,
  );
});

it.each([
  ['VERBOSE', '1', '--verbose'],
  ['DEBUG', '1', '--verbose --verbose'],
  ['DEBUG_HTTPS', '1', '--debug-https'],
  ['RESYNC', '1', '--resync --resync-auth'],
  ['DOWNLOADONLY', '1', '--download-only'],
  ['CLEANUPLOCAL', '1', '--cleanup-local-files'],
  ['UPLOADONLY', '1', '--upload-only'],
  ['NOREMOTEDELETE', '1', '--no-remote-delete'],
  ['LOGOUT', '1', '--logout'],
  ['REAUTH', '1', '--reauth'],
  ['AUTHFILES', '/a:/b', '--auth-files /a:/b'],
  ['AUTHRESPONSE', 'https://localhost/?code=x', '--auth-response https://localhost/?code=x'],
  ['DISPLAY_CONFIG', '1', '--display-running-config'],
  ['SINGLE_DIRECTORY', 'a b', '--single-directory a b'],
  ['DRYRUN', '1', '--dry-run'],
  ['DISABLE_DOWNLOAD_VALIDATION', '1', '--disable-download-validation'],
  ['DISABLE_UPLOAD_VALIDATION', '1', '--disable-upload-validation'],
  ['SYNC_SHARED_FILES', '1', '--sync-shared-files'],
  ['FILE_FRAGMENT_SIZE', '20', '--file-fragment-size 20'],
  ['THREADS', '4', '--threads 4'],
])('ONEDRIVE_%s of the container adds its switch, and nothing when it is not set', (name, value, words) => {
  const run = (variables: Readonly<Record<string, string>>): string =>
    spawnSync(join(packaging, 'entrypoint.sh'), [], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', ONEDRIVE_RUNAS_ROOT: '1', TIDEMARK_PROGRAM: '/bin/echo', ...variables },
    }).stdout.trim();
  const plain = '--monitor --confdir /onedrive/conf --syncdir /onedrive/data';
  expect(run({ [`ONEDRIVE_${name}`]: value })).toBe(`${plain} ${words}`);
  expect(run({ [`ONEDRIVE_${name}`]: value === '1' ? '0' : '' })).toBe(plain);
});

it('a container that was started as root becomes ONEDRIVE_UID and ONEDRIVE_GID, unless it is to stay root', async () => {
  const programs = await mkdtemp(join(tmpdir(), 'programs-'));
  onTestFinished(() => rm(programs, { recursive: true }));
  const instead = { id: 'echo 0', chown: 'echo chown "$@"', setpriv: 'echo setpriv "$@"' };
  for (const [name, does] of Object.entries(instead))
    await writeFile(join(programs, name), `#!/bin/sh\n${does}\n`, { mode: 0o755 });
  const run = (variables: Readonly<Record<string, string>>): string =>
    spawnSync(join(packaging, 'entrypoint.sh'), [], {
      encoding: 'utf8',
      env: { PATH: `${programs}:/usr/bin:/bin`, TIDEMARK_PROGRAM: '/bin/echo', ...variables },
    }).stdout;
  const become = (user: string, group: string): RegExp =>
    new RegExp(
      `^chown ${user}:${group} /onedrive/conf /onedrive/data\nsetpriv --reuid ${user} --regid ${group} --clear-groups --no-new-privs /bin/echo --monitor `,
    );
  expect(run({ ONEDRIVE_UID: '1234', ONEDRIVE_GID: '5678' })).toMatch(become('1234', '5678'));
  expect(run({})).toMatch(become('1000', '1000'));
  expect(run({ ONEDRIVE_RUNAS_ROOT: '1', ONEDRIVE_UID: '1234' })).toMatch(/^--monitor /);
});

it('every switch of the entry point is one that the command knows', async () => {
  const text = await readFile(join(packaging, 'entrypoint.sh'), 'utf8');
  const help = spawnSync(binaryPath('onedrive'), ['--help'], { encoding: 'utf8' }).stdout;
  const switches = new Set(
    [...text.matchAll(/"\$@" ((?:--[a-z-]+ ?)+)/g)].flatMap(([, found = '']) => found.trim().split(' ')),
  );
  expect(switches.size).toBeGreaterThan(15);
  for (const name of switches) expect(help).toContain(name);
});
