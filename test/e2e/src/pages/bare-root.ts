/**
 * `npm run bare-root`: installs the tarball and the Debian packages on bare Debian roots, and runs the page of five minutes in each. As root; needs
 * debootstrap, a Debian mirror and a package registry, which it takes from the configuration of this machine. It takes minutes, so no test
 * runs it. First: `npm pack && npm run debian`.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { blocksOf, runBlock, type Block } from './run-page.ts';

/** `--base FOLDER`: a bare root that is there already. `--with-npm FOLDER`: one with npm in it as well. */
const { values } = parseArgs({ options: { base: { type: 'string' }, 'with-npm': { type: 'string' } } });
const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const work = await mkdtemp(join(tmpdir(), 'bare-root-'));
const page = await readFile(join(repository, 'apps/cli/docs/five-minutes.md'), 'utf8');

/** Where every command of a root runs, with nothing of this machine but its network. */
const inRoot = (root: string): readonly [string, ...string[]] => [
  ...(['unshare', '--mount', '--fork', '--pid', `--mount-proc=${join(root, 'proc')}`] as const),
  ...['chroot', root, 'sh'],
];
const environment = {
  PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
  ...(fromNpm('registry') !== null && { npm_config_registry: `${fromNpm('registry')}` }),
  ...(fromNpm('cafile') !== null && { npm_config_cafile: '/root/registry.pem' }),
};

try {
  const base = values.base ?? join(work, 'base');
  if (values.base === undefined) timed('debootstrap', () => bootstrap(base));
  await fromPackages(base);
  await fromTarball(base);
  process.stdout.write('Both roots sync.\n');
} finally {
  await rm(work, { recursive: true, force: true });
}

async function fromPackages(base: string): Promise<void> {
  const root = await freshRoot(base, 'packages');
  const names = (await readdir(join(repository, 'release'))).filter((name) => name.endsWith('.deb'));
  for (const name of names) await cp(join(repository, 'release', name), join(root, 'tmp', name));
  timed('apt-get installs the packages', () => {
    must(root, 'apt-get -qq update');
    must(
      root,
      `apt-get -qq --yes --no-install-recommends install ${names.map((name) => `/tmp/${name}`).join(' ')}`,
    );
  });
  must(root, 'tidemark --version && onedrive --version && dpkg --verify tidemark tidemark-as-onedrive');
  must(root, 'test "$(stat -c %U:%a /etc/tidemark-relay)" = tidemark-relay:700');
  await readPage(
    root,
    blocksOf(page).filter(({ kind }) => kind === ''),
  );
  timed('apt-get takes them away', () => must(root, "apt-get -qq --yes purge 'tidemark*'"));
  must(root, '! ls -d /usr/lib/tidemark /etc/tidemark-relay /etc/logrotate.d/tidemark 2>/dev/null');
  must(root, 'test -e /root/OneDrive/hello.txt && test -e /root/.config/onedrive/refresh_token');
}

async function fromTarball(base: string): Promise<void> {
  const root = await freshRoot(values['with-npm'] ?? base, 'tarball');
  if (values['with-npm'] === undefined)
    timed('apt-get installs npm', () => {
      must(root, 'apt-get -qq update');
      must(root, 'apt-get -qq --yes --no-install-recommends install ca-certificates libatomic1 npm');
    });
  await cp(join(repository, 'tidemark-0.1.0.tgz'), join(root, 'root/tidemark-0.1.0.tgz'));
  const authority = fromNpm('cafile');
  if (authority !== null) await cp(authority, join(root, 'root/registry.pem'), { dereference: true });
  await readPage(
    root,
    blocksOf(page).filter(({ kind }) => kind === '' || kind === 'install'),
  );
  must(root, 'test -e /usr/local/share/man/man1/tidemark.1');
}

/** A copy, with an account and a drive that it syncs with. */
async function freshRoot(base: string, name: string): Promise<string> {
  const root = join(work, name);
  // Node's own copy keeps no owners.
  spawnSync('cp', ['-a', base, root]);
  await cp('/etc/resolv.conf', join(root, 'etc/resolv.conf'), { dereference: true });
  return root;
}

async function readPage(root: string, blocks: readonly Block[]): Promise<void> {
  await using simulator = await drive();
  const config = join(root, 'root/.config/onedrive');
  await mkdir(config, { recursive: true });
  await cp(simulator.caFile, join(config, 'simulator.pem'));
  const own = {
    graph_endpoint: simulator.graphUrl,
    login_endpoint: simulator.loginUrl,
    ca_file: '/root/.config/onedrive/simulator.pem',
  };
  await writeFile(join(config, 'tidemark.conf'), lines(own));
  await writeFile(join(config, 'config'), lines({ application_id: '11111111-2222-3333-4444-555555555555' }));
  const shell = [...inRoot(root), '-c', 'cd && exec sh "$@"', 'sh'] as const;
  const reader = { shell, environment, folder: '/', caFile: simulator.caFile } as const;
  const started = performance.now();
  for (const block of blocks) {
    const { exitCode, text } = await runBlock(block, reader);
    process.stdout.write(`${block.commands.replaceAll(/^(?=.)/gm, '$ ')}${text}`);
    if (exitCode !== 0) throw new Error(`The page failed in ${basename(root)} with exit code ${exitCode}`);
  }
  if (
    simulator
      .drive()
      .dump()
      .every(({ path }) => path !== '/hello.txt')
  )
    throw new Error('hello.txt is not on the drive');
  process.stdout.write(`The page took ${seconds(started)} s\n\n`);
}

async function drive(): Promise<Simulator & AsyncDisposable> {
  const simulator = await startSimulator({
    tree: [{ path: '/notes/a.txt', content: 'on the drive' }],
    stateFolder: work,
  });
  return Object.assign(simulator, { [Symbol.asyncDispose]: () => simulator.close() });
}

function bootstrap(folder: string): void {
  const ended = spawnSync('debootstrap', ['--variant=minbase', 'bookworm', folder, ...mirror()], {
    encoding: 'utf8',
  });
  if (ended.status !== 0) throw new Error(`debootstrap: ${ended.error?.message ?? ended.stdout.slice(-500)}`);
}

/** The one from which this machine itself has its packages of this release; none: debootstrap's own. */
function mirror(): readonly string[] {
  const format = ['indextargets', '--format', '$(RELEASE) $(SITE)', 'Identifier: Packages'];
  const known = spawnSync('apt-get', format, { encoding: 'utf8' }).stdout;
  const [, site] = /^bookworm (\S+)$/m.exec(known) ?? [];
  return site === undefined ? [] : [site];
}

/** What this machine's npm is set up with, to find its packages. */
function fromNpm(key: 'cafile' | 'registry'): string | null {
  const value = spawnSync('npm', ['config', 'get', key], { encoding: 'utf8', cwd: '/' }).stdout.trim();
  return value === '' || value === 'null' || value === 'undefined' ? null : value;
}

function must(root: string, commands: string): void {
  const [program, ...words] = inRoot(root);
  const ended = spawnSync(program, [...words, '-e', '-c', commands], { encoding: 'utf8', env: environment });
  if (ended.status !== 0)
    throw new Error(`${commands}:\n${ended.stdout.slice(-2_000)}${ended.stderr.slice(-2_000)}`);
}

function timed(what: string, act: () => void): void {
  const started = performance.now();
  act();
  process.stdout.write(`${what}: ${seconds(started)} s\n`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}

function lines(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key} = "${value}"\n`)
    .join('');
}
