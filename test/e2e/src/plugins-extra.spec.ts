/** Plugins as people outside this repository write them: each installed and tested with what is published alone, then run by the daemon. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { packInto, repository, runIn } from './packed.ts';
import { everythingIn, openProfile, type TestProfile } from './profile.ts';

const base = await mkdtemp(join(tmpdir(), 'plugins-extra-'));
afterAll(() => rm(base, { recursive: true, force: true }));
const entries = await readdir(join(repository, 'plugins-extra'), { withFileTypes: true });
const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
const folderOf = (name: string): string => join(base, 'plugins', name);

beforeAll(async () => {
  const foreign = [
    ...['rxjs', 'tslib', 'zod', '@types/node', 'undici-types', 'ignore', 'age-encryption', '@scure/base'],
    ...['@noble/ciphers', '@noble/curves', '@noble/hashes', '@noble/post-quantum'],
  ];
  const tarballs = await packInto(join(base, 'packed'), foreign);
  for (const name of names)
    await cp(join(repository, 'plugins-extra', name), folderOf(name), { recursive: true });
  // One installation for all of them: what any declares must be among the tarballs, since nothing else can be fetched.
  await writeFile(join(base, 'plugins/package.json'), JSON.stringify({ private: true, workspaces: names }));
  const install = ['install', '--offline', '--ignore-scripts', '--no-audit', ...tarballs];
  const { exitCode, text } = await runIn(join(base, 'plugins'), 'npm', ...install);
  expect(exitCode, text).toBe(0);
});

it.each(names)('%s installs with the two tarballs alone, type-checks and passes its tests', async (name) => {
  const folder = folderOf(name);
  expect(await readdir(join(base, 'plugins/node_modules/@tidemark'))).toEqual(
    [...names.map((one) => `plugin-${one}`), 'plugin-sdk', 'plugin-testkit'].toSorted(),
  );
  expect(await runIn(folder, 'npm', 'run', '--silent', 'check')).toEqual({ exitCode: 0, text: '' });
  const tested = await runIn(folder, 'npm', 'test', '--silent');
  expect(tested.exitCode, tested.text).toBe(0);
  expect(tested.text).toMatch(/^(?:#|ℹ) pass [1-9]/m);
});

/** A profile whose runs have this plugin, with these settings. */
async function profileWith(
  name: string,
  settings: object,
  world: Parameters<typeof openProfile>[0],
): Promise<TestProfile> {
  const profile = await openProfile(world);
  await use(profile, name, settings);
  return profile;
}

async function use({ configFolder }: TestProfile, name: string, settings: object): Promise<void> {
  const line = `plugins = "${join(folderOf(name), `src/${name}.ts`)}"\n`;
  const conf = join(configFolder, 'tidemark.conf');
  if (!(await readFile(conf, 'utf8')).includes(line)) await writeFile(conf, line, { flag: 'a' });
  await makeFolder(join(configFolder, 'plugins'));
  await writeFile(join(configFolder, `plugins/${name}.json`), JSON.stringify(settings));
}

const makeFolder = (path: string): Promise<unknown> => mkdir(path, { recursive: true });

interface Received {
  readonly url: string;
  readonly body: string;
}

