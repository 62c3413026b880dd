import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectNatsBus, type NatsAccess, publicNkeyOf } from '@tidemark/bus';
import type { Bus } from '@tidemark/contracts';
import { certificatesIn } from '@tidemark/graph-simulator';
import { type NatsServer, startNatsServer } from '../nats-server.ts';

/** A server that speaks TLS only, and knows two users by their nkeys: `one` and `two`, who may use subjects below their names. */
let server: NatsServer;
let folder: string;
let caFile: string;
const keyOf = (user: string): string => join(folder, `${user}.nkey`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-access-'));
  ({ caFile } = await certificatesIn(folder));
  const users = await Promise.all(
    ['one', 'two'].map(async (user) => {
      const may = `{ publish: ["${user}.>"], subscribe: ["${user}.>", "_INBOX_${user}.>"], allow_responses: true }`;
      return `{ nkey: ${await publicNkeyOf(keyOf(user))}, permissions: ${may} }`;
    }),
  );
  const file = join(folder, 'nats.conf');
  const tls = `{ cert_file: "${join(folder, 'server.pem')}", key_file: "${join(folder, 'server-key.pem')}" }`;
  await writeFile(file, `tls ${tls}\nauthorization { users: [${users.join(', ')}] }\n`);
  server = await startNatsServer(['-c', file], 'tls');
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function enter(access: NatsAccess, errors: unknown[] = [], servers = [server.url]): Promise<Bus> {
  const bus = await connectNatsBus({ servers, name: 'x', access, onError: (error) => errors.push(error) });
  onTestFinished(() => bus.close());
  return bus;
}

const one = (): NatsAccess => ({ caFile, nkeyFile: keyOf('one'), inboxPrefix: '_INBOX_one' });

describe('a server that wants TLS and a key', () => {
  it('takes who has both, under its name and its address', async () => {
    const localhost = server.url.replace('127.0.0.1', 'localhost');
    for (const url of [server.url, localhost]) {
      const bus = await enter(one(), [], [url]);
      await bus.respond('one.ask', () => 'answer');
      expect(await bus.request('one.ask', null, 5_000)).toBe('answer');
    }
  });

  it('lets a user speak and hear below its own name only', async () => {
    const errors: unknown[] = [];
    const bus = await enter(one(), errors);
    await bus.publish('two.secret', 1);
    await expect
      .poll(() => errors.map(String).join())
      .toMatch(/does not allow this client a publish of "two\.secret"/);
    await bus.subscribe('two.>', () => undefined);
    await expect
      .poll(() => errors.map(String).join())
      .toMatch(/does not allow this client a subscription of "two\.>"/);
  });

  it.each<[string, () => NatsAccess, string]>([
    ['without a key', () => ({ caFile }), 'it does not accept our key'],
    [
      'with a key that it does not know',
      () => ({ caFile, nkeyFile: keyOf('stranger') }),
      'it does not accept our key',
    ],
    ['by an authority that is not ours', () => ({ nkeyFile: keyOf('one') }), 'certificate'],
  ])('refuses, and is refused, %s', async (_, access, why) => {
    await publicNkeyOf(keyOf('stranger'));
    await expect(enter(access())).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(why),
    });
  });

  it('is not taken for another host', async () => {
    // The same server, but at an address that is not in its certificate.
    const { port } = new URL(server.url);
    const forwarder = createServer((near) =>
      pipeline(near, connect(Number(port), '127.0.0.1'), near, () => {}),
    );
    forwarder.listen(0, '127.0.0.2');
    await once(forwarder, 'listening');
    onTestFinished(() => void forwarder.close());
    const servers = [`tls://127.0.0.2:${(forwarder.address() as AddressInfo).port}`];
    await expect(enter(one(), [], servers)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('127.0.0.2'),
    });
  });
});

it('speaks no plain text to a server that offers no TLS, whoever that is', async () => {
  const plain = await startNatsServer();
  onTestFinished(() => plain.stop());
  const servers = [plain.url.replace('nats:', 'tls:')];
  await expect(enter(one(), [], servers)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('it offers no TLS'),
  });
});

describe('the file with the seed', () => {
  it('is made once, for its owner alone', async () => {
    const path = keyOf('fresh');
    const publicKey = await publicNkeyOf(path);
    expect(publicKey).toMatch(/^U[A-Z2-7]{55}$/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await publicNkeyOf(path)).toBe(publicKey);
  });

  it.each<[string, (path: string) => Promise<void>, string]>([
    ['is missing', async () => undefined, 'ENOENT'],
    [
      'others can read',
      async (path) => void (await publicNkeyOf(path), await chmod(path, 0o640)),
      'others can read it',
    ],
    ['is a link', (path) => symlink(keyOf('one'), path), 'ELOOP'],
    ['holds something else', (path) => writeFile(path, 'canary\n', { mode: 0o600 }), 'holds no seed'],
    ['is damaged', (path) => writeFile(path, 'SUACANARY\n', { mode: 0o600 }), 'its seed is damaged'],
    [
      'holds the key of an account',
      (path) => writeFile(path, 'SAACANARY\n', { mode: 0o600 }),
      'holds no seed',
    ],
  ])('that %s is refused, without a word of what is in it', async (name, prepare, why) => {
    const path = keyOf(name.replaceAll(' ', '-'));
    await prepare(path);
    const refused = await enter({ caFile, nkeyFile: path }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'badCredentials', message: expect.stringContaining(why) });
    expect(String(refused)).not.toContain('CANARY');
  });
});
