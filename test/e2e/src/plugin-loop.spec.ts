/** The way of a new author: generate, test, edit, see it in a daemon that loads what is saved. In an empty folder, from the built command. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { listenTo } from './listen-to.ts';
import { distFolder, startBinary } from './run-binary.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
/** What the project takes from a registry, from here: the test needs none. */
const foreign = ['rxjs', 'tslib', 'zod', '@types/node', 'undici-types'].map((name) =>
  join(repository, 'node_modules', name),
);
const compiler = join(repository, 'node_modules/typescript');

const base = await mkdtemp(join(tmpdir(), 'plugin-loop-'));
afterAll(() => rm(base, { recursive: true, force: true }));

interface Ended {
  readonly exitCode: number;
  readonly text: string;
}

function run(cwd: string, command: string, ...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, PATH: `${distFolder}:${process.env['PATH'] ?? ''}`, HOME: base };
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, encoding: 'utf8' }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), text: stdout + stderr }),
    );
  });
}

async function succeed(...command: Parameters<typeof run>): Promise<string> {
  const { exitCode, text } = await run(...command);
  expect(exitCode, text).toBe(0);
  return text;
}

/** Makes a project in a folder of its own and installs what it needs. */
async function makeProject(name: string): Promise<string> {
  const folder = await mkdtemp(join(base, 'author-'));
  await succeed(folder, 'tidemark', 'plugin', 'new', name);
  const packed = join(folder, 'packed');
  await mkdir(packed);
  await succeed(
    folder,
    'npm',
    'pack',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    packed,
    ...foreign,
  );
  const tarballs = (await readdir(packed)).map((file) => join(packed, file));
  const project = join(folder, name);
  await succeed(project, 'npm', 'install', '--offline', '--ignore-scripts', ...tarballs, compiler);
  return project;
}

async function edit(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
}