/** A server on this machine that takes what it is sent. */
async function openReceiver(): Promise<{ readonly address: string; readonly received: readonly Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    received.push({ url: request.url ?? '', body });
    response.end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

it('metrics: a run tells a collector what it did', async () => {
  const { address, received } = await openReceiver();
  const profile = await profileWith(
    'metrics',
    { url: `${address}/v1/metrics` },
    {
      tree: [{ path: '/down.txt', content: 'four' }],
    },
  );
  await profile.write('up.txt', 'sixsix');
  await profile.sync();
  const [{ url, body } = { url: '', body: '{}' }] = received;
  expect(url).toBe('/v1/metrics');
  const { metrics } = JSON.parse(body).resourceMetrics[0].scopeMetrics[0];
  const { sum } = metrics.find((one: { name: string }) => one.name === 'tidemark.transferred');
  const bytes = sum.dataPoints.map(
    (point: { attributes: [{ value: { stringValue: string } }]; asInt: string }) => [
      point.attributes[0].value.stringValue,
      point.asInt,
    ],
  );
  expect(Object.fromEntries(bytes)).toEqual({ up: '6', down: '4' });
  expect(metrics.map((one: { name: string }) => one.name)).toContain('tidemark.looks');
});

it('notify: a hook is told of a conflict', async () => {
  const { address, received } = await openReceiver();
  const profile = await profileWith(
    'notify',
    { url: `${address}/s3cret` },
    { tree: [{ path: '/report.txt', content: 'theirs' }] },
  );
  await profile.write('report.txt', 'mine');
  const { text } = await profile.sync();
  expect(received).toEqual([
    {
      url: '/s3cret',
      body: expect.stringMatching(
        /^\{"text":"Both sides changed report\.txt\. The one of the \w+ has the name/,
      ),
    },
  ]);
  expect(text).not.toContain('s3cret');
});

it('gitignore: what its files name is left alone on both sides, and a replay decides the same', async () => {
  const profile = await profileWith(
    'gitignore',
    {},
    {
      tree: [
        { path: '/project/.gitignore', content: 'node_modules/\n*.log\n!keep.log\n' },
        { path: '/project/node_modules/a.js', content: 'a' },
        { path: '/project/main.ts', content: 'b' },
      ],
    },
  );
  await profile.write('.gitignore', '/private\n');
  await profile.write('private/diary.txt', 'dear');
  await profile.write('notes.txt', 'c');
  await profile.sync();
  await profile.write('project/x.log', 'd');
  await profile.write('project/keep.log', 'e');
  await profile.write('project/node_modules/b.js', 'f');
  await profile.sync();
  const both = ['/.gitignore', '/notes.txt', '/project/.gitignore', '/project/keep.log', '/project/main.ts'];
  expect(Object.keys(await profile.local())).toEqual(expect.arrayContaining(both));
  const online = await profile.whereIs('dear');
  expect(online).toEqual(['folder:/private/diary.txt']);
  expect(await profile.whereIs('d')).toEqual(['folder:/project/x.log']);
  expect(await profile.whereIs('f')).toEqual(['folder:/project/node_modules/b.js']);
  expect(await profile.whereIs('e')).toEqual(['folder:/project/keep.log', 'drive:/project/keep.log']);
  expect((await profile.tidemark(['explain', 'project/x.log'])).stdout).toContain(
    'a pattern in .gitignore names it',
  );
  expect((await profile.tidemark(['replay'])).stdout).toMatch(/ 0 divergences; hash chain intact/);
});

it('desktop: a conflict is shown, and what was done where that is wanted, unless notifications are switched off', async () => {
  const profile = await profileWith('desktop', {}, { tree: [{ path: '/report.txt', content: 'theirs' }] });
  const programs = join(profile.folder, 'bin');
  await mkdir(programs);
  const shown = join(profile.folder, 'shown');
  const program = `#!/bin/sh\nprintf '%s\\n' "$@" >> ${shown}\n`;
  await writeFile(join(programs, 'notify-send'), program, { mode: 0o700 });
  const environment = { PATH: `${programs}:/usr/bin:/bin`, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x' };
  await profile.write('report.txt', 'mine');
  await profile.onedrive(['--sync', '--disable-notifications'], { environment });
  await expect(readFile(shown)).rejects.toThrow('ENOENT');
  profile.drive.create('/second.txt', 'theirs as well');
  await profile.write('second.txt', 'mine as well');
  await profile.onedrive(['--sync'], { environment });
  expect((await readFile(shown, 'utf8')).split('\n')).toEqual([
    ...['--app-name=Tidemark', '--urgency=normal', '--', 'OneDrive Client for Linux'],
    ...['Both sides changed second.txt: tidemark conflicts', ''],
  ]);

  await rm(shown);
  await profile.setConfig({ notify_file_actions: 'true' });
  profile.drive.create('/third.txt', 'third');
  const { text } = await profile.onedrive(['--sync'], { environment });
  expect((await readFile(shown, 'utf8')).split('\n').slice(3)).toEqual([
    'OneDrive Client for Linux',
    'Downloaded: third.txt',
    '',
  ]);
  expect(text).not.toContain('notify_file_actions');
});

it('versions: what was synced is kept where the user says, and nowhere in the sync folder', async () => {
  const profile = await openProfile({ tree: [{ path: '/notes/down.txt', content: 'from the drive' }] });
  const folder = join(profile.folder, 'kept');
  await mkdir(folder);
  await use(profile, 'versions', { folder, except: ['*.tmp2'] });
  await profile.write('up.txt', 'first');
  await profile.write('no.tmp2', 'not this one');
  await profile.sync();
  await profile.write('up.txt', 'second, longer');
  await profile.sync();
  const files = Object.entries(await everythingIn(folder)).filter(([, content]) => content !== 'folder');
  const kept = Object.fromEntries(files);
  expect(Object.values(kept).toSorted()).toEqual(['first', 'from the drive', 'second, longer']);
  const places = Object.keys(kept).map((path) => path.replace(/\d/g, '9'));
  expect(places.toSorted()).toEqual([
    expect.stringMatching(/notes\/down\.txt\/9999-99-99T99-99-99\.999Z\.txt$/),
    ...Array.from({ length: 2 }, () => expect.stringMatching(/up\.txt\/9999-99-99T99-99-99\.999Z\.txt$/)),
  ]);
  const entry = join(folderOf('versions'), 'src/versions.ts');
  const checked = await profile.tidemark(['plugin', 'check', entry]);
  expect(checked.stdout).toContain(`needs     events; disk: read; files: ${folder}\n`);
  await use(profile, 'versions', { folder: profile.at('inside') });
  await mkdir(profile.at('inside'));
  const refused = await profile.tidemark(['sync']);
  expect(refused.exitCode, refused.text).toBe(3);
  expect(refused.stderr).toContain('Cannot start plugin "versions": it cannot keep files in');
  expect(refused.stderr).toContain('it lies in the sync folder');
});
