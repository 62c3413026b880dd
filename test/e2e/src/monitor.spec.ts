import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askAt, launchDaemon, socketOf, startDaemon, statusOf, webhookSettings } from './daemon.ts';
import { openLine } from './line.ts';
import { requireCommand } from './namespace.ts';
import { startNatsServer } from './nats-server.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { binaryPath } from './run-binary.ts';

const tree = [
  { path: '/a.txt', content: 'a' },
  { path: '/folder/b.txt', content: 'b' },
];
const complete = 'Sync with Microsoft OneDrive is complete';

const openWebhookProfile = async (): Promise<TestProfile> =>
  openProfile({ tree, config: await webhookSettings(), settings: { notificationDelayMs: 0 } });

describe('changes while monitoring', () => {
  it('a local change goes up, and a remote one comes down on a webhook notification', async () => {
    const profile = await openWebhookProfile();
    const daemon = await startDaemon(profile);
    await expectEqualSides(profile);

    await profile.write('folder/mine.txt', 'mine');
    await daemon.says('Uploading new file: folder/mine.txt ... done');
    expect(profile.drive.read('/folder/mine.txt').toString()).toBe('mine');
    await daemon.says(complete);

    profile.drive.create('/theirs.txt', 'theirs');
    await daemon.says('Downloading file: theirs.txt ... done');
    expect(await profile.read('theirs.txt')).toBe('theirs');
    await daemon.says(complete);

    const { exitCode, stdout } = await daemon.stop();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('OneDrive API Webhook: sent refresh signal #1');
    expect(stdout).toMatch(/Received \d+ signal\(s\) from Webhook handler/);
    expect(stdout).toContain('Deleted subscription');
    expect(stdout).toContain('Stopped OneDrive API Webhook server');
    await expectEqualSides(profile);
  });

  it('without a webhook the changes come over Socket.IO', async () => {
    const profile = await openProfile({ tree });
    const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
    await daemon.says('Enabled WebSocket support to monitor Microsoft Graph API changes in near real-time.');
    await daemon.says(complete);
    profile.drive.modify('/a.txt', 'another a');
    await daemon.says(/Received \d+ signal\(s\) from WebSocket handler/);
    await daemon.says('Downloading file: a.txt ... done');
    expect(await profile.read('a.txt')).toBe('another a');
    const { daemon: live } = await daemon.status();
    expect(live?.channel).toMatchObject({ type: 'socketio', state: 'open' });
    expect((await daemon.stop()).exitCode).toBe(0);
  });
});

