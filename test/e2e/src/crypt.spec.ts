/** The plugin that encrypts, on two devices of one drive: everything in both directions, and what a device without the key can do wrong. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateX25519Identity } from 'age-encryption';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { listenTo } from './listen-to.ts';
import { openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';
import { startBinary, type Ended, type Running } from './run-binary.ts';

/** More of them by hand: TIDEMARK_CRYPT_FILES=1000. */
const files = Number(process.env['TIDEMARK_CRYPT_FILES'] ?? 100);
const entry = fileURLToPath(new URL('../../../plugins-extra/crypt/src/crypt.ts', import.meta.url));
const keys = await mkdtemp(join(tmpdir(), 'crypt-keys-'));
afterAll(() => rm(keys, { recursive: true }));

async function newKey(name: string): Promise<string> {
  const path = join(keys, name);
  await writeFile(path, `${await generateX25519Identity()}\n`, { mode: 0o600 });
  return path;
}

const mine = await newKey('mine');
const another = await newKey('another');

interface Device {
  readonly folder: string;
  readonly configFolder: string;
  sync(...args: readonly string[]): Promise<Ended>;
  start(): Running;
  write(path: string, content: string): Promise<void>;
  /** Paths and contents of all files. */
  contents(): Promise<Record<string, string>>;
}

/** Another device of the profile's drive, with the plugin and this key. */
async function deviceOf(profile: TestProfile, name: string, keyFile: string | null): Promise<Device> {
  const configFolder = join(profile.folder, name, 'config');
  const folder = join(profile.folder, name, 'sync');
  await cp(profile.configFolder, configFolder, { recursive: true });
  await mkdir(join(configFolder, 'plugins'));
  await writeFile(join(configFolder, 'config'), `sync_dir = "${folder}"\n`);
  await useKey(configFolder, keyFile);
  const start = (...args: readonly string[]): Running => {
    profile.simulator.resetCounters();
    const given = ['--sync', ...args, '--confdir', configFolder];
    return startBinary('onedrive', given, { home: profile.folder });
  };
  return {
    ...{ folder, configFolder },
    start,
    sync: (...args) => start(...args).ended,
    write: async (path, content) => {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), content);
    },
    contents: async () => {
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      const texts = found
        .filter((one) => one.isFile())
        .map(async ({ parentPath, name: file }) => {
          const path = join(parentPath, file);
          return [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const;
        });
      return Object.fromEntries(await Promise.all(texts));
    },
  };
}

async function useKey(configFolder: string, keyFile: string | null): Promise<void> {
  const path = join(configFolder, 'tidemark.conf');
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => !line.startsWith('plugins'));
  if (keyFile !== null) lines.push(`plugins = "${entry}"`, '');
  await writeFile(path, lines.join('\n'));
  await writeFile(join(configFolder, 'plugins/crypt.json'), JSON.stringify({ keyFile }));
}

const succeeded = (ended: Ended): Ended => {
  expect(ended.exitCode, ended.text).toBe(0);
  return ended;
};

/** As the drive has it. */
const onDrive = ({ drive }: TestProfile): Record<string, string> =>
  Object.fromEntries(
    drive
      .dump()
      .filter(({ kind }) => kind === 'file')
      .map(({ path }) => [path.slice(1), drive.read(path).toString('latin1')]),
  );

it(
  `${files} files are encrypted on the drive and plain on two disks, and a resync transfers none of them`,
  { timeout: 240_000 },
  async () => {
    const profile = await openProfile();
    const [one, two] = [await deviceOf(profile, 'one', mine), await deviceOf(profile, 'two', mine)];
    for (let index = 0; index < files; index++)
      await one.write(`folder ${index % 10}/${index}.txt`, `secret ${index} ${'.'.repeat(index % 300)}`);
    await one.write('large.bin', 'secret '.repeat(800_000));
    await one.write('empty.txt', '');
    succeeded(await one.sync());
    for (const [path, content] of Object.entries(onDrive(profile))) {
      expect(content.startsWith('age-encryption.org/v1\n'), path).toBe(true);
      expect(content.includes('secret'), path).toBe(false);
    }
    succeeded(await two.sync());
    expect(await two.contents()).toEqual(await one.contents());
    expect(Object.keys(await two.contents())).toHaveLength(files + 2);

    for (let index = 0; index < files; index += 2)
      await two.write(`folder ${index % 10}/${index}.txt`, `secret of two ${index}`);
    await two.write('folder 0/new.txt', 'of two');
    await one.write('folder 1/new.txt', 'of one');
    for (const device of [two, one, two]) succeeded(await device.sync());
    expect(await two.contents()).toEqual(await one.contents());
    expect((await one.contents())['folder 0/0.txt']).toBe('secret of two 0');

    for (const device of [one, two]) {
      succeeded(await device.sync('--resync', '--resync-auth'));
      const counters = profile.simulator.counters();
      expect({ transfers: transfers(counters), mutations: mutations(counters) }).toEqual({
        transfers: 0,
        mutations: 0,
      });
    }
    expect(await two.contents()).toEqual(await one.contents());
  },
);

