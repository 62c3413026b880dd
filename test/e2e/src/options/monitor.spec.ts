/** Options of runs that go on, through the built command. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openWebhookProfile, startDaemon, webhookSettings } from '../daemon.ts';
import { openProfile } from '../profile.ts';

const tree = [{ path: '/a.txt', content: 'a' }];
const config = { disable_websocket_support: 'true' };

/** Established connections of any process to this port, as the kernel lists them. */
async function connectionsTo(port: number): Promise<number> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')));
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return tables
    .flatMap((table) => table.split('\n'))
    .filter((line) => {
      const [, , remote = '', state] = line.trim().split(/\s+/);
      return remote.endsWith(`:${hex}`) && state === '01';
    }).length;
}

it.each([
  ['1', 0],
  ['120', 1],
])('max_curl_idle = %j: of the idle connections at least %d stay', async (value, atLeast) => {
  const profile = await openProfile({ tree, config: { ...config, max_curl_idle: value } });
  const daemon = await startDaemon(profile);
  const port = Number(new URL(profile.simulator.graphUrl).port);
  if (atLeast === 0) await expect.poll(() => connectionsTo(port)).toBe(0);
  else expect(await connectionsTo(port)).toBeGreaterThanOrEqual(atLeast);
  await daemon.stop();
});

it('delay_inotify_processing: a local change is looked at inotify_delay seconds later', async () => {
  const profile = await openProfile({
    config: { ...config, delay_inotify_processing: 'true', inotify_delay: '6' },
  });
  const daemon = await startDaemon(profile);
  await daemon.atRest();
  const began = performance.now();
  await profile.write('a.txt', 'a');
  await daemon.says('Uploading new file: a.txt ... done');
  expect(performance.now() - began).toBeGreaterThan(5_900);
  await daemon.stop();
});

it.each([
  ['monitor_and_signal', /^trash:/],
  ['monitor_interval', /^folder:/],
])(
  'monitor_authoritative_sync = %j: after looks between two intervals, what is not online is in %s',
  async (value, place) => {
    const profile = await openProfile({
      tree,
      config: {
        ...{ ...config, download_only: 'true', cleanup_local_files: 'true' },
        monitor_authoritative_sync: value,
      },
    });
    const daemon = await startDaemon(profile);
    await daemon.atRest();
    await profile.write('extra.txt', 'extra');
    // The first may have begun before the disk showed the file.
    for (const name of ['b.txt', 'c.txt']) {
      profile.drive.create(`/${name}`, name);
      await daemon.ask('POST', '/v1/look');
      await daemon.says(`Downloading file: ${name} ... done`);
      await daemon.atRest();
    }
    await expect.poll(() => profile.whereIs('extra')).toEqual([expect.stringMatching(place)]);
    await daemon.stop();
  },
);

it('webhook_listening_host and webhook_listening_port: it listens there, and at no other address', async () => {
  const { webhook_listening_port: port = '' } = await webhookSettings();
  const profile = await openWebhookProfile({
    webhook_public_url: `http://127.0.0.2:${port}/webhook`,
    webhook_listening_host: '127.0.0.2',
    webhook_listening_port: port,
  });
  const daemon = await startDaemon(profile);
  expect((await fetch(`http://127.0.0.2:${port}/webhook`)).status).toBe(405);
  await expect(fetch(`http://127.0.0.1:${port}/webhook`)).rejects.toThrow();
  await daemon.stop();
});

describe('the lifetime of a subscription', () => {
  it.each([
    ['600', '300', 600],
    ['7200', '300', 7200],
  ])('webhook_expiration_interval = %s asks for so many seconds', async (lifetime, renewal, seconds) => {
    const profile = await openWebhookProfile({
      ...{ webhook_expiration_interval: lifetime, webhook_renewal_interval: renewal },
    });
    const startedAt = Date.now();
    const daemon = await startDaemon(profile);
    const until = /Created new subscription \S+ with expiration: (\S+)/.exec(daemon.text())?.[1] ?? '';
    const asked = (Date.parse(until) - startedAt) / 1000;
    expect(asked).toBeGreaterThan(seconds - 5);
    expect(asked).toBeLessThan(seconds + 60);
    await daemon.stop();
  });

  it('webhook_renewal_interval: one that has less left is renewed at once', async () => {
    const profile = await openWebhookProfile({
      ...{ webhook_expiration_interval: '600', webhook_renewal_interval: '598' },
    });
    const daemon = await startDaemon(profile);
    await daemon.says('Renewed webhook subscription');
    await daemon.stop();
  });
});