describe('status and control', () => {
  it('status is live while the daemon runs, and tells the same from the log afterwards', async () => {
    const profile = await openWebhookProfile();
    const daemon = await startDaemon(profile);
    await daemon.atRest();
    const live = await daemon.status();
    expect(live).toMatchObject({
      schema: 1,
      state: 'idle',
      inSync: true,
      items: 3,
      notAtRest: [],
      daemon: {
        pid: daemon.pid,
        offlineSince: null,
        isWatching: true,
        channel: { type: 'webhook', state: 'open' },
        counters: { runs: 1, reloads: 0 },
      },
    });
    expect(live.looks.remote.dueAt).not.toBeNull();
    const text = await profile.tidemark(['status']);
    expect(text.stdout).toContain(`State:    waiting for changes (process ${daemon.pid}`);

    await daemon.stop();
    const { seq: _, ...later } = await statusOf(profile);
    const { seq: __, ...before } = live;
    expect(later).toEqual({
      ...before,
      state: 'stopped',
      looks: { remote: { ...live.looks.remote, dueAt: null }, local: { ...live.looks.local, dueAt: null } },
      daemon: null,
    });
  });

  it('the socket is for its user alone, knows its routes, and is gone after a stop', async () => {
    const profile = await openWebhookProfile();
    const daemon = await startDaemon(profile);
    const socketPath = await socketOf(profile);
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
    expect((await stat(join(socketPath, '..'))).mode & 0o777).toBe(0o700);

    // A fresh subscription leads to one more look, so it comes to rest twice.
    const shown = async (): Promise<unknown[]> => {
      await daemon.atRest();
      const { status, body } = await daemon.ask('GET', '/v1/health');
      const metrics = await daemon.ask('GET', '/v1/metrics');
      return [status, JSON.parse(body), /^tidemark_in_sync (\d)$/m.exec(metrics.body)?.[1]];
    };
    const whole = [200, { schema: 1, isAlive: true, state: 'idle', detail: null }, '1'];
    await expect.poll(shown, { timeout: 30_000 }).toEqual(whole);
    const health = await daemon.ask('GET', '/v1/health');
    const metrics = await daemon.ask('GET', '/v1/metrics');
    expect(metrics.body).toMatch(/^process_resident_memory_bytes \d+/m);
    expect((await daemon.ask('GET', '/v1/stop')).status).toBe(405);
    expect((await daemon.ask('POST', '/v2/stop')).status).toBe(404);
    expect((await daemon.ask('GET', '/v1/status?items=-1')).status).toBe(400);
    for (const { body } of [health, metrics, await daemon.ask('GET', '/v1/status')])
      expect(body).not.toMatch(/clientState|token|webhook\?|127\.0\.0\.1/);

    const ended = await daemon.ask('POST', '/v1/stop');
    expect(ended.status).toBe(202);
    expect((await daemon.ended).exitCode).toBe(0);
    expect(existsSync(socketPath)).toBe(false);
    await expect(askAt(socketPath, 'GET', '/v1/health')).rejects.toThrow('ENOENT');
  });

  it('a look that is ordered finds at once what nobody told of', async () => {
    const profile = await openProfile({ tree, config: { disable_websocket_support: 'true' } });
    const daemon = await startDaemon(profile);
    profile.drive.create('/unheard.txt', 'unheard');
    expect((await daemon.ask('POST', '/v1/look')).status).toBe(202);
    await daemon.says('Downloading file: unheard.txt ... done');
    expect((await daemon.status()).daemon?.channel).toMatchObject({ type: 'polling', state: 'off' });
  });

  it('whoever waits for a change is answered when there is one', async () => {
    const profile = await openWebhookProfile();
    const daemon = await startDaemon(profile);
    const { seq } = await daemon.status();
    const waiting = daemon.ask('GET', `/v1/status?after=${seq}&wait=60`);
    await profile.write('new.txt', 'new');
    expect(JSON.parse((await waiting).body).seq).toBeGreaterThan(seq);
  });

  it('a second instance is refused, and the first goes on', async () => {
    const profile = await openWebhookProfile();
    const daemon = await startDaemon(profile);
    const second = await profile.onedrive(['--monitor']);
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain("The 'onedrive' application is already running");
    expect((await profile.tidemark(['monitor'])).exitCode).toBe(6);
    await profile.write('still.txt', 'still');
    await daemon.says('Uploading new file: still.txt ... done');
    expect((await daemon.status()).daemon?.pid).toBe(daemon.pid);
  });

  it('a path too long for a socket is said, and syncing goes on without one', async () => {
    const profile = await openProfile({ tree });
    const runtime = join(profile.folder, 'r'.repeat(90));
    const daemon = launchDaemon(profile, ['--monitor'], { environment: { RUNTIME_DIRECTORY: runtime } });
    await daemon.says(
      /ERROR: Cannot open the control socket: the path .* has \d+ bytes, and a socket's may have 107/,
    );
    await daemon.says(complete);
    expect(await statusOf(profile)).toMatchObject({ state: 'stopped', daemon: null });
    expect((await daemon.stop()).exitCode).toBe(0);
  });
});

