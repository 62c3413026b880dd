/**
 * The pages of a webhook and of a relay as a reader follows them, on machines of their own with a real nginx and nats-server. Stand-ins take the
 * place of sudo, systemctl and certbot alone.
 */
import { existsSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { openHome } from '../behind-nat.ts';
import { requireCommand, type Namespace } from '../namespace.ts';
import { installCertificate } from '../webhook/nginx.ts';
import { must, openTwoMachines, type TwoMachines } from '../webhook/two-machines.ts';
import { openDesk, readPage, writeFiles, type Desk } from './desk.ts';
import { blocksOf, type Block } from './run-page.ts';

const packaged = fileURLToPath(new URL('../../../../tools/build/debian/tidemark-relay/', import.meta.url));

let machines: TwoMachines;
beforeAll(async () => {
  requireCommand('nats-server', 'nats-server');
  machines = await openTwoMachines();
});
afterAll(() => machines?.close());

/** nginx as its package starts it, and a certificate of the public authority where the stand-in of certbot takes it from. */
beforeEach(async () => {
  const { machine, authority, host } = machines;
  for (const left of ['letsencrypt', 'nginx/conf.d/onedrive_webhook.conf'])
    await rm(join(machine.etc, left), { recursive: true, force: true });
  await installCertificate(machine, host, await authority.issue({ names: [host] }));
  await rename(join(machine.etc, 'letsencrypt'), join(machine.etc, 'letsencrypt-ready'));
});

const nginxStarts: Block = { kind: '', commands: 'systemctl start nginx' };

it('the page of ten minutes: a notification brings a change on the drive within seconds', async () => {
  const { machine, folder, host } = machines;
  const desk = await deskAt(machine.namespace, join(folder, 'at the machine'));
  await desk.follow(nginxStarts);
  const page = await readPage('libs/doctor/docs/webhook-in-ten-minutes.md', { 'cloud.example.org': host });
  const blocks = blocksOf(page);
  expect(blocks.map(({ kind }) => kind)).toEqual(['install', '', '', '', '', '', 'told']);
  for (const block of blocks.slice(1, -1)) {
    const text = await desk.follow(block);
    if (block.commands === 'tidemark doctor webhook\n') expect(text).toMatch(/^ok +validation /m);
  }
  await desk.says('tidemark', 'user', /^Created new subscription /m);
  await change([desk]);
  expect(await desk.follow(blocks.at(-1) as Block)).toMatch(/^"told\.txt" .*: in sync/m);
  await desk.says('tidemark', 'user', /^OneDrive API Webhook: sent refresh signal #1$/m);
});

it('the page of fifteen minutes: two clients that nobody reaches hear of a change within seconds', async () => {
  const { machine, folder, host } = machines;
  const page = await readPage('apps/relay/docs/relay-in-fifteen-minutes.md', { 'hooks.example.org': host });
  const [install, ...blocks] = blocksOf(page);
  const of = (kind: string): readonly Block[] => blocks.filter((block) => block.kind === kind);
  expect(install?.kind).toBe('install');
  expect(new Set(blocks.map(({ kind }) => kind))).toEqual(
    new Set(['host', 'host running', 'client', 'host paste', 'client told']),
  );
  await must(machine.namespace, ['sh', '-c', 'mount -t tmpfs none /var/lib && mkdir /var/lib/nginx']);
  const atHost = await openDesk(machine.namespace, join(folder, 'at the host'));
  onTestFinished(atHost.leave);
  await atHost.follow(nginxStarts);
  await packageBringsRelay();
  for (const block of of('host')) await atHost.follow(block);
  await atHost.says('tidemark-relay', 'system', /^Started the relay at 127\.0\.0\.1:8888;/m);
  for (const block of of('host running'))
    expect(await atHost.follow(block)).toMatch(/^Relay: +running .*\nListens: +127\.0\.0\.1:8888$/m);

  const home = await openHome(machines, [host]);
  onTestFinished(home.close);
  await trust(home.namespace);
  const clients = [];
  for (const name of ['ada-laptop', 'ben-desktop']) {
    const named = (block: Block | undefined): Block => ({
      kind: '',
      commands: block?.commands.replaceAll('ada-laptop', name) ?? '',
    });
    const desk = await deskAt(home.namespace, join(folder, name));
    const [settings, starts] = of('client');
    const printed = await desk.follow(named(settings));
    for (const block of of('host paste')) await atHost.follow(named(block), printed);
    await desk.follow(named(starts));
    await desk.says('tidemark', 'user', /^Receiving notifications through the relay at /m);
    await desk.says('tidemark', 'user', /^Created new subscription /m);
    clients.push(desk);
  }
  await change(clients);
  for (const desk of clients)
    for (const block of of('client told')) expect(await desk.follow(block)).toContain('told.txt');
});

/** With a login, and the settings of the account alone. */
async function deskAt(namespace: Namespace, home: string): Promise<Desk> {
  const { refreshToken } = await machines.control.about();
  await writeFiles({ [join(home, '.config/onedrive/refresh_token')]: refreshToken });
  const desk = await openDesk(namespace, home);
  onTestFinished(desk.leave);
  return desk;
}

/** A browser makes `told.txt` on the drive; within far less than the five minutes between two looks it is here. */
async function change(desks: readonly Desk[]): Promise<void> {
  const { control } = machines;
  for (const { home } of desks) expect(existsSync(join(home, 'OneDrive/told.txt'))).toBe(false);
  await control.post('/create', { path: '/told.txt', content: 'told' });
  onTestFinished(() => control.post('/remove', { path: '/told.txt' }).then(() => undefined));
  for (const { home } of desks)
    await expect
      .poll(() => existsSync(join(home, 'OneDrive/told.txt')), { timeout: 10_000, interval: 20 })
      .toBe(true);
}

/** What the package `tidemark-relay` does on a real host. */
async function packageBringsRelay(): Promise<void> {
  const { machine } = machines;
  for (const file of ['config', 'tidemark.conf'])
    await cp(join(packaged, file), join(machine.etc, 'tidemark-relay', file));
  await must(machine.namespace, ['sh', join(packaged, 'postinst'), 'configure']);
}

/** Home trusts the public authority as every machine does. */
async function trust(namespace: Namespace): Promise<void> {
  const { authority, folder } = machines;
  const file = join(folder, 'public-authority.pem');
  await writeFiles({ [file]: authority.certificate });
  const add = `cat "$0" >> ca-certificates.crt && cp "$0" "$(openssl x509 -noout -hash -in "$0").0"`;
  await must(namespace, ['sh', '-c', `cd /etc/ssl/certs && ${add}`, file]);
}
