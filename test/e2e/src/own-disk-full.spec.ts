import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seq, type RecordedEvent, type Seq } from '@tidemark/contracts';
import { openEventLog } from '@tidemark/event-log';
import { expect, it, onTestFinished, vi } from 'vitest';
import { complete, launchDaemon, startDaemon } from './daemon.ts';
import { makeImage, mount, run, unmount } from './mount.ts';
import { requireCommand } from './namespace.ts';
import { openReceiver } from './notify-receiver.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';

/** A small file system. */
function smallDisk(folder: string, size: string): { readonly fill: () => void; readonly free: () => void } {
  mkdirSync(folder, { recursive: true });
  mount(folder, ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs'], onTestFinished);
  const ballast = join(folder, 'ballast');
  return {
    fill: () => expect(() => writeFileSync(ballast, Buffer.alloc(64 << 20))).toThrow('ENOSPC'),
    free: () => rmSync(ballast),
  };
}

it('nothing that the log took is lost on a disk that is full again and again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const disk = smallDisk(folder, '8m');
  const told: string[] = [];
  const log = await openEventLog({
    folder: join(folder, 'log'),
    clock: { now: () => 0 },
    patience: {
      async outwait({ code }) {
        told.push(code);
        // Still full the first time.
        if (told.at(-2) !== code) return true;
        disk.free();
        return true;
      },
      over: () => void told.push('over'),
    },
  });
  for (let round = 0; round < 20; round += 1) {
    disk.fill();
    for (let batch = 0; batch < 10; batch += 1) {
      await Promise.all([
        // A cache: what the disk refuses of it is left out.
        log.saveSnapshot(seq(Math.max(1, log.head)), ['x'.repeat(9_000)]).catch(() => undefined),
        log.append(eventsFrom(log.head + 1, 20)),
      ]);
    }
  }
  expect(told).toContain('over');
  const { head } = log;
  expect(head).toBe(seq(20 * 10 * 20));
  await log.close();
  const again = await openEventLog({ folder: join(folder, 'log'), clock: { now: () => 0 } });
  expect([again.opening, again.head, await again.verify()]).toEqual([
    { state: 'intact' },
    head,
    { ok: true, head, batches: 200 },
  ]);
  await again.close();
});

it('a daemon whose state folder is full does nothing, says so, and goes on when there is room again', async () => {
  requireCommand('systemd-notify', 'systemd');
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const systemd = await openReceiver(profile.folder);
  const state = join(profile.configFolder, 'tidemark');
  const disk = smallDisk(state, '8m');
  const daemon = await startDaemon(profile, [], {
    environment: { NOTIFY_SOCKET: systemd.socketPath, WATCHDOG_USEC: '900000' },
  });
  disk.fill();
  await changeMuch(profile, 'first');
  const detail = `Cannot write to the state folder "${state}": no space is left`;
  await daemon.says(`WARNING: ${detail}`);
  await daemon.says('Free space in its file system');

  const before = profile.remote();
  await profile.write('meanwhile.txt', 'meanwhile');
  await systemd.hears(({ STATUS }) => STATUS === `Suspended: ${detail}`);
  for (let sign = 0; sign < 3; sign += 1) await systemd.hears(({ WATCHDOG }) => WATCHDOG === '1');
  expect(await daemon.status()).toMatchObject({
    state: 'suspended',
    inSync: false,
    suspended: { code: 'diskFull', detail },
  });
  expect(await daemon.ask('GET', '/v1/health')).toMatchObject({ status: 200 });
  expect(profile.remote()).toEqual(before);

  disk.free();
  await daemon.says('The disk takes writes again');
  await vi.waitFor(() => expect(profile.remote()).toHaveProperty('/meanwhile.txt'), { timeout: 30_000 });
  await daemon.atRest();
  await expectEqualSides(profile);
  expect(daemon.text().split(detail)).toHaveLength(2);

  disk.fill();
  await changeMuch(profile, 'second');
  await daemon.says(`WARNING: ${detail}`);
  expect((await daemon.stop()).exitCode).toBe(0);
  disk.free();
  await profile.sync();
  await expectEqualSides(profile);
  expect((await profile.tidemark(['replay'])).exitCode).toBe(0);
});

it('a daemon that is started while its state folder is full is not ended for it, and is ready when there is room', async () => {
  requireCommand('systemd-notify', 'systemd');
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  await profile.sync();
  const systemd = await openReceiver(profile.folder);
  const disk = smallDisk(join(profile.configFolder, 'tidemark'), '8m');
  disk.fill();
  const daemon = launchDaemon(profile, ['--monitor'], {
    environment: { NOTIFY_SOCKET: systemd.socketPath, WATCHDOG_USEC: '900000' },
  });
  for (let beat = 0; beat < 3; beat += 1)
    await systemd.hears(
      ({ EXTEND_TIMEOUT_USEC, STATUS }) =>
        EXTEND_TIMEOUT_USEC !== undefined && STATUS === 'Starting: waiting for the state folder',
    );
  expect(systemd.messages.filter((message) => 'READY' in message)).toEqual([]);
  disk.free();
  await systemd.hears(({ READY }) => READY === '1');
  expect((await daemon.stop()).exitCode).toBe(0);
});