describe('settings are read again on SIGHUP', () => {
  it('good ones hold without a new process, and the subscription stays', async () => {
    const profile = await openWebhookProfile();
    const daemon = await startDaemon(profile);
    await writeFile(
      join(profile.configFolder, 'config'),
      `${await configOf(profile)}skip_file = "*.draft"\n`,
    );
    daemon.signal('SIGHUP');
    await daemon.says('Renewed webhook subscription');
    await daemon.says(complete);
    await profile.write('one.draft', 'not this');
    await profile.write('two.txt', 'but this');
    await daemon.says('Uploading new file: two.txt ... done');
    await daemon.says(complete);
    expect(Object.keys(profile.remote())).toEqual(expect.arrayContaining(['/two.txt']));
    expect(Object.keys(profile.remote())).not.toContain('/one.draft');
    expect(daemon.text()).toContain('The settings were read again and are in use now');
    expect(daemon.text()).not.toContain('Deleted subscription');
    expect(await daemon.status()).toMatchObject({
      daemon: { pid: daemon.pid, counters: { runs: 2, reloads: 1 } },
    });
    const replayed = await profile.tidemark(['replay']);
    expect(replayed.stdout).toMatch(/ 0 divergences; hash chain intact/);
    expect((await daemon.stop()).stdout).toContain('Deleted subscription');
  });

  it('bad ones are refused with a message, and the old ones go on', async () => {
    const profile = await openWebhookProfile();
    const daemon = await startDaemon(profile);
    const good = await configOf(profile);
    for (const [line, message] of [
      ['no_such_option = "1"', /no_such_option/],
      [`sync_dir = "${profile.folder}/elsewhere"`, /Cannot change 'sync_dir' while running/],
    ] as const) {
      await writeFile(join(profile.configFolder, 'config'), `${good}${line}\n`);
      daemon.signal('SIGHUP');
      await daemon.says(message);
      await daemon.says('The settings from before stay in use');
    }
    await writeFile(join(profile.configFolder, 'config'), `${good}upload_only = "perhaps"\n`);
    const refused = await daemon.ask('POST', '/v1/reload');
    expect(refused.status).toBe(409);
    expect(JSON.parse(refused.body).lines.join('\n')).toContain('upload_only');
    await writeFile(join(profile.configFolder, 'config'), good);
    daemon.signal('SIGHUP');
    await daemon.says('nothing in them has changed');
    await profile.write('after.txt', 'after');
    await daemon.says('Uploading new file: after.txt ... done');
    expect((await daemon.status()).daemon?.counters).toMatchObject({ runs: 1, reloads: 0 });
  });

  it('a webhook that is no longer wanted is taken down', async () => {
    const profile = await openWebhookProfile();
    const daemon = await startDaemon(profile);
    const config = await configOf(profile);
    await writeFile(
      join(profile.configFolder, 'config'),
      config.replace('webhook_enabled = "true"', 'webhook_enabled = "false"'),
    );
    daemon.signal('SIGHUP');
    await daemon.says('Deleted subscription');
    await daemon.says('Enabled WebSocket support');
    await daemon.says(complete);
    profile.drive.create('/over-socket.txt', 'x');
    await daemon.says('Downloading file: over-socket.txt ... done');
  });
});

describe('being stopped and killed', () => {
  it('after kill -9 the next start finds the subscription and the socket of before', async () => {
    const profile = await openWebhookProfile();
    const first = await startDaemon(profile);
    const socketPath = await socketOf(profile);
    first.signal('SIGKILL');
    await first.ended;
    expect(existsSync(socketPath)).toBe(true);
    expect(await statusOf(profile)).toMatchObject({ state: 'stopped', daemon: null });

    const again = await startDaemon(profile);
    expect(again.text()).toContain('Renewed webhook subscription');
    expect(again.text()).not.toContain('Created new subscription');
    expect((await again.status()).daemon?.pid).toBe(again.pid);
    profile.drive.create('/told.txt', 'told');
    await again.says('Downloading file: told.txt ... done');
    const { exitCode, stdout } = await again.stop('SIGINT');
    expect(exitCode).toBe(130);
    expect(stdout).toContain('Deleted subscription');
  });

  it('a second signal ends it at once', async () => {
    const profile = await openWebhookProfile();
    const daemon = await startDaemon(profile);
    profile.simulator.addFault({ kind: 'subscription', effect: { type: 'hang' } });
    daemon.signal('SIGTERM');
    await daemon.says('Received termination signal, attempting to cleanly shutdown application');
    daemon.signal('SIGTERM');
    await daemon.says('Termination signal received again, forcing immediate exit');
    expect((await daemon.ended).exitCode).toBe(143);
  });

  it('a service that does not answer cannot keep it from stopping', async () => {
    const profile = await openWebhookProfile();
    const daemon = await startDaemon(profile);
    profile.simulator.addFault({ kind: 'subscription', effect: { type: 'hang' } });
    const startedAt = performance.now();
    expect((await daemon.stop()).exitCode).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(60_000);
  });
});

