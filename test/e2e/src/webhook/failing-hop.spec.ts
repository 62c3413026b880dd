import { afterAll, beforeAll, expect, it } from 'vitest';
import { binaryPath, collect } from '../run-binary.ts';
import { openWebhookProfile, type WebhookProfile } from './daemon.ts';
import { installCertificate, siteFile, startNginx, tlsSite, writeEtc } from './nginx.ts';
import { openTwoMachines, type TwoMachines } from './two-machines.ts';

/** A monitor that the service cannot reach names the hop by itself, and takes it back when it is mended. */
let site: TwoMachines;
let profile: WebhookProfile;

beforeAll(async () => {
  site = await openTwoMachines();
  profile = await openWebhookProfile(site, { webhook_retry_interval: '1' });
  await writeEtc(site.machine, siteFile, tlsSite(site.host));
});

afterAll(() => site.close());

async function issue(more: { readonly startsInDays?: number; readonly endsInDays?: number }): Promise<void> {
  const issued = await site.authority.issue({ names: [site.host], ...more });
  await installCertificate(site.machine, site.host, issued);
}

async function status(...more: readonly string[]): Promise<string> {
  const { namespace } = site.machine;
  const args = ['status', ...more, ...profile.args];
  const child = namespace.start(binaryPath('tidemark'), args, { environment: { HOME: site.folder } });
  const { exitCode, stdout } = await collect(child, 'status', 60_000);
  expect(exitCode).toBe(0);
  return stdout;
}

const channel = async (): Promise<unknown> => JSON.parse(await status('--json')).daemon.channel;

it('an expired certificate: one line behind those of the peer, and in the status until it is renewed', async () => {
  await issue({ startsInDays: -90, endsInDays: -3 });
  const nginx = await startNginx(site.machine);
  const daemon = profile.monitor();
  const line = await daemon.line(/^webhook: /);
  const remedy = 'Renew it: sudo certbot renew, then: sudo systemctl reload nginx';
  const detail = 'Expired 3 days ago (Public authority of this test)';
  expect(line.text).toBe(`webhook: certificate: ${detail}. ${remedy}`);
  const retrying = 'Will retry creating or renewing subscription in 1 sec';
  expect(daemon.lines().slice(0, line.index)).toContain(retrying);
  const firstFailure = { check: 'certificate', detail, remedy };
  // While another attempt is under way it is opening.
  await expect.poll(channel).toMatchObject({ state: 'broken', firstFailure });
  expect(await status()).toContain(`certificate: ${detail}\n          -> ${remedy}\n`);

  // Two more attempts have nothing new to say.
  const second = await daemon.line(/^Will retry/, line.index);
  const third = await daemon.line(/^Will retry/, second.index + 1);
  await nginx.stop();
  await issue({});
  await startNginx(site.machine);
  await daemon.line(/^Created new subscription /, third.index);
  expect(await channel()).toMatchObject({ state: 'open', firstFailure: null });
  expect(await daemon.stop()).toBe(0);
  expect(daemon.lines().filter((text) => text.startsWith('webhook: '))).toEqual([line.text]);
});
