import { access, chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { askAt, socketOf, statusOf } from './daemon.ts';
import { listenTo, type Talking } from './listen-to.ts';
import { startNatsServer, withoutKeys } from './nats-server.ts';
import { expectEqualSides, hashOf, openProfile, type TestProfile } from './profile.ts';
import { type BinaryName, type Ended } from './run-binary.ts';

const example = (name: string): string =>
  fileURLToPath(new URL(`../../../libs/plugin-sdk/docs/examples/${name}`, import.meta.url));

const start = (profile: TestProfile, name: BinaryName, args: readonly string[]): Talking => {
  const running = listenTo(profile.start(name, args));
  onTestFinished(() => void running.child.kill('SIGKILL'));
  return running;
};

async function openServer(): Promise<string> {
  const server = await startNatsServer();
  onTestFinished(server.close);
  return server.address;
}

async function writePlugin(profile: TestProfile, name: string, ...lines: readonly string[]): Promise<string> {
  const path = join(profile.folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

async function startedPlugins(profile: TestProfile): Promise<unknown[]> {
  const { stdout } = await profile.tidemark(['log', '--json', '--type', 'Started']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).event.plugins);
}

it('a plugin that watches from another process may die and come back, and the daemon goes on', async () => {
  const bus = await openServer();
  const profile = await openProfile({
    tree: [{ path: '/a.txt', content: 'a' }],
    tidemarkConfig: { ...withoutKeys, bus, remote_plugins: 'notifier' },
  });
  const plugin = (): Talking =>
    start(profile, 'tidemark', [
      ...['plugin', 'run', example('notifier.ts'), '--bus', bus, '--drive', profile.drive.driveId],
    ]);
  const waiting = plugin();
  await waiting.said(/Plugin notifier waits for a daemon of drive .* that names it in remote_plugins/);

  const daemon = start(profile, 'onedrive', ['--monitor', '--verbose']);
  await daemon.said(/Plugin notifier 1\.0\.0 works in another process/);
  await waiting.said(/"did":"DownloadFile","path":"a\.txt"/);
  await daemon.said(/Enabled WebSocket support/);

  let before = daemon.text().length;
  waiting.child.kill('SIGKILL');
  await daemon.said(/WARNING: Plugin notifier .* is not there: it does not answer any more/, before);
  profile.drive.create('/while it was away.txt', 'b');
  await daemon.said(/Downloading file: while it was away\.txt .* done/, before);
  const metrics = await askAt(await socketOf(profile), 'GET', '/v1/metrics');
  expect(metrics.body).toMatch(/^tidemark_plugin_present\{plugin="notifier"\} 0$/m);
  const detail = 'it does not answer any more';
  const remedy = expect.stringContaining('tidemark plugin run');
  expect((await statusOf(profile)).daemon?.remotePlugins).toEqual([
    {
      ...{ name: 'notifier', state: 'absent', version: '1.0.0', commands: 0, faults: 0, lastFault: null },
      absence: { detail, remedy },
      ...{
        needs: { events: true, output: true },
        work: expect.objectContaining({ commands: [], faults: 0 }),
      },
    },
  ]);
  expect((await profile.tidemark(['status'])).stdout).toMatch(
    /^Plugin: {3}notifier is not there: it does not answer any more\n {10}-> Start it \(tidemark plugin run/m,
  );
  await expectEqualSides(profile);

  before = daemon.text().length;
  const again = plugin();
  await daemon.said(/Plugin notifier 1\.0\.0 works in another process/, before);
  expect((await statusOf(profile)).daemon?.remotePlugins).toMatchObject([
    { state: 'present', absence: null },
  ]);
  profile.drive.create('/when it was back.txt', 'c');
  await again.said(/"did":"DownloadFile","path":"when it was back\.txt"/);
  expect(again.text()).not.toContain('while it was away');

  before = daemon.text().length;
  again.child.kill('SIGTERM');
  expect((await again.ended).exitCode).toBe(0);
  await daemon.said(/WARNING: Plugin notifier .* is not there: it was stopped/, before);
  daemon.child.kill('SIGTERM');
  expect((await daemon.ended).exitCode, daemon.text()).toBe(0);
  await expectEqualSides(profile);
  expect(await startedPlugins(profile)).toEqual([
    expect.arrayContaining([{ name: 'notifier', version: '1.0.0', elsewhere: true }]),
  ]);
});

/** Reads files itself, as one on the machine that holds them would. `hangs`: never comes to an end. */
const hasher = (syncFolder: string, hangs: boolean): readonly string[] => [
  `import { statSync } from 'node:fs';`,
  `import { definePlugin } from '@tidemark/plugin-sdk';`,
  `const folder = statSync(${JSON.stringify(syncFolder)}, { bigint: true });`,
  `export default definePlugin({`,
  `  name: 'hasher',`,
  `  needs: { output: true },`,
  `  handle: {`,
  `    HashFile: async ({ path, expected }, { output, clock, signal }) => {`,
  // By then the daemon has heard that the command was accepted; before that, it would go to the next process as it is.
  `      await clock.sleep(500, signal);`,
  `      output.line('asked for ' + path);`,
  hangs ? `      await new Promise(() => setInterval(() => undefined, 1000));` : '',
  `      const { size, mtimeMs } = statSync(${JSON.stringify(syncFolder)} + '/' + path);`,
  `      return { local: {`,
  `        ...expected, name: path, kind: 'file', sizeBytes: size, modifiedAt: Math.floor(mtimeMs / 1000),`,
  `        parentId: folder.ino.toString(36) + '.' + folder.birthtimeNs.toString(36),`,
  // QuickXorHash of "same".
  `        hash: 'SAME',`,
  `      } };`,
  `    },`,
  `  },`,
  `});`,
];

it('a plugin that is killed in the middle of a command does it again when it is back', async () => {
  const bus = await openServer();
  const profile = await openProfile({
    tree: [{ path: '/same.txt', content: 'same' }],
    tidemarkConfig: { ...withoutKeys, bus, remote_plugins: 'hasher:HashFile' },
  });
  await profile.write('same.txt', 'same');
  const write = (hangs: boolean): Promise<string> =>
    writePlugin(
      profile,
      'hasher.ts',
      ...hasher(profile.syncFolder, hangs).map((line) => line.replace("'SAME'", `'${hashOf('same')}'`)),
    );
  const run = async (hangs: boolean): Promise<Talking> =>
    start(profile, 'tidemark', [
      ...['plugin', 'run', await write(hangs), '--bus', bus, '--drive', profile.drive.driveId],
    ]);
  const first = await run(true);
  const daemon = start(profile, 'onedrive', ['--monitor', '--verbose']);
  await first.said(/asked for same\.txt/);
  first.child.kill('SIGKILL');
  await daemon.said(/WARNING: Plugin hasher .* is not there: it does not answer any more/);
  const second = await run(false);
  await second.said(/asked for same\.txt/);
  await second.said(/works for drive/);
  await daemon.said(/Sync with Microsoft OneDrive is complete/);
  daemon.child.kill('SIGTERM');
  expect((await daemon.ended).exitCode, daemon.text()).toBe(0);

  const { stdout } = await profile.tidemark(['log', '--json']);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const told = events
    .filter(({ source, event }) => source === 'hasher' && event.type.startsWith('Command'))
    .map(({ event }) => event);
  expect(told).toMatchObject([
    { type: 'CommandFailed', failure: { code: 'pluginAbsent' } },
    { type: 'CommandSucceeded', local: { hash: hashOf('same') } },
  ]);
  expect(told[0].command).not.toBe(told[1].command);
  // The hash decided: nothing had to be transferred.
  expect(await profile.whereIs('same')).toEqual(['folder:/same.txt', 'drive:/same.txt']);
  const replayed = await profile.tidemark(['replay']);
  expect(replayed.stdout).toMatch(/ 0 divergences; hash chain intact/);
});

it('a plugin of the settings decides with ours, is named in the log, and is heard again by a replay', async () => {
  const profile = await openProfile({
    tree: [
      { path: '/film.mov', content: 'film' },
      { path: '/text.txt', content: 'text' },
    ],
  });
  const path = await writePlugin(
    profile,
    'skip-videos.ts',
    `import { definePlugin, z } from '@tidemark/plugin-sdk';`,
    `export default definePlugin({`,
    `  name: 'skip-videos',`,
    `  version: '2.1.0',`,
    `  config: z.strictObject({ ending: z.string() }),`,
    `  rules: {`,
    `    settings: ['ending'],`,
    `    ignore: (item, { ending }) => (item.name.endsWith(ending) ? 'videos are not synced' : undefined),`,
    `  },`,
    `});`,
  );
  await writeFile(join(profile.configFolder, 'tidemark.conf'), `plugins = "${path}"\n`, { flag: 'a' });
  const refused = await profile.tidemark(['sync']);
  expect(refused.exitCode, refused.text).toBe(3);
  expect(refused.stderr).toContain('Cannot start plugin "skip-videos": its settings are not valid: "ending"');
  expect(refused.stderr).toContain('plugins/skip-videos.json');

  await mkdir(join(profile.configFolder, 'plugins'));
  await writeFile(join(profile.configFolder, 'plugins/skip-videos.json'), '{ "ending": ".mov" }');
  await profile.sync();
  expect(Object.keys(await profile.local())).toEqual(['/text.txt']);
  const [plugins] = await startedPlugins(profile);
  expect(plugins).toContainEqual({
    name: 'skip-videos',
    version: '2.1.0',
    rules: true,
    settings: { ending: '.mov' },
  });
  expect((await profile.tidemark(['replay'])).stdout).toMatch(/ 0 divergences; hash chain intact/);
  expect((await profile.tidemark(['explain', 'film.mov'])).stdout).toContain('videos are not synced');

  // Another version of it, tried on a bundle that somebody sent.
  const next = await writePlugin(
    profile,
    'next.ts',
    `import { definePlugin, z } from '@tidemark/plugin-sdk';`,
    `export default definePlugin({`,
    `  name: 'skip-videos',`,
    `  config: z.strictObject({ ending: z.string() }),`,
    `  rules: { settings: ['ending'], ignore: (item) => (item.name === 'text.txt' ? 'no texts' : undefined) },`,
    `});`,
  );
  const tryOn = async (...names: readonly string[]): Promise<Ended> => {
    const bundle = join(profile.folder, `bundle${names.length}.gz`);
    await profile.tidemark(['incident', 'create', '--since', '1h', '--output', bundle, ...names]);
    return profile.tidemark(['what-if', '--plugin', next, bundle]);
  };
  const tried = await tryOn('--keep-names');
  expect(tried.exitCode, tried.text).toBe(0);
  expect(tried.stdout).toMatch(/would be: {2}nothing for "text\.txt": ignored, skip-videos: no texts/);
  expect(tried.stdout).toMatch(/would be: {2}download "film\.mov"/);
  expect(tried.stdout).toMatch(/^2 decisions differ/m);
  expect(tried.stderr).toContain('NOTE: Plugin "skip-videos" is asked with its present settings');
  const unnamed = await tryOn();
  expect(unnamed.exitCode, unnamed.text).toBe(2);
  expect(unnamed.stderr).toMatch(
    /ERROR: The names in this bundle are pseudonyms.*\n +Ask for .* --keep-names/,
  );
});

it('a plugin reacts to what a run did, with state of its own, in its own words', async () => {
  const profile = await openProfile({ tree: [{ path: '/down.txt', content: 'down' }] });
  await profile.write('up.txt', 'up');
  const path = await writePlugin(
    profile,
    'teller.ts',
    `import { definePlugin } from '@tidemark/plugin-sdk';`,
    `export default definePlugin({`,
    `  name: 'teller', sdk: '^1.0.0', needs: { events: true },`,
    `  setup: ({ signal }) => ({ paths: [] as string[], isSignal: signal instanceof AbortSignal }),`,
    `  on: {`,
    `    finished: ({ command, outcome }, { state }) => {`,
    `      if (outcome.type === 'CommandSucceeded') state.paths.push(command.path);`,
    `    },`,
    `    rested: ({ succeeded }, { state, say }) =>`,
    `      say(succeeded + ' done: ' + state.paths.toSorted().join(' ') + ' ' + state.isSignal, 'warning'),`,
    `  },`,
    `});`,
  );
  await writeFile(join(profile.configFolder, 'tidemark.conf'), `plugins = "${path}"\n`, { flag: 'a' });
  const ended = await profile.sync();
  expect(ended.stdout).toContain('WARNING: teller: 2 done: down.txt up.txt true');
});

it('a plugin for another SDK is refused before anything happens', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const path = await writePlugin(
    profile,
    'new.js',
    `export default { name: 'new', sdk: '^99.1.0', magic: 1 };`,
  );
  await writeFile(join(profile.configFolder, 'tidemark.conf'), `plugins = "${path}"\n`, { flag: 'a' });
  const ended = await profile.tidemark(['sync']);
  expect(ended.exitCode, ended.text).toBe(3);
  expect(ended.stderr).toMatch(
    /Cannot start plugin "new": it fits @tidemark\/plugin-sdk \^99\.1\.0, and this Tidemark has 1\.\d+\.\d+\. Update Tidemark/,
  );
  await expect(access(profile.syncFolder)).rejects.toThrow('ENOENT');
});

const hashesWith = async (handler: string): Promise<Ended> => {
  const profile = await openProfile({ tree: [{ path: '/same.txt', content: 'same' }] });
  await profile.write('same.txt', 'same');
  const path = await writePlugin(
    profile,
    'hasher.ts',
    `import { definePlugin, Failure } from '@tidemark/plugin-sdk';`,
    `export default definePlugin({ name: 'hasher', handle: { HashFile: ${handler} } });`,
  );
  await writeFile(join(profile.configFolder, 'tidemark.conf'), `plugins = "${path}"\n`, { flag: 'a' });
  return profile.tidemark(['sync']);
};

it('a plugin whose failure cannot be told fails in plain words, and the run ends', async () => {
  const ended = await hashesWith(
    `async () => { throw new Failure({ code: 'localGone', detail: 'x', afterMs: 1n }); }`,
  );
  expect(ended.text).toContain('Cannot tell the outcome of command');
  expect(ended.exitCode, ended.text).toBe(1);
});

it('a run that waits for a plugin that does nothing any more says so', async () => {
  const ended = await hashesWith('() => new Promise(() => undefined)');
  expect(ended.exitCode, ended.text).toBe(1);
  expect(ended.stderr).toContain('ERROR: Tidemark stopped before it was done');
});

it('a plugin may be a package that is installed in the configuration directory', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.tmp2', content: 'a' }] });
  const folder = join(profile.configFolder, 'node_modules/@somebody/skip-two');
  await mkdir(folder, { recursive: true });
  const manifest = { name: '@somebody/skip-two', version: '3.4.5', type: 'module', exports: './plugin.js' };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(
    join(folder, 'plugin.js'),
    [
      `import { of } from 'rxjs';`,
      `import { Failure } from '@tidemark/plugin-sdk';`,
      `if (typeof of !== 'function' || typeof Failure !== 'function') throw new Error('nothing was lent');`,
      `export default { name: 'skip-two', rules: { ignore: ({ name }) => (name.endsWith('2') ? 'two' : undefined) } };`,
      '',
    ].join('\n'),
  );
  await writeFile(join(profile.configFolder, 'tidemark.conf'), 'plugins = "@somebody/skip-two"\n', {
    flag: 'a',
  });
  await profile.sync();
  expect(await profile.local()).toEqual({});
  const [plugins] = await startedPlugins(profile);
  expect(plugins).toContainEqual({ name: 'skip-two', version: '3.4.5', rules: true });
  const listed = await profile.tidemark(['plugin', 'list', '--json']);
  const all = listed.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(all.find(({ name }) => name === 'skip-two')).toEqual({
    ...{ name: 'skip-two', version: '3.4.5', place: 'daemon', observes: false, handles: [], needs: {} },
    rules: ['ignore'],
    changesContent: false,
  });
});

it('says which plugin cannot be used, why, and what would help', async () => {
  const profile = await openProfile({});
  const bus = 'nats://127.0.0.1:4222';
  const conf = join(profile.configFolder, 'tidemark.conf');
  const simulator = await readFile(conf, 'utf8');
  const run = async (...lines: readonly string[]): Promise<string> => {
    await writeFile(conf, [simulator, ...lines, ''].join('\n'));
    const ended = await profile.tidemark(['monitor']);
    expect(ended.exitCode, ended.text).toBe(3);
    return ended.stderr;
  };
  expect(await run(`plugins = "/nowhere/x.ts"`)).toContain(
    'Cannot start plugin "/nowhere/x.ts": there is no file',
  );
  expect(await run(`plugins = "no-such-plugin"`)).toMatch(
    /no package of that name is installed in .*npm install --prefix/,
  );
  const broken = await writePlugin(profile, 'broken.ts', 'export default {');
  expect(await run(`plugins = "${broken}"`)).toContain('it cannot be loaded: ');
  const nothing = await writePlugin(profile, 'nothing.ts', 'export const plugin = 1;');
  expect(await run(`plugins = "${nothing}"`)).toContain('it has no default export');
  const wrong = await writePlugin(
    profile,
    'wrong.ts',
    'export default { name: "X", handle: { EraseDrive() {} } };',
  );
  expect(await run(`plugins = "${wrong}"`)).toContain('there is no command EraseDrive');
  const open = await writePlugin(profile, 'open.ts', 'export default { name: "x" };');
  await chmod(open, 0o666);
  expect(await run(`plugins = "${open}"`)).toContain(`Run: chmod o-w '${open}'`);
  expect(await run(`remote_plugins = "x"`)).toContain("'remote_plugins' needs 'bus'");
  const remote = (entry: string): Promise<string> =>
    run(`bus = "${bus}"`, 'nats_without_key = "true"', `remote_plugins = "${entry}"`);
  expect(await remote('watcher')).toContain('because it needs "disk": the sync folder stays with the daemon');
  expect(await remote('socketio')).toContain(`because it needs "notifications": the account's login`);
  expect(await remote('x:UploadFile')).toContain('"UploadFile", which is not carried out in another process');
  const greedy = await writePlugin(
    profile,
    'greedy.ts',
    'export default { name: "greedy", needs: { drive: "write" } };',
  );
  const apart = await profile.tidemark(['plugin', 'run', greedy, '--bus', bus, '--drive', 'd']);
  expect(apart.exitCode).toBe(3);
  expect(apart.stderr).toContain(
    'Cannot start plugin "greedy": it cannot run in another process, because it needs "drive": the account\'s login stays',
  );
  const unreachable = [
    'plugin',
    'run',
    example('notifier.ts'),
    '--bus',
    'nats://127.0.0.1:1',
    '--drive',
    'd',
  ];
  const far = await profile.tidemark([
    'plugin',
    'run',
    'reporter',
    '--bus',
    'nats://example.org:4222',
    '--drive',
    'd',
  ]);
  expect(far.exitCode).toBe(3);
  expect(far.stderr).toContain('beyond this machine nothing goes unencrypted');
  const offline = await profile.tidemark(unreachable);
  expect(offline.exitCode).toBe(5);
  expect(offline.stderr).toContain('Cannot reach the bus at nats://127.0.0.1:1');
});
