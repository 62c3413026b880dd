import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWebhookProfile } from './daemon.ts';
import {
  accessLog,
  certbotOptions,
  installCertificate,
  plainSite,
  siteFile,
  startNginx,
  tlsSite,
  writeEtc,
} from './nginx.ts';
import { must, openTwoMachines, publicAddress, type TwoMachines } from './two-machines.ts';

/** The steps of the peer's document on webhooks, with a real nginx, in their order. */
describe('webhooks as in the document', () => {
  let site: TwoMachines;

  beforeEach(async () => {
    site = await openTwoMachines();
    await installCertificate(site.machine, site.host, await site.authority.issue({ names: [site.host] }));
  });

  afterEach(async () => {
    await site.close();
  });

  const installSite = (text: string): Promise<void> => writeEtc(site.machine, siteFile, text);

  it('shows the error of step 1 while nothing is forwarded, and subscribes without a restart once nginx runs', async () => {
    const profile = await openWebhookProfile(site, { webhook_retry_interval: '2' });
    await site.setRouter('drops');
    const daemon = profile.monitor();
    const retry = await daemon.line(/^Will retry creating or renewing subscription in 2 secs$/);
    const block = daemon.lines().slice(0, retry.index + 1);
    const from = block.indexOf('ERROR: Microsoft OneDrive API returned an error with the following message:');
    expect(block.slice(from, from + 6)).toEqual([
      'ERROR: Microsoft OneDrive API returned an error with the following message:',
      expect.stringMatching(/^ {2}Error Message: +HTTP request returned status code 400 \(Bad Request\)$/),
      expect.stringMatching(/^ {2}Error Reason: +Subscription validation request timed out\.$/),
      expect.stringMatching(/^ {2}Error Code: +ValidationError$/),
      expect.stringMatching(/^ {2}Error Timestamp: +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      expect.stringMatching(/^ {2}API Request ID: +[0-9a-f-]{36}$/),
    ]);

    await daemon.line(
      /^webhook: proxy: Nobody listens on port 443 of this machine\. Start nginx: /,
      retry.index + 1,
    );

    await installSite(tlsSite(site.host));
    await startNginx(site.machine);
    await site.setRouter('forwards');
    await daemon.line(/^Created new subscription [0-9a-f-]{36} with expiration: /, retry.index);
    expect(await daemon.stop()).toBe(0);
    expect(daemon.lines()).toContain('Deleted subscription');
  });

  it('waits a minute before it tries again, when it is not told otherwise', async () => {
    const profile = await openWebhookProfile(site);
    const daemon = profile.monitor();
    // Nothing listens at the address: it is refused at once.
    await daemon.line(/^ {2}Error Code: +ValidationError$/);
    await daemon.line(/^Will retry creating or renewing subscription in 1 minute$/);
    expect(await daemon.stop()).toBe(0);
  });

  it('prints the lines of step 8 in their order, and a change on the drive arrives through nginx', async () => {
    await site.control.seed([{ path: '/before.txt', content: 'was there before' }]);
    const profile = await openWebhookProfile(site, { monitor_interval: '3600' });
    await installSite(tlsSite(site.host));
    await startNginx(site.machine);
    const daemon = profile.monitor();
    let after = 0;
    for (const line of [
      /^Performing initial synchronisation to ensure consistent local state \.\.\.$/,
      /^Started webhook server$/,
      /^Initializing subscription for updates \.\.\.$/,
      /Webhook: handled validation request$/,
      /^Created new subscription [0-9a-f-]{36} with expiration: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/,
      /^Attempting to contact Microsoft OneDrive Login Service$/,
      /^Successfully reached Microsoft OneDrive Login Service$/,
      /^Starting a sync with Microsoft OneDrive$/,
    ])
      after = (await daemon.line(line, after)).index + 1;
    await daemon.line(/^Sync with Microsoft OneDrive is complete$/);

    await site.control.seed([{ path: '/told.txt', content: 'told by a notification' }]);
    await daemon.line(/Webhook: sent refresh signal #1$/);
    await daemon.line(/told\.txt .*done/);
    expect(await readFile(join(profile.syncFolder, 'told.txt'), 'utf8')).toBe('told by a notification');
    expect(await daemon.stop()).toBe(0);

    const log = (await accessLog(site.machine)).trim().split('\n');
    const [validation = '', lifecycle = '', ...notifications] = log;
    const asked =
      /^192\.0\.2\.1 - - \[.+\] "POST \/webhooks\/onedrive\?validationToken=Validation%3a\+Testing\+client\+application\+reachability\+for\+subscription\+Request-Id%3a\+[0-9a-f-]{36} HTTP\/1\.1" 200 \d+ /;
    expect(validation).toMatch(asked);
    expect(lifecycle).toMatch(asked);
    expect(notifications.length).toBeGreaterThan(0);
    for (const line of notifications)
      expect(line).toMatch(/^192\.0\.2\.1 - - \[.+\] "POST \/webhooks\/onedrive HTTP\/1\.1" 202 0 /);
  });

  it('proxies over plain HTTP after step 2, before there is a certificate', async () => {
    await installSite(plainSite(site.host));
    await startNginx(site.machine);
    const args = ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '-X', 'POST'];
    // 502: nginx has the configuration, and finds nobody behind it.
    expect(await must(site.outside, ['curl', ...args, `http://${site.host}/webhooks/onedrive`])).toBe('502');
  });

  describe('step 6', () => {
    const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
    const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
    /** From another machine. */
    const attempt = async (port: number, version: string): Promise<string> => {
      const args = [program('./tls-attempt.ts'), site.host, publicAddress, `${port}`, version];
      return (await must(site.outside, [process.execPath, ...args])).trim();
    };

    it('refuses TLS 1.1 and takes 1.2 and 1.3, for a client that is able to speak 1.1', async () => {
      const held = join(site.machine.etc, 'letsencrypt/live', site.host);
      const control = site.machine.namespace.start(process.execPath, [
        ...[program('./tls-control-server.ts'), publicAddress, '8443', 'TLSv1.1'],
        ...[join(held, 'fullchain.pem'), join(held, 'privkey.pem')],
      ]);
      await once(control.stdout ?? control, 'data');
      expect(await attempt(8443, 'TLSv1.1')).toBe('accepted TLSv1.1');

      await installSite(tlsSite(site.host));
      await startNginx(site.machine);
      expect(await attempt(443, 'TLSv1.1')).toMatch(/PROTOCOL_VERSION/);
      expect(await attempt(443, 'TLSv1.2')).toBe('accepted TLSv1.2');
      expect(await attempt(443, 'TLSv1.3')).toBe('accepted TLSv1.3');
    });

    it('is what makes the difference: the same nginx without its line takes every version', async () => {
      // Debian's nginx.conf allows all versions, and the library would still refuse the old ones by itself.
      const willing = `${certbotOptions.replaceAll(/^ssl_(?:protocols|ciphers) .*\n/gm, '')}ssl_ciphers DEFAULT@SECLEVEL=0;\n`;
      await writeEtc(site.machine, 'letsencrypt/options-ssl-nginx.conf', willing);
      await installSite(tlsSite(site.host).replace(/^ *ssl_protocols .*\n/m, ''));
      const before = await startNginx(site.machine);
      for (const version of versions) expect(await attempt(443, version)).toBe(`accepted ${version}`);
      await before.stop();

      await installSite(tlsSite(site.host));
      await startNginx(site.machine);
      expect(await attempt(443, 'TLSv1')).toMatch(/PROTOCOL_VERSION/);
      expect(await attempt(443, 'TLSv1.1')).toMatch(/PROTOCOL_VERSION/);
      expect(await attempt(443, 'TLSv1.2')).toBe('accepted TLSv1.2');
    });
  });
});
