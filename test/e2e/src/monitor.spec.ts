import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  askAt,
  complete,
  launchDaemon,
  openWebhookProfile,
  socketOf,
  startDaemon,
  statusOf,
  tree,
  webhookSettings,
} from './daemon.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { binaryPath } from './run-binary.ts';

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

  it('counts what its listener refuses, by reason', async () => {
    const config = await webhookSettings();
    const daemon = await startDaemon(await openProfile({ config }));
    const { channel } = (await daemon.status()).daemon ?? {};
    expect(channel).toMatchObject({ refused: 0 });
    const { webhook_public_url: url = '' } = config;
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(`${url}?validationToken=unasked`, { method: 'POST' })).status).toBe(404);
    const tooLarge = await fetch(url, { method: 'POST', body: 'x'.repeat(300_000) }).catch(() => null);
    expect([413, undefined]).toContain(tooLarge?.status);
    const counted = async (): Promise<readonly string[]> => {
      const { body } = await daemon.ask('GET', '/v1/metrics');
      return body.match(/^tidemark_webhook_refused_total.*$/gm) ?? [];
    };
    // Told at once the first time, then every ten seconds.
    await expect
      .poll(counted, { timeout: 60_000 })
      .toEqual([
        'tidemark_webhook_refused_total{reason="method"} 1',
        'tidemark_webhook_refused_total{reason="validation"} 1',
        'tidemark_webhook_refused_total{reason="tooLarge"} 1',
      ]);
    expect((await daemon.status()).daemon?.channel).toMatchObject({ refused: 3 });
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