describe('a device', () => {
  async function encrypted() {
    const profile = await openProfile();
    const one = await deviceOf(profile, 'one', mine);
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await one.write(name, `secret ${name}`);
    succeeded(await one.sync());
    return { profile, one, before: onDrive(profile) };
  }

  it('with another key changes nothing of what it cannot read, says so, and loses nothing', async () => {
    const { profile, one, before } = await encrypted();
    const two = await deviceOf(profile, 'two', another);
    await two.write('b.txt', 'mine, never synced');
    await two.write('own.txt', 'own');
    const { exitCode, text } = await two.sync();
    expect(exitCode).toBe(1);
    expect(text).toContain('encrypted for another key');
    expect(text).toContain('a.txt');
    expect(await two.contents()).toEqual({ 'b.txt': 'mine, never synced', 'own.txt': 'own' });
    const { 'own.txt': own, ...rest } = onDrive(profile);
    expect(rest).toEqual(before);
    expect(own).toContain('age-encryption.org/v1');
    // And with the right one it goes on where it stood.
    await useKey(two.configFolder, mine);
    succeeded(await two.sync('--resync', '--resync-auth'));
    const contents = await two.contents();
    expect(contents).toMatchObject({ 'a.txt': 'secret a.txt', 'own.txt': 'own' });
    expect(Object.values(contents)).toEqual(expect.arrayContaining(['mine, never synced', 'secret b.txt']));
    expect(await one.contents()).toMatchObject({ 'a.txt': 'secret a.txt' });
  });

  it.each([
    ['without the plugin', null, 'and this run does not have it'],
    ['with another key than before', another, 'and in this run it is "age, key'],
  ])('%s refuses to start, until it is told to forget', async (_, keyFile, why) => {
    const { profile, one, before } = await encrypted();
    await useKey(one.configFolder, keyFile);
    const refused = await one.sync();
    expect(refused.exitCode).toBe(1);
    expect(refused.text).toContain(why);
    expect(refused.text).toContain('--resync');
    succeeded(await one.sync('--resync', '--resync-auth'));
    expect(onDrive(profile)).toEqual(before);
    const plain = { 'a.txt': 'secret a.txt', 'b.txt': 'secret b.txt', 'c.txt': 'secret c.txt' };
    expect(await one.contents()).toEqual(plain);
    // What changes from now on goes up as this run has it.
    await one.write('a.txt', 'changed since');
    succeeded(await one.sync());
    const { 'a.txt': changed, ...others } = onDrive(profile);
    expect(changed).toMatch(keyFile === null ? /^changed since$/ : /^age-encryption/);
    expect({ 'a.txt': before['a.txt'], ...others }).toEqual(before);
    expect(await one.contents()).toEqual({ ...plain, 'a.txt': 'changed since' });
  });

  it('undoes an edit with a version of the drive, by itself and beside a monitor', async () => {
    const { profile, one } = await encrypted();
    const tidemark = (...args: readonly string[]): Running =>
      startBinary('tidemark', [...args, '--confdir', one.configFolder], { home: profile.folder });
    await one.write('a.txt', 'changed by mistake');
    await one.write('b.txt', 'changed by mistake as well');
    succeeded(await one.sync());
    succeeded(await tidemark('undo', 'a.txt', '--yes').ended);
    expect(await one.contents()).toMatchObject({ 'a.txt': 'secret a.txt' });

    const monitor = listenTo(tidemark('monitor'));
    onTestFinished(() => void monitor.child.kill('SIGKILL'));
    await monitor.said(/is complete/);
    succeeded(await tidemark('undo', 'b.txt', '--yes').ended);
    expect(await one.contents()).toMatchObject({ 'b.txt': 'secret b.txt' });
    await expect.poll(() => profile.drive.stat('/b.txt')?.commits).toBe(3);
    monitor.child.kill('SIGTERM');
    await monitor.ended;
    expect(Object.values(onDrive(profile)).every((text) => text.startsWith('age-encryption'))).toBe(true);
  });

  it('refuses to start as a monitor as well, and for a plan', async () => {
    const { profile, one, before } = await encrypted();
    await useKey(one.configFolder, null);
    for (const given of [['monitor'], ['plan'], ['sync', '--dry-run']]) {
      const args = [...given, '--confdir', one.configFolder];
      const { exitCode, text } = await startBinary('tidemark', args, { home: profile.folder }).ended;
      expect(exitCode, text).toBe(3);
      expect(text).toContain('and this run does not have it');
    }
    expect(onDrive(profile)).toEqual(before);
  });

  it('that is killed in the middle of a large upload goes on with the very bytes that it had made', async () => {
    const profile = await openProfile();
    const one = await deviceOf(profile, 'one', mine);
    const content = 'secret '.repeat(3_400_000);
    await one.write('large.bin', content);
    const { child, ended } = one.start();
    let fragments = 0;
    profile.simulator.onRequest(({ kind }) => {
      if (kind === 'fragment' && ++fragments === 2) child.kill('SIGKILL');
    });
    expect((await ended).exitCode, 'it was not killed').toBeNull();
    profile.simulator.onRequest(() => undefined);
    succeeded(await one.sync());
    // Three in all. Other bytes of the same file would have had to go up from the first one on.
    expect(profile.simulator.counters().byKind.fragment).toBeLessThanOrEqual(2);
    expect(profile.drive.stat('/large.bin')?.commits).toBe(1);
    expect(await readdir(join(one.configFolder, 'tidemark/drives/own/spool'))).toEqual([]);
    const explain = ['explain', 'large.bin', '--confdir', one.configFolder];
    const { text } = await startBinary('tidemark', explain, { home: profile.folder }).ended;
    expect(text).toMatch(
      /The plugin crypt changed its content on the way: 23800000 bytes on disk, \d+ bytes on the drive/,
    );
    const two = await deviceOf(profile, 'two', mine);
    succeeded(await two.sync());
    expect(await two.contents()).toEqual({ 'large.bin': content });
  });
});