it('a plugin is made and green within a minute, edited, seen at work, and what is saved is loaded without a restart', async () => {
  const startedAt = performance.now();
  const took: string[] = [];
  const lap = (what: string): void => {
    took.push(`${what} ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  };
  const project = await makeProject('my-plugin');
  lap('installed');
  expect(await readdir(join(project, 'node_modules/@tidemark'))).toEqual(['plugin-sdk', 'plugin-testkit']);
  expect(await succeed(project, 'npm', 'test')).toMatch(/pass 2$/m);
  lap('green');
  expect((performance.now() - startedAt) / 1_000).toBeLessThan(60);
  await edit(join(project, 'src/plugin.ts'), `default('New here')`, `default('Just in')`);
  await succeed(project, 'npm', 'test');
  await succeed(project, 'npm', 'run', 'types');
  lap('edited and green');

  const dev = listenTo(
    startBinary('tidemark', ['plugin', 'dev', join(project, 'src/plugin.ts')], { home: base }),
  );
  onTestFinished(() => void dev.child.kill('SIGTERM'));
  const [, url = ''] = await dev.said(/(http:\/\/127\.0\.0\.1:\d+)\/create/);
  await dev.said(/^Sync with Microsoft OneDrive is complete$/m);
  const create = (path: string): Promise<Response> =>
    fetch(`${url}/create`, { method: 'POST', body: JSON.stringify({ path, content: path }) });
  await create('/one.txt');
  await dev.said(/^my-plugin: Just in: one\.txt$/m);
  lap('at work');
  const [, configFolder = ''] = await dev.said(/--confdir (\S+)/);
  const pid = async (): Promise<unknown> =>
    JSON.parse(await succeed(base, 'tidemark', 'status', '--json', '--confdir', configFolder)).daemon.pid;
  const before = await pid();
  // Another file of the plugin, too: a change of either counts.
  await writeFile(join(project, 'src/words.ts'), `export const greeting = 'From words';\n`);
  await edit(
    join(project, 'src/plugin.ts'),
    `import { definePlugin, z } from '@tidemark/plugin-sdk';`,
    `import { definePlugin, z } from '@tidemark/plugin-sdk';\nimport { greeting } from './words.ts';`,
  );
  let mark = dev.text().length;
  await edit(join(project, 'src/plugin.ts'), `default('Just in')`, `default(greeting)`);
  await dev.said(
    /settings were read again and are in use now[^]*Sync with Microsoft OneDrive is complete/,
    mark,
  );
  await create('/two.txt');
  await dev.said(/^my-plugin: From words: two\.txt$/m);
  mark = dev.text().length;
  await edit(join(project, 'src/words.ts'), 'From words', 'Other words');
  await dev.said(
    /settings were read again and are in use now[^]*Sync with Microsoft OneDrive is complete/,
    mark,
  );
  await create('/three.txt');
  await dev.said(/^my-plugin: Other words: three\.txt$/m);
  lap('edited in another file and at work');

  // What does not load is said, and the plugin from before goes on.
  mark = dev.text().length;
  await edit(join(project, 'src/words.ts'), 'export const', 'export konst');
  await dev.said(
    /ERROR: Cannot start plugin .*it cannot be loaded: [^]*The settings from before stay in use/,
    mark,
  );
  await create('/four.txt');
  await dev.said(/^my-plugin: Other words: four\.txt$/m);
  mark = dev.text().length;
  await edit(join(project, 'src/words.ts'), 'export konst', 'export const');
  await edit(join(project, 'src/words.ts'), 'Other words', 'Mended words');
  await dev.said(
    /settings were read again and are in use now[^]*Sync with Microsoft OneDrive is complete/,
    mark,
  );
  await create('/five.txt');
  await dev.said(/^my-plugin: Mended words: five\.txt$/m);
  // Nor does one whose setup fails end the daemon.
  mark = dev.text().length;
  await edit(join(project, 'src/plugin.ts'), '  on: {', '  setup: () => JSON.parse(greeting),\n  on: {');
  await dev.said(
    /ERROR: Cannot go on with .*its setup failed: [^]*Sync with Microsoft OneDrive is complete/,
    mark,
  );
  await create('/six.txt');
  await dev.said(/^my-plugin: Mended words: six\.txt$/m);
  expect(await pid()).toBe(before);

  const why = await succeed(base, 'tidemark', 'plugin', 'why', 'my-plugin', '--confdir', configFolder);
  expect(why).toMatch(
    /^my-plugin 0\.0\.0, in the monitor that runs\n {2}granted {3}events\n {2}ready {5}after \d/,
  );
  expect(why).toMatch(/^ {2}reacted {3}finished: \d+ done, 0 failed, [\d.]+ ms on average$/m);
  const downloads = await succeed(base, 'tidemark', 'plugin', 'why', 'downloader', '--confdir', configFolder);
  expect(downloads).toMatch(/handled {3}DownloadFile: \d+ done, 0 failed, [\d.]+ ms on average/);

  dev.child.kill('SIGTERM');
  expect((await dev.ended).exitCode).toBe(0);
  await expect(stat(configFolder)).rejects.toThrow('ENOENT');
  await expect(fetch(url)).rejects.toThrow();
  process.stdout.write(`  ${took.join(', ')}\n`);
}, 180_000);

it('npm create makes the same project, on the packages of the registry', async () => {
  const folder = await mkdtemp(join(base, 'created-'));
  const command = join(distFolder, 'packages/create-plugin/command.js');
  await succeed(folder, process.execPath, command, 'bell');
  await succeed(folder, 'tidemark', 'plugin', 'new', 'bell', '--in', join(folder, 'other'));
  const [created, made] = await Promise.all(
    ['bell', 'other/bell'].map((name) => readFile(join(folder, name, 'src/plugin.ts'), 'utf8')),
  );
  expect(created).toBe(made);
  expect(JSON.parse(await readFile(join(folder, 'bell/package.json'), 'utf8')).devDependencies).toMatchObject(
    {
      '@tidemark/plugin-sdk': expect.stringMatching(/^\^\d/),
      '@tidemark/plugin-testkit': expect.stringMatching(/^\^\d/),
    },
  );
  const again = await run(folder, process.execPath, command, 'bell');
  expect(again).toEqual({ exitCode: 2, text: expect.stringContaining('the folder holds') });
});

it.each([
  [
    ['plugin', 'new', 'My Plugin'],
    2,
    /Cannot make a plugin "My Plugin": a plugin is called by lower-case letters/,
  ],
  [
    ['plugin', 'new', 'taken', '--in', base],
    2,
    /the folder holds "a\.txt"\. Give another NAME, or another folder/,
  ],
  [['plugin', 'new'], 2, /Missing NAME: 'plugin new NAME'/],
  [['plugin', 'check', './none.ts'], 3, /there is no file .*none\.ts/],
  [
    ['plugin', 'check', 'filter'],
    3,
    /the filters of the settings are called otherwise\. Run: tidemark plugin check settings/,
  ],
  [['plugin', 'check', 'control'], 3, /it is a part of each monitor\. Run: tidemark plugin why control/],
  [['plugin', 'check', 'doctor'], 3, /it is a part of each monitor\. Run: tidemark plugin why doctor/],
  [['plugin', 'run', 'settings', '--drive', 'x'], 3, /there is no bus to reach the daemon over/],
  [
    ['plugin', 'dev', './taken/plain.js', '--settings', './none.json'],
    3,
    /there is no file .*none\.json\. Correct the path/,
  ],
  [['plugin', 'dev', './none.ts'], 3, /there is no file .*none\.ts/],
  [['plugin', 'why', 'nobody'], 1, /Neither a running monitor nor the log at .* knows a plugin "nobody"/],
])('%j ends with %i and says what to do', async (words, exitCode, reason) => {
  await mkdir(join(base, 'taken'), { recursive: true });
  await writeFile(join(base, 'taken/a.txt'), '');
  await writeFile(join(base, 'taken/plain.js'), "export default { name: 'plain' };\n");
  const ended = await run(base, 'tidemark', ...words);
  expect(ended).toEqual({ exitCode, text: expect.stringMatching(reason) });
});
