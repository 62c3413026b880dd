import { readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RunResult } from '../namespace.ts';
import { binaryPath } from '../run-binary.ts';
import { openWebhookProfile, type WebhookProfile } from './daemon.ts';
import { diagnose } from './doctor.ts';
import { installCertificate, plainSite, siteFile, tlsSite, withNginx, writeEtc } from './nginx.ts';
import { outputOf } from './output.ts';
import { must, openTwoMachines, publicAddress, type TwoMachines } from './two-machines.ts';

/** `tidemark doctor webhook --nginx`: what is printed is what nginx takes, and does what it promises. */
let site: TwoMachines;

beforeAll(async () => {
  site = await openTwoMachines();
});

afterAll(() => site.close());

beforeEach(async () => {
  await rm(join(site.machine.etc, 'letsencrypt'), { recursive: true, force: true });
  await rm(join(site.machine.etc, siteFile), { force: true });
});

const withCertificate = async (): Promise<void> =>
  installCertificate(site.machine, site.host, await site.authority.issue({ names: [site.host] }));

const print = ({ args }: WebhookProfile, ...more: readonly string[]): Promise<RunResult> =>
  site.machine.namespace.run(binaryPath('tidemark'), ['doctor', 'webhook', '--nginx', ...more, ...args], {
    environment: { HOME: site.folder },
  });

const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const withoutTrailingSpace = (text: string): string => text.replaceAll(/[ \t]+$/gm, '');

describe('the form of the document', () => {
  it('is on port 80 while there is no certificate, and says how to get one', async () => {
    const profile = await openWebhookProfile(site);
    const { status, stdout, stderr } = await print(profile);
    expect([status, stdout]).toEqual([0, plainSite(site.host)]);
    expect(stderr).toMatch(/\/etc\/nginx\/conf\.d\/onedrive_webhook\.conf[^]*sudo certbot --nginx/);
    await writeEtc(site.machine, siteFile, stdout);
    await must(site.machine.namespace, ['nginx', '-t']);
  });

  it('takes TLS 1.2 and 1.3 once there is one', async () => {
    await withCertificate();
    const { stdout } = await print(await openWebhookProfile(site));
    expect(stdout).toBe(withoutTrailingSpace(tlsSite(site.host)));
    await writeEtc(site.machine, siteFile, stdout);
    await must(site.machine.namespace, ['nginx', '-t']);
  });

  it('holds the path and the port that are configured', async () => {
    const { stdout } = await print(
      await openWebhookProfile(site, {
        webhook_public_url: `https://${site.host}/my/hook`,
        webhook_listening_host: '127.0.0.2',
        webhook_listening_port: '9999',
      }),
    );
    expect(stdout).toMatch(/location \/my\/hook \{/);
    expect(stdout).toMatch(/proxy_pass http:\/\/127\.0\.0\.2:9999;/);
  });

  it('is not printed for an address that nginx would read as something else', async () => {
    const profile = await openWebhookProfile(site, {
      webhook_public_url: `https://${site.host}/x;}server{return`,
    });
    const { status, stdout, stderr } = await print(profile);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^ERROR: The path .* cannot be written into a configuration of nginx/);
  });
});

describe('with an allow-list', () => {
  it('lets in who is in the file, and nobody else', async () => {
    await withCertificate();
    const profile = await openWebhookProfile(site);
    const file = join(profile.configFolder, 'senders.txt');
    await writeFile(file, '# the service\n192.0.2.1\n198.51.100.0/24, 2001:db8::/32\n');
    const { stdout } = await print(profile, '--allow-list', file);
    expect(stdout).toContain(
      '\t\tallow 192.0.2.1;\n\t\tallow 198.51.100.0/24;\n\t\tallow 2001:db8::/32;\n\t\tdeny all;\n',
    );
    await writeEtc(site.machine, siteFile, stdout);
    await withNginx(site.machine);
    const found = await diagnose(site, profile);
    expect(found.of('validation')).toMatch(/^ok: The service has validated/);
    expect(found.of('proxy')).toMatch(/^ok: The allow-list lets the service in and keeps us out/);
  });

  it.each([
    ['is not there', null, /ENOENT/],
    ['is empty', '# nothing yet\n', /senders\.txt: there is no address in it/],
    [
      'holds something else',
      '192.0.2.1\nexample.org\n',
      /senders\.txt:2: "example\.org" is neither an address nor a range/,
    ],
    [
      'would let in everybody',
      '0.0.0.0/0\n',
      /senders\.txt:1: "0\.0\.0\.0\/0" would let in a great part of the internet/,
    ],
  ])('writes nothing when the file %s', async (_name, text, why) => {
    const profile = await openWebhookProfile(site);
    const file = join(profile.configFolder, 'senders.txt');
    if (text !== null) await writeFile(file, text);
    const { status, stdout, stderr } = await print(profile, '--allow-list', file);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(why);
  });
});