describe('a program in a terminal', () => {
  it('ends in order when the terminal goes away, instead of living on unseen', async () => {
    const profile = await openWebhookProfile();
    // `script` gives it a terminal of its own; when it is killed, that terminal hangs up.
    const out = join(profile.folder, 'typescript');
    const words = [binaryPath('onedrive'), '--monitor', '--confdir', profile.configFolder].join(' ');
    const terminal = spawn('script', ['--quiet', '--flush', '--command', `exec ${words}`, out], {
      env: { PATH: '/usr/bin:/bin', HOME: profile.folder },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    onTestFinished(() => void terminal.kill('SIGKILL'));
    await told(terminal, complete);
    const { daemon } = await statusOf(profile);
    const deletion = new Promise<void>((resolve) =>
      profile.simulator.onRequest(({ kind, method }) => {
        if (kind === 'subscription' && method === 'DELETE') resolve();
      }),
    );
    terminal.kill('SIGKILL');
    await deletion;
    await gone(daemon?.pid ?? 0);
    expect(await statusOf(profile)).toMatchObject({ state: 'stopped', daemon: null });
  });
});

describe('trouble outside', () => {
  /** A profile whose service is at the other end of a line. */
  async function openFarProfile(config: Readonly<Record<string, string>> = {}) {
    const profile = await openProfile({ tree, config: { ...config, disable_websocket_support: 'true' } });
    const { hostname, port } = new URL(profile.simulator.graphUrl);
    const line = await openLine({ host: hostname, port: Number(port) }, onTestFinished);
    const conf = join(profile.configFolder, 'tidemark.conf');
    const text = await readFile(conf, 'utf8');
    await writeFile(conf, text.replaceAll(`127.0.0.1:${port}`, line.address));
    return { profile, line };
  }

  it('a lost network is said once, outlasted, and what happened meanwhile is made good', async () => {
    const { profile, line } = await openFarProfile();
    const daemon = await startDaemon(profile);
    await line.cut();
    await profile.write('offline.txt', 'written offline');
    profile.drive.create('/meanwhile.txt', 'meanwhile');
    await daemon.says('Internet connectivity to Microsoft OneDrive service has been interrupted');
    expect(await daemon.status()).toMatchObject({ state: 'offline', inSync: false });
    expect((await daemon.status()).daemon?.offlineSince).not.toBeNull();
    await line.mend();
    await daemon.says('Internet connectivity to Microsoft OneDrive service has been restored');
    await daemon.says('Downloading file: meanwhile.txt ... done');
    await daemon.says(complete);
    expect(await daemon.status()).toMatchObject({ inSync: true, daemon: { offlineSince: null } });
    await expectEqualSides(profile);
    expect(daemon.text().match(/has been interrupted \.\./g)).toHaveLength(1);
    expect(daemon.text().match(/has been restored/g)).toHaveLength(1);
    expect((await daemon.stop()).exitCode).toBe(0);
  });

  it('started without a network it waits for one, can be asked and stopped', async () => {
    const { profile, line } = await openFarProfile();
    await line.cut();
    const daemon = launchDaemon(profile, ['--monitor']);
    await daemon.says('Internet connectivity to Microsoft OneDrive service has been interrupted');
    expect(await daemon.status()).toMatchObject({ state: 'offline' });
    expect((await daemon.ask('GET', '/v1/health')).status).toBe(200);
    await line.mend();
    await daemon.says('Internet connectivity to Microsoft OneDrive service has been restored');
    await daemon.says(complete);
    await expectEqualSides(profile);
    expect((await daemon.stop()).exitCode).toBe(0);

    await line.cut();
    const waiting = launchDaemon(profile, ['--monitor']);
    await waiting.says('Internet connectivity to Microsoft OneDrive service has been interrupted');
    expect((await waiting.stop()).exitCode).toBe(0);
  });

  it('a night of sleep, and a clock that is set back, are noticed: everything is looked at again', async () => {
    requireCommand('faketime', 'faketime');
    const profile = await openWebhookProfile();
    const clock = join(profile.folder, 'clock');
    await writeFile(clock, '+0');
    const library = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0] ?? '';
    const daemon = launchDaemon(profile, ['--monitor', '--verbose'], {
      environment: {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: '1',
        // As in sleep: timers stand still, the clock goes on.
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    });
    await daemon.says('Created new subscription');
    await daemon.says(complete);

    profile.simulator.set({ notifications: 'withheld' });
    profile.drive.create('/at night.txt', 'at night');
    await writeFile(clock, '+8h');
    await daemon.says(/The clock jumped by 28[78]\d\d seconds: looking at everything again/);
    // It ran out, or had to be renewed, while nobody was there to do it.
    await daemon.says('Renewed webhook subscription');
    await daemon.says(complete);
    expect(daemon.text()).toContain('Downloading file: at night.txt ... done');

    // Deadlines are hours away now, by a clock that was wrong.
    profile.drive.create('/earlier.txt', 'earlier');
    await writeFile(clock, '+1h');
    await daemon.says(/The clock jumped by -25[12]\d\d seconds/);
    await daemon.says(complete);
    expect(daemon.text()).toContain('Downloading file: earlier.txt ... done');
    await expectEqualSides(profile);
    expect((await daemon.status()).daemon?.pid).toBe(daemon.pid);
    expect((await daemon.stop()).exitCode).toBe(0);
  });

  it('a bus that is away stops nothing, and is there again', async () => {
    const server = await startNatsServer();
    onTestFinished(server.close);
    const { hostname, port } = new URL(server.address);
    const line = await openLine({ host: hostname, port: Number(port) }, onTestFinished);
    const profile = await openProfile({
      tree,
      config: { disable_websocket_support: 'true' },
      tidemarkConfig: { bus: `nats://${line.address}` },
    });
    const daemon = await startDaemon(profile);
    await line.cut();
    await daemon.says(/WARNING: The bus at nats:.* is away/);
    await profile.write('meanwhile.txt', 'meanwhile');
    await daemon.says('Uploading new file: meanwhile.txt ... done');
    await line.mend();
    await daemon.says(/WARNING: The bus at nats:.* is there again/);
    expect((await daemon.status()).daemon).toMatchObject({ pid: daemon.pid, counters: { runs: 1 } });
    expect((await daemon.stop()).exitCode).toBe(0);
  });

  it('without its bus it waits for it at the start', async () => {
    const server = await startNatsServer();
    onTestFinished(server.close);
    const { hostname, port } = new URL(server.address);
    const line = await openLine({ host: hostname, port: Number(port) }, onTestFinished);
    const profile = await openProfile({ tree, tidemarkConfig: { bus: `nats://${line.address}` } });
    await line.cut();
    const daemon = launchDaemon(profile, ['--monitor']);
    await daemon.says(/Cannot reach the bus at nats:/);
    await line.mend();
    await daemon.says(complete);
    await expectEqualSides(profile);
    expect((await daemon.stop()).exitCode).toBe(0);
  });

  it('a login that was revoked ends it with the remedy; status says why', async () => {
    const profile = await openProfile({ tree, config: { disable_websocket_support: 'true' } });
    const daemon = launchDaemon(profile, ['monitor'], { name: 'tidemark' });
    await daemon.says(complete);
    profile.simulator.revokeSignIn();
    await daemon.ask('POST', '/v1/look');
    const { exitCode, text } = await daemon.ended;
    expect(text).toContain('You will need to issue a --reauth');
    expect(exitCode).toBe(4);
    expect(await statusOf(profile)).toMatchObject({ state: 'stopped', halted: { code: 'loginRequired' } });
  });

  it('a sync folder that vanishes ends it, and nothing is deleted', async () => {
    const profile = await openProfile({ tree, config: { disable_websocket_support: 'true' } });
    const daemon = launchDaemon(profile, ['monitor'], { name: 'tidemark' });
    await daemon.says(complete);
    await rm(profile.syncFolder, { recursive: true });
    const { exitCode } = await daemon.ended;
    expect(exitCode).toBe(7);
    expect(Object.keys(profile.remote())).toEqual(['/a.txt', '/folder', '/folder/b.txt']);
  });
});

/** `config` as it is now. */
const configOf = (profile: TestProfile): Promise<string> =>
  readFile(join(profile.configFolder, 'config'), 'utf8');

/** Resolves when the program has printed that. */
function told(child: ChildProcess, what: string): Promise<void> {
  let text = '';
  return new Promise((resolve) =>
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.includes(what)) resolve();
    }),
  );
}

/** Resolves when there is no process of that number any more; it is not our child. */
async function gone(pid: number): Promise<void> {
  const waiting = spawn('tail', ['--pid', String(pid), '--follow', '/dev/null'], { stdio: 'ignore' });
  await once(waiting, 'exit');
}