it('a daemon whose state folder becomes read-only says so, and ends in order when it is told to', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const state = join(profile.configFolder, 'tidemark');
  const image = join(profile.folder, 'image');
  makeImage(image);
  mkdirSync(state);
  mount(state, ['-o', 'loop', image], onTestFinished);
  const daemon = await startDaemon(profile);
  // What the system does by itself after an error of the file system.
  run('mount', '-o', 'remount,abort', state);
  await profile.write('b.txt', 'b');
  const detail = `Cannot write to the state folder "${state}": its file system is read-only`;
  await daemon.says(`WARNING: ${detail}`);
  expect(await daemon.status()).toMatchObject({ suspended: { code: 'diskReadOnly', detail } });
  expect(profile.remote()).not.toHaveProperty('/b.txt');
  expect(await daemon.stop()).toMatchObject({ exitCode: 0 });
});

it('a state folder whose file system is not mounted is waited for, and not taken for a new one', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const state = join(profile.configFolder, 'tidemark');
  const image = join(profile.folder, 'image');
  makeImage(image);
  mkdirSync(state);
  mount(state, ['-o', 'loop', image], onTestFinished);
  await profile.sync();
  unmount(state);
  rmSync(profile.at('a.txt'));
  const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
  await daemon.says(`WARNING: Cannot use the state folder "${state}": it was on a file system of its own`);
  expect(readdirSync(state)).toEqual([]);
  mount(state, ['-o', 'loop', image], onTestFinished);
  await daemon.says('The disk takes writes again');
  await vi.waitFor(() => expect(profile.remote()).toEqual({}), { timeout: 30_000 });
  expect((await daemon.stop()).exitCode).toBe(0);
});

it('a sync whose state folder is full waits a while, and goes on when there is room again', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  await profile.sync();
  const state = join(profile.configFolder, 'tidemark');
  const disk = smallDisk(state, '8m');
  disk.fill();
  const sync = launchDaemon(profile, ['--sync']);
  await sync.says('WARNING: Cannot write to the state folder');
  disk.free();
  expect((await sync.ended).exitCode, sync.text()).toBe(0);
});

it('a daemon that cannot keep its login waits, and goes on when there is room again', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const files = ['config', 'tidemark.conf', 'refresh_token'].map((name) => join(profile.configFolder, name));
  const texts = files.map((path) => readFileSync(path));
  const disk = smallDisk(profile.configFolder, '1m');
  files.forEach((path, index) => writeFileSync(path, texts[index] ?? '', { mode: 0o600 }));
  smallDisk(join(profile.configFolder, 'tidemark'), '8m');
  disk.fill();
  const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
  await daemon.says(`WARNING: Cannot keep the login in "${files[2]}": ENOSPC`);
  expect(await daemon.status()).toMatchObject({ state: 'suspended', suspended: { code: 'diskFull' } });
  disk.free();
  await daemon.says('The disk takes writes again');
  await daemon.says(complete);
  await expectEqualSides(profile);

  // The same in the middle of a run, when the login is due to be renewed.
  const refusals = [
    { says: 'ENOSPC', code: 'diskFull', begin: disk.fill, end: disk.free },
    {
      ...{ says: 'EROFS', code: 'diskReadOnly' },
      begin: () => run('mount', '-o', 'remount,ro', profile.configFolder),
      end: () => run('mount', '-o', 'remount,rw', profile.configFolder),
    },
  ];
  for (const { says, code, begin, end } of refusals) {
    begin();
    profile.simulator.expireAccessTokens();
    await profile.write(`${says}.txt`, says);
    await daemon.says(`WARNING: Cannot keep the login in "${files[2]}": ${says}`);
    expect(await daemon.status()).toMatchObject({ state: 'suspended', suspended: { code } });
    end();
    await daemon.says('The disk takes writes again');
    await vi.waitFor(() => expect(profile.remote()).toHaveProperty(`/${says}.txt`), { timeout: 30_000 });
    await daemon.atRest();
  }
  expect(daemon.text().match(/Cannot keep the login/g)).toHaveLength(3);
  expect((await daemon.stop()).exitCode).toBe(0);
});

/** More than the last page of a file takes. */
async function changeMuch(profile: TestProfile, name: string): Promise<void> {
  for (let file = 0; file < 50; file += 1) await profile.write(`${name}/${file}.txt`, `${name} ${file}`);
}

const eventsFrom = (first: Seq | number, count: number): RecordedEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    seq: seq(first + index),
    at: 0,
    source: 'test',
    items: [],
    event: { type: 'HintReceived', side: 'local', source: `${first + index} ${'x'.repeat(200)}` },
  }));
