import { readFile, rm, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { readLogInPlace } from '@tidemark/event-log';
import { describe, expect, it, onTestFinished } from 'vitest';
import { complete, launchDaemon, openWebhookProfile, startDaemon, statusOf, tree } from './daemon.ts';
import { openLine } from './line.ts';
import { requireCommand } from './namespace.ts';
import { startNatsServer, withoutKeys } from './nats-server.ts';
import { expectEqualSides, openProfile } from './profile.ts';

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

  it('started without a network it keeps a snapshot, so that the next start is short', async () => {
    const { profile, line } = await openFarProfile();
    for (let index = 0; index < 600; index += 1) profile.drive.create(`/many/${index}.txt`, `${index}`);
    const first = launchDaemon(profile, ['--monitor', '--verbose']);
    await first.says('Downloading file: many/599.txt ... done');
    first.signal('SIGKILL');
    await first.ended;
    await line.cut();
    const waiting = launchDaemon(profile, ['--monitor']);
    await waiting.says('Internet connectivity to Microsoft OneDrive service has been interrupted');
    const snapshotAt = async (): Promise<number> => {
      const log = await readLogInPlace(profile.logFolder);
      const { head } = log;
      const snapshot = await log.latestSnapshot();
      await log.close();
      return head - (snapshot?.seq ?? 0);
    };
    await expect.poll(snapshotAt, { message: 'events behind the snapshot' }).toBe(0);
    waiting.signal('SIGKILL');
    await waiting.ended;
    await line.mend();
    await profile.sync();
    await expectEqualSides(profile);
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
      tidemarkConfig: { ...withoutKeys, bus: `nats://${line.address}` },
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
    const profile = await openProfile({
      tree,
      tidemarkConfig: { ...withoutKeys, bus: `nats://${line.address}` },
    });
    await line.cut();
    const daemon = launchDaemon(profile, ['--monitor']);
    await daemon.says(/Cannot reach the bus at nats:/);
    await line.mend();
    await daemon.says(complete);
    await expectEqualSides(profile);
    expect((await daemon.stop()).exitCode).toBe(0);
  });

  it('a drive that the service does not find for a while is waited for', async () => {
    const profile = await openProfile({ tree, config: { disable_websocket_support: 'true' } });
    const daemon = launchDaemon(profile, ['monitor'], { name: 'tidemark' });
    await daemon.says(complete);
    profile.simulator.addFault({ kind: 'deltaRead', effect: { type: 'status', status: 404 } });
    await daemon.ask('POST', '/v1/look');
    await daemon.says('The drive cannot be found at the moment .. re-trying in the background');
    expect(await daemon.status()).toMatchObject({ state: 'offline', inSync: false });
    profile.simulator.clearFaults();
    profile.drive.create('/found.txt', 'found');
    // Settings that changed are used at once.
    await profile.setConfig({ disable_websocket_support: 'true', skip_dotfiles: 'true' });
    daemon.signal('SIGHUP');
    await daemon.says('Downloading file: found.txt ... done');
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

  it('a sync folder that vanishes suspends it, which it says once, and nothing is deleted', async () => {
    const profile = await openProfile({ tree, config: { disable_websocket_support: 'true' } });
    const daemon = launchDaemon(profile, ['monitor'], { name: 'tidemark' });
    await daemon.says(complete);
    await rm(profile.syncFolder, { recursive: true });
    await daemon.says(/Nothing is changed on either side until it is back/);
    await daemon.ask('POST', '/v1/look');
    await expect.poll(async () => (await daemon.status()).state, { timeout: 20_000 }).toBe('suspended');
    const { exitCode, text } = await daemon.stop();
    expect(exitCode).toBe(0);
    expect(text.match(/is missing or another folder than before/g)).toHaveLength(1);
    expect(text).not.toMatch(/ERROR|failed to sync/);
    expect(Object.keys(profile.remote())).toEqual(['/a.txt', '/folder', '/folder/b.txt']);
  });
});

/** `config` as it is now. */
