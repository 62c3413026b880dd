import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { CertificateOptions } from './authority.ts';
import { openWebhookProfile, type WebhookProfile } from './daemon.ts';
import { diagnose, type Diagnosis } from './doctor.ts';
import { certbotOptions, installCertificate, siteFile, tlsSite, withNginx, writeEtc } from './nginx.ts';
import { must, openTwoMachines, publicAddress, type TwoMachines } from './two-machines.ts';

/** Everything is right, and then one thing is wrong: `tidemark doctor webhook` names the hop. */
let site: TwoMachines;
let profile: WebhookProfile;

beforeAll(async () => {
  site = await openTwoMachines();
  profile = await openWebhookProfile(site);
});

afterAll(() => site.close());

beforeEach(async () => {
  await installCertificate(site.machine, site.host, await site.authority.issue({ names: [site.host] }));
  await writeEtc(site.machine, siteFile, tlsSite(site.host));
});

const doctor = (...more: readonly string[]): Promise<Diagnosis> => diagnose(site, profile, ...more);

/** Replaces a piece of the document's configuration, which has to be there. */
async function change(from: string, to: string): Promise<void> {
  const text = await readFile(join(site.machine.etc, siteFile), 'utf8');
  expect(text).toContain(from);
  await writeEtc(site.machine, siteFile, text.replace(from, to));
}

async function install(options: Partial<CertificateOptions>): Promise<void> {
  const issued = await site.authority.issue({ names: [site.host], ...options });
  await installCertificate(site.machine, site.host, issued);
}

/** A program of this folder in the namespace, until the test ends. */
async function withProgram(name: string, ...args: readonly string[]): Promise<void> {
  const child = site.machine.namespace.start(process.execPath, [
    fileURLToPath(new URL(name, import.meta.url)),
    ...args,
  ]);
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  await once(child.stdout ?? child, 'data');
}

const verdicts = ({ findings }: Diagnosis): Record<string, string> =>
  Object.fromEntries(findings.toReversed().map(({ check, verdict }) => [check, verdict]));