describe('the stricter form', () => {
  const path = `/webhooks/${'5f'.repeat(16)}`;
  const socket = '/run/tidemark/webhook.sock';
  let profile: WebhookProfile;

  beforeEach(async () => {
    await withCertificate();
    profile = await openWebhookProfile(site, { webhook_public_url: `https://${site.host}${path}` });
    await writeFile(join(profile.configFolder, 'tidemark.conf'), `webhook_listening_socket = "${socket}"\n`);
    const folder = ['install', '-d', '-m', '2750', '-g', 'www-data', '/run/tidemark'];
    await must(site.machine.namespace, folder);
    const { status, stdout } = await print(profile, '--hardened');
    expect(status).toBe(0);
    await writeEtc(site.machine, siteFile, stdout);
    await must(site.machine.namespace, ['nginx', '-t']);
    await withNginx(site.machine);
  });

  /** From another machine. Zero: the connection was closed without an answer. */
  const status = async (method: string, target: string, ...more: readonly string[]): Promise<number> => {
    const args = ['-sS', '-k', '-o', '/dev/null', '-w', '%{http_code}', '-X', method, ...more];
    return Number((await site.outside.run('curl', [...args, target])).stdout);
  };

  it('carries notifications over a socket that only nginx can open, and logs no token', async () => {
    const daemon = profile.monitor();
    await daemon.line(/^Created new subscription /);
    const { stdout } = await site.machine.namespace.run('stat', ['-c', '%a %G', socket]);
    expect(stdout.trim()).toBe('660 www-data');
    await daemon.line(/^Sync with Microsoft OneDrive is complete$/);
    await site.control.seed([{ path: '/told.txt', content: 'told' }]);
    await daemon.line(/told\.txt .*done/);
    const found = await diagnose(site, profile);
    expect(found.firstFailure).toBeNull();
    expect(found.of('listener')).toContain(`Tidemark answers on ${socket}`);
    expect(found.of('tls')).not.toMatch(/Another server block/);
    expect(await daemon.stop()).toBe(0);

    const log = await readFile(join(site.machine.log, 'nginx/tidemark_webhook.log'), 'utf8');
    expect(log).toMatch(new RegExp(`192\\.0\\.2\\.1 \\[.+\\] "POST ${path}" 202 0`));
    expect(log).not.toMatch(/validationToken|tidemark-probe/);
  });

  it('answers nobody who does not know the path or the name, and takes no more than it must', async () => {
    const daemon = profile.monitor();
    await daemon.line(/^Created new subscription /);
    const base = `https://${site.host}`;
    expect(await status('POST', `${base}${path}`)).toBe(202);
    expect(await status('GET', `${base}${path}`)).toBe(405);
    expect(await status('POST', `${base}${path}/more`)).toBe(0);
    expect(await status('POST', `${base}/webhooks/onedrive`)).toBe(0);
    expect(await status('POST', `https://${publicAddress}${path}`)).toBe(0);
    expect(await status('POST', `http://${site.host}${path}`)).toBe(0);
    const large = join(site.folder, 'large');
    await writeFile(large, Buffer.alloc(300 * 1024, 'x'));
    expect(await status('POST', `${base}${path}`, '--data-binary', `@${large}`)).toBe(413);
    // A burst is taken, a flood is not.
    const target = `${base}${path}?n=[1-120]`;
    const { stdout } = await site.outside.run('curl', [
      '-sS',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}\n',
      '-X',
      'POST',
      target,
    ]);
    expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(['202', '503']));
    expect(await daemon.stop()).toBe(0);
  });
});

describe.each(['document', 'stricter'] as const)('the form of the %s', (form) => {
  it('passes nothing on that two readers could understand differently', async () => {
    await withCertificate();
    const path = `/webhooks/${'5f'.repeat(16)}`;
    const profile = await openWebhookProfile(site, { webhook_public_url: `https://${site.host}${path}` });
    const where = form === 'document' ? '8888' : '/run/recorder.sock';
    if (form === 'stricter')
      await writeFile(join(profile.configFolder, 'tidemark.conf'), `webhook_listening_socket = "${where}"\n`);
    await writeEtc(
      site.machine,
      siteFile,
      (await print(profile, ...(form === 'stricter' ? ['--hardened'] : []))).stdout,
    );
    const recorder = site.machine.namespace.start(process.execPath, [program('./recorder.ts'), where]);
    onTestFinished(async () => {
      const ended = once(recorder, 'exit');
      recorder.kill('SIGKILL');
      await ended;
    });
    const recorded = outputOf(recorder);
    await recorded.line(/^listening$/);
    await withNginx(site.machine);
    const [plain = '', ...disguised] = (
      await must(site.outside, [process.execPath, program('./smuggle.ts'), site.host, path])
    )
      .trim()
      .split('\n');
    expect(plain).toBe('plain: 202');
    expect(disguised).toHaveLength(8);
    for (const line of disguised) expect(line).toMatch(/: (?:400|501)$/);
    const passed = recorded.lines().slice(1);
    expect(passed).toHaveLength(1);
    expect(passed[0]).toMatch(/content-length: 2\b/i);
    expect(passed[0]).toMatch(/"bodyBytes":2\}$/);
    expect(passed[0]).not.toMatch(/transfer-encoding/i);
  });
});

it('says which settings the stricter form needs first', async () => {
  const { status, stdout, stderr } = await print(await openWebhookProfile(site), '--hardened');
  expect([status, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(/webhook_public_url = "https:\/\/cloud\.example\.org\/webhooks\/[0-9a-f]{32}"/);
  expect(stderr).toMatch(/webhook_listening_socket = "/);
});