describe('nothing is wrong', () => {
  const allWell = {
    ...{ configuration: 'ok', dns: 'ok', listener: 'ok', proxy: 'ok', certificate: 'ok' },
    ...{ tls: 'ok', validation: 'ok', notification: 'ok' },
  };

  it('and Tidemark does not run: the examination listens itself', async () => {
    await withNginx(site.machine);
    const found = await doctor('--live');
    expect(verdicts(found)).toEqual(allWell);
    expect(found.firstFailure).toBeNull();
    expect(found.of('listener')).toMatch(/Tidemark does not run/);
    expect(found.of('tls')).toMatch(/accepted: 1\.2, 1\.3; refused by the server: 1\.0, 1\.1/);
    // This machine trusts the authority, and the service would not.
    expect(found.of('certificate')).toMatch(/not one of the public authorities/);
    expect(found.of('notification')).toMatch(
      /A notification of ours arrived[^]*notification of the service about a real change arrived/,
    );
    expect((await site.control.tree()).map(({ path }) => path)).toEqual([]);
  });

  it('and Tidemark runs: its own listener answers, and takes no harm', async () => {
    await withNginx(site.machine);
    const daemon = profile.monitor();
    await daemon.line(/^Sync with Microsoft OneDrive is complete$/);
    const found = await doctor();
    expect(verdicts(found)).toEqual(allWell);
    expect(found.of('listener')).toMatch(/ok: Tidemark answers on 0\.0\.0\.0:8888/);
    // The notification of the examination is no news about the drive.
    await site.control.seed([{ path: '/first.txt', content: 'first' }]);
    await daemon.line(/sent refresh signal #1$/);
    await site.control.post('/remove', { path: '/first.txt' });
    expect(await daemon.stop()).toBe(0);
    expect(daemon.lines().filter((line) => /forged/i.test(line))).toEqual([]);
  });

  it('but nobody is logged in: then the service cannot be asked', async () => {
    await withNginx(site.machine);
    const token = join(profile.configFolder, 'refresh_token');
    const text = await readFile(token);
    await rm(token);
    onTestFinished(() => writeFile(token, text, { mode: 0o600 }));
    const found = await doctor();
    expect(found.firstFailure).toBeNull();
    expect(found.of('validation')).toMatch(/ok: Our own call[^]*couldNotTry: .*nobody is logged in/);
  });
});

describe('configuration', () => {
  const config = async (lines: Readonly<Record<string, string>>): Promise<void> => {
    await profile.setConfig(lines);
    onTestFinished(() => profile.setConfig({}));
  };

  it.each([
    ['no address', { webhook_public_url: '' }, 'is not set'],
    ['no https', { webhook_public_url: 'http://cloud.example.org/webhooks/onedrive' }, 'https://'],
    ['an address in place of a name', { webhook_public_url: 'https://192.0.2.11/x' }, 'names an address'],
    ['a name for this network only', { webhook_public_url: 'https://nas/x' }, 'internet can resolve'],
    ['the webhook switched off', { webhook_enabled: 'false' }, 'webhook_enabled is false'],
    ['uploads only', { upload_only: 'true' }, 'upload_only'],
  ])('%s', async (_name, lines, why) => {
    await config(lines);
    const found = await doctor();
    expect(found.firstFailure).toBe('configuration');
    expect(found.of('configuration')).toContain(why);
  });
});

describe('dns', () => {
  it('does not know the name', async () => {
    await withNginx(site.machine);
    const hosts = join(site.machine.etc, 'hosts');
    const before = await readFile(hosts, 'utf8');
    await writeFile(hosts, before.replaceAll(/^.*cloud\.example\.org\n/gm, ''));
    onTestFinished(() => writeFile(hosts, before));
    const found = await doctor();
    expect(found.firstFailure).toBe('dns');
    expect(found.of('dns')).toMatch(/failed: .*cloud\.example\.org/);
    expect(verdicts(found)).toMatchObject({ certificate: 'couldNotTry', tls: 'couldNotTry' });
  });
});

describe('listener', () => {
  it('is somebody else’s', async () => {
    await withNginx(site.machine);
    await withProgram('./foreign-server.ts', '8888');
    const found = await doctor();
    expect(found.firstFailure).toBe('listener');
    expect(found.of('listener')).toMatch(/Another program answers on 0\.0\.0\.0:8888 \(status 200\)/);
  });

  it('cannot be opened', async () => {
    await withNginx(site.machine);
    await profile.setConfig({ webhook_listening_host: '198.51.100.1' });
    onTestFinished(() => profile.setConfig({}));
    const found = await doctor();
    expect(found.firstFailure).toBe('listener');
    expect(found.of('listener')).toMatch(/198\.51\.100\.1:8888: this machine has no such address/);
  });

  it('is down although Tidemark runs', async () => {
    await withNginx(site.machine);
    await profile.setConfig({ webhook_enabled: 'false' });
    const daemon = profile.monitor();
    await daemon.line(/^Sync with Microsoft OneDrive is complete$/);
    await profile.setConfig({});
    const found = await doctor();
    await daemon.stop();
    expect(found.firstFailure).toBe('listener');
    expect(found.of('listener')).toMatch(
      /Tidemark runs \(process \d+\), but nobody listens on 0\.0\.0\.0:8888/,
    );
  });
});

describe('proxy', () => {
  it('is down', async () => {
    const found = await doctor();
    expect(found.firstFailure).toBe('proxy');
    expect(found.of('proxy')).toMatch(/Nobody listens on port 443 of this machine -> Start nginx/);
  });

  it('passes on to the wrong port', async () => {
    await change('proxy_pass http://127.0.0.1:8888;', 'proxy_pass http://127.0.0.1:8889;');
    await withNginx(site.machine);
    const found = await doctor();
    expect(found.firstFailure).toBe('proxy');
    expect(found.of('proxy')).toMatch(
      /nginx passes on to http:\/\/127\.0\.0\.1:8889 \(\/etc\/nginx\/conf\.d\/onedrive_webhook\.conf:6\), but we listen on 0\.0\.0\.0:8888/,
    );
  });

  it('knows another path', async () => {
    await change('location /webhooks/onedrive {', 'location /webhook/onedrive {');
    await withNginx(site.machine);
    const found = await doctor();
    expect(found.firstFailure).toBe('proxy');
    expect(found.of('proxy')).toMatch(/answers 40[45]: nothing there leads \/webhooks\/onedrive to us/);
  });

  it('has a configuration that it cannot read', async () => {
    await change('proxy_pass http://127.0.0.1:8888;\n\t}', 'proxy_pass http://127.0.0.1:8888;\n');
    const found = await doctor();
    expect(found.firstFailure).toBe('proxy');
    expect(found.of('proxy')).toMatch(/onedrive_webhook\.conf:\d+: this block has no end/);
  });

  it('takes so long that the service gives up', async () => {
    await withProgram('./slow-relay.ts', '8890', '8888', '11000');
    await change('proxy_pass http://127.0.0.1:8888;', 'proxy_pass http://127.0.0.1:8890;');
    await withNginx(site.machine);
    const found = await doctor();
    expect(found.firstFailure).toBe('proxy');
    expect(found.of('proxy')).toMatch(/takes more than 10 s/);
    expect(found.of('validation')).toContain('Subscription validation request timed out.');
  });

  it('takes so long that the service calls the address slow', async () => {
    await withProgram('./slow-relay.ts', '8890', '8888', '3500');
    await change('proxy_pass http://127.0.0.1:8888;', 'proxy_pass http://127.0.0.1:8890;');
    await withNginx(site.machine);
    const found = await doctor();
    expect(found.of('proxy')).toMatch(/warning: .*the answer takes 3\.\d s/);
    expect(found.firstFailure).toBe('notification');
  });

  describe('with an allow-list', () => {
    it('keeps the service out', async () => {
      await change('proxy_pass', 'allow 203.0.113.0/24;\n\t\tdeny all;\n\t\tproxy_pass');
      await withNginx(site.machine);
      const found = await doctor();
      expect(found.firstFailure).toBe('proxy');
      expect(found.of('proxy')).toMatch(
        /The allow-list keeps the service out \(\/etc\/nginx\/conf\.d\/onedrive_webhook\.conf:6\)/,
      );
    });

    it('lets the service in, and only us not', async () => {
      await change('proxy_pass', 'allow 192.0.2.1;\n\t\tdeny all;\n\t\tproxy_pass');
      await withNginx(site.machine);
      const found = await doctor();
      expect(found.firstFailure).toBeNull();
      expect(found.of('proxy')).toMatch(/ok: The allow-list lets the service in and keeps us out/);
      expect(found.of('validation')).toMatch(/ok: The service has validated/);
    });
  });

  describe('on a system with SELinux', () => {
    /** In place of `/sys`, until the test ends: files as the kernel shows them. */
    async function plant(mayConnect: '0 0' | '1 1'): Promise<void> {
      const { namespace } = site.machine;
      await must(namespace, ['mount', '-t', 'tmpfs', 'none', '/sys']);
      onTestFinished(async () => {
        await must(namespace, ['umount', '/sys']);
      });
      const script = `mkdir -p /sys/fs/selinux/booleans; printf 1 >/sys/fs/selinux/enforce; printf '${mayConnect}' >/sys/fs/selinux/booleans/httpd_can_network_connect`;
      await must(namespace, ['sh', '-c', script]);
    }

    /** The workers of nginx, and nobody else, get what SELinux gives them: `13: Permission denied`. */
    async function cannotConnect(): Promise<void> {
      const rule = (...words: readonly string[]): Promise<string> =>
        must(site.machine.namespace, ['ip', 'rule', ...words]);
      const user = (await must(site.machine.namespace, ['id', '-u', 'www-data'])).trim();
      await rule('add', 'pref', '100', 'lookup', 'local');
      await rule('del', 'pref', '0');
      const denial = [
        'pref',
        '10',
        'uidrange',
        `${user}-${user}`,
        'ipproto',
        'tcp',
        'dport',
        '8888',
        'prohibit',
      ];
      await rule('add', ...denial);
      onTestFinished(async () => {
        await rule('del', ...denial);
        await rule('add', 'pref', '0', 'lookup', 'local');
        await rule('del', 'pref', '100');
      });
    }

    it('may not connect, says the boolean', async () => {
      await plant('0 0');
      await cannotConnect();
      await withNginx(site.machine);
      const found = await doctor();
      expect(found.firstFailure).toBe('proxy');
      expect(found.of('proxy')).toMatch(
        /SELinux keeps nginx from connecting to 0\.0\.0\.0:8888 \(502\).* -> sudo setsebool -P httpd_can_network_connect 1/,
      );
    });

    it('may not connect, says the audit log', async () => {
      await plant('1 1');
      const denial =
        'type=AVC msg=audit(1724833354.12:501): avc:  denied  { name_connect } for  pid=812 comm="nginx" dest=8888 scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket permissive=0\n';
      await must(site.machine.namespace, ['mkdir', '-p', '/var/log/audit']);
      await writeFile(join(site.machine.log, 'audit/audit.log'), denial);
      onTestFinished(() => rm(join(site.machine.log, 'audit'), { recursive: true }));
      await cannotConnect();
      await withNginx(site.machine);
      expect((await doctor()).of('proxy')).toMatch(/SELinux .*denied \{ name_connect \}/);
    });

    it('is not blamed for a wrong port', async () => {
      await plant('0 0');
      await change('proxy_pass http://127.0.0.1:8888;', 'proxy_pass http://127.0.0.1:8889;');
      await withNginx(site.machine);
      const found = await doctor();
      expect(found.firstFailure).toBe('proxy');
      expect(found.of('proxy')).not.toMatch(/SELinux keeps/);
    });
  });
});

describe('certificate', () => {
  it.each([
    [
      'has expired',
      { startsInDays: -90, endsInDays: -3 },
      /Expired 3 days ago \(Public authority of this test\)/,
    ],
    ['is not valid yet', { startsInDays: 2.5 }, /Not valid for another 2 days/],
    [
      'is for another name',
      { names: ['www.example.org'] },
      /for www\.example\.org, not for cloud\.example\.org/,
    ],
    ['is self-signed', { issuer: 'itself' as const }, /Self-signed/],
  ])('%s', async (_name, options, why) => {
    await install(options);
    await withNginx(site.machine);
    const found = await doctor();
    expect(found.firstFailure).toBe('certificate');
    expect(found.of('certificate')).toMatch(why);
    expect(verdicts(found)).toMatchObject({ proxy: 'ok', tls: 'ok', validation: 'failed' });
  });

  it('is about to end, or is renewed by nobody', async () => {
    await install({ endsInDays: 5.5 });
    await withNginx(site.machine);
    const found = await doctor();
    expect(found.firstFailure).toBeNull();
    expect(found.of('certificate')).toMatch(/warning: .*5 days left: it should have been renewed/);
  });

  it('is renewed by certbot, if somebody runs it', async () => {
    await withNginx(site.machine);
    await writeEtc(site.machine, `letsencrypt/renewal/${site.host}.conf`, 'version = 2.1.0\n');
    expect((await doctor()).of('certificate')).toMatch(/warning: .*nothing renews it -> .*certbot\.timer/);
    await writeEtc(site.machine, 'systemd/system/timers.target.wants/certbot.timer', '');
    expect((await doctor()).of('certificate')).toMatch(/ok: .*renewed by certbot\.timer/);
  });
});

describe('tls', () => {
  const willing = 'ssl_ciphers DEFAULT@SECLEVEL=0;\n';
  const withOptions = (text: string): Promise<void> =>
    writeEtc(site.machine, 'letsencrypt/options-ssl-nginx.conf', text);
  const withoutVersions = certbotOptions.replaceAll(/^ssl_(?:protocols|ciphers) .*\n/gm, '');

  it('is 1.0 alone', async () => {
    await withOptions(`${withoutVersions}${willing}`);
    await change('ssl_protocols TLSv1.2 TLSv1.3;', 'ssl_protocols TLSv1;');
    await withNginx(site.machine);
    const found = await doctor();
    expect(found.firstFailure).toBe('tls');
    expect(found.of('tls')).toMatch(/failed: accepted: 1\.0; refused by the server: 1\.1, 1\.2, 1\.3/);
    expect(verdicts(found)).toMatchObject({ proxy: 'ok', certificate: 'ok' });
  });

  it('is not spoken at all', async () => {
    await change('listen 443 ssl;', 'listen 443;');
    await withNginx(site.machine);
    const found = await doctor();
    expect(found.firstFailure).toBe('tls');
    expect(found.of('tls')).toMatch(/does not speak TLS -> .*listen 443 ssl;/);
  });

  it('is 1.0 and later', async () => {
    await withOptions(`${withoutVersions}${willing}`);
    await change('    ssl_protocols TLSv1.2 TLSv1.3;\n', '');
    await withNginx(site.machine);
    expect((await doctor()).of('tls')).toMatch(
      /warning: accepted: 1\.0, 1\.1, 1\.2, 1\.3: old versions can be broken/,
    );
  });

  describe('is ruled by another server block, the default on the address', () => {
    const other = async (versions: string): Promise<void> => {
      const held = `/etc/letsencrypt/live/${site.host}`;
      const file = 'nginx/conf.d/another_site.conf';
      await writeEtc(
        site.machine,
        file,
        `server {\n\tlisten 443 ssl default_server;\n\tserver_name _;\n\tssl_certificate ${held}/fullchain.pem;\n\tssl_certificate_key ${held}/privkey.pem;\n\tssl_protocols ${versions};\n\t${willing}}\n`,
      );
      onTestFinished(() => rm(join(site.machine.etc, file)));
    };

    it('that takes old versions alone, which nobody sees in the block of the webhook', async () => {
      await withOptions(`${withoutVersions}${willing}`);
      await other('TLSv1 TLSv1.1');
      await withNginx(site.machine);
      const found = await doctor();
      expect(found.firstFailure).toBe('tls');
      expect(found.of('tls')).toMatch(/failed: accepted: 1\.0, 1\.1; refused by the server: 1\.2, 1\.3/);
      expect(found.of('tls')).toMatch(
        /in \/etc\/nginx\/conf\.d\/another_site\.conf:1, the default on this address/,
      );
    });

    it('that refuses what ours allows', async () => {
      await other('TLSv1.2');
      await withNginx(site.machine);
      const found = await doctor();
      expect(found.firstFailure).toBeNull();
      expect(found.of('tls')).toMatch(
        /ok: accepted: 1\.2; refused by the server: 1\.0, 1\.1, 1\.3[^]*warning: Another server block is the default .*another_site\.conf:1/,
      );
    });
  });
});

describe('the way from the internet', () => {
  const drop = async (): Promise<void> => {
    await site.setRouter('drops');
    onTestFinished(() => site.setRouter('forwards'));
  };

  it('is closed, although from here all is well', async () => {
    await withNginx(site.machine);
    await drop();
    const found = await doctor();
    expect(found.firstFailure).toBe('validation');
    expect(found.of('validation')).toMatch(
      /The service says: Subscription validation request timed out\. .*firewall, router/,
    );
    expect(verdicts(found)).toMatchObject({ proxy: 'ok', certificate: 'ok', tls: 'ok', notification: 'ok' });
  });

  describe('does not lead those inside back in, as with many routers', () => {
    beforeEach(async () => {
      const hosts = join(site.machine.etc, 'hosts');
      const before = await readFile(hosts, 'utf8');
      await writeFile(hosts, before.replace(`${publicAddress} ${site.host}`, `192.0.2.99 ${site.host}`));
      onTestFinished(() => writeFile(hosts, before));
      await withNginx(site.machine);
    });

    it('and the service gets through: everything else is tried from within', async () => {
      const found = await doctor();
      expect(found.firstFailure).toBeNull();
      expect(found.of('proxy')).toMatch(
        /^ok: Port 443 answers on this machine, but not at .*the service gets through/,
      );
      expect(verdicts(found)).toMatchObject({
        certificate: 'ok',
        tls: 'ok',
        validation: 'ok',
        notification: 'ok',
      });
    });

    it('and nobody else either', async () => {
      await drop();
      const found = await doctor();
      expect(found.firstFailure).toBe('proxy');
      expect(found.of('proxy')).toMatch(
        /^failed: Port 443 answers on this machine, but not at .*firewall and router/,
      );
    });
  });
});
