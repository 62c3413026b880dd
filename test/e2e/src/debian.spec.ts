/** The Debian packages, without Node in them: packing and checking its 120 MB takes minutes (`npm run debian`). */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readlink, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianPackages, sharedFields, writeDebianPackage, type PackagedFile } from '@tidemark/build';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requireCommand } from './namespace.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const base = await mkdtemp(join(tmpdir(), 'debian-'));
const names = ['tidemark', 'tidemark-as-onedrive', 'tidemark-relay'] as const;
const utf8 = { encoding: 'utf8' } as const;
const deb = (name: string): string =>
  join(base, `${name}_0.1.0-1_${name === 'tidemark' ? 'amd64' : 'all'}.deb`);
const root = (name: string): string => join(base, `root-of-${name}`);
const about = (name: string, ...args: readonly string[]): string =>
  execFileSync('dpkg-deb', [...args, deb(name)], utf8);
afterAll(() => rm(base, { recursive: true, force: true }));

const withoutNode = ({ content }: PackagedFile): boolean =>
  !('copyOf' in content && content.copyOf.endsWith('/bin/node'));

async function pack(target: string): Promise<void> {
  const at = new Date('2026-01-02T03:04:05Z');
  const builder = 'Ada <ada@example.com>';
  const arch = { debian: 'amd64', node: 'x64' } as const;
  const sources = { repository, version: '0.1.0-1', builder, at, arch };
  const packing = {
    control: sharedFields(sources),
    work: join(base, 'work'),
    target,
    at,
    compression: 'none',
  } as const;
  for (const one of await debianPackages(sources))
    await writeDebianPackage({ ...one, files: one.files.filter(withoutNode) }, packing);
}

beforeAll(async () => {
  requireCommand('dpkg-deb', 'dpkg');
  await pack(base);
  for (const name of names) execFileSync('dpkg-deb', ['--extract', deb(name), root(name)]);
});

it('packages of the same sources are the same byte by byte, whoever packs them', async () => {
  const again = join(base, 'again');
  await mkdir(again);
  const before = process.umask(0o077);
  await pack(again).finally(() => process.umask(before));
  for (const name of names)
    expect(readFileSync(join(again, basename(deb(name)))).equals(readFileSync(deb(name))), name).toBe(true);
});

it('the command runs from its package, and the name onedrive from another one', async () => {
  const bin = join(root('tidemark'), 'usr/lib/tidemark/node_modules/.bin');
  execFileSync('mkdir', ['-p', bin]);
  await symlink(join(repository, 'node_modules/.bin/node'), join(bin, 'node'));
  const env = { PATH: '/usr/bin:/bin', HOME: base };
  const version = (path: string): string => execFileSync(path, ['--version'], { encoding: 'utf8', env });
  expect(version(join(root('tidemark'), 'usr/bin/tidemark'))).toBe('tidemark v0.1.0\n');
  const link = await readlink(join(root('tidemark-as-onedrive'), 'usr/bin/onedrive'));
  expect(version(join(root('tidemark'), 'usr/bin', link))).toBe('onedrive v0.1.0\n');
});

it('each file is where Debian has its like', async () => {
  const filesOf = async (name: string): Promise<string[]> => {
    const found = await readdir(root(name), { recursive: true, withFileTypes: true });
    const paths = found.filter((one) => !one.isDirectory()).map((one) => join(one.parentPath, one.name));
    return paths.map((path) => path.slice(root(name).length)).toSorted();
  };
  const outside = (paths: readonly string[]): string[] =>
    paths.filter((path) => !path.startsWith('/usr/lib/tidemark/') && !path.startsWith('/usr/share/doc/'));
  expect(outside(await filesOf('tidemark'))).toEqual([
    '/etc/logrotate.d/tidemark',
    '/lib/systemd/system/tidemark@.service',
    '/usr/bin/tidemark',
    '/usr/lib/systemd/user/tidemark-plugin@.service',
    '/usr/lib/systemd/user/tidemark.service',
    '/usr/share/bash-completion/completions/tidemark',
    '/usr/share/fish/vendor_completions.d/tidemark.fish',
    '/usr/share/lintian/overrides/tidemark',
    '/usr/share/man/man1/tidemark.1.gz',
    '/usr/share/zsh/vendor-completions/_tidemark',
  ]);
  expect(outside(await filesOf('tidemark-as-onedrive'))).toEqual([
    '/lib/systemd/system/onedrive@.service',
    '/usr/bin/onedrive',
    '/usr/lib/systemd/user/onedrive.service',
    '/usr/share/bash-completion/completions/onedrive',
    '/usr/share/fish/vendor_completions.d/onedrive.fish',
    '/usr/share/lintian/overrides/tidemark-as-onedrive',
    '/usr/share/man/man1/onedrive.1.gz',
  ]);
  for (const name of names)
    for (const page of ['changelog.Debian.gz', 'changelog.gz', 'copyright'])
      expect(existsSync(join(root(name), 'usr/share/doc', name, page)), `${name}: ${page}`).toBe(true);
  const native = await readdir(join(root('tidemark'), 'usr/lib/tidemark/dist'));
  expect(native.filter((name) => name.endsWith('.node'))).toEqual(['classic-level-x64.node']);
});

it('says what it needs, what it takes the place of, and which files are the administrator’s', () => {
  expect(about('tidemark', '--field')).toMatch(/^Depends: .*libatomic1.*libc6.*libstdc\+\+6/m);
  expect(about('tidemark-as-onedrive', '--field')).toMatch(
    /^Depends: tidemark \(>= 0\.1\.0-1\)\nProvides: onedrive\nConflicts: onedrive\nReplaces: onedrive$/m,
  );
  const conffiles = (name: string): string =>
    execFileSync('dpkg-deb', ['--info', deb(name), 'conffiles'], utf8);
  expect(conffiles('tidemark')).toBe('/etc/logrotate.d/tidemark\n');
  expect(conffiles('tidemark-relay')).toBe('/etc/tidemark-relay/config\n/etc/tidemark-relay/tidemark.conf\n');
  expect(about('tidemark-as-onedrive', '--info')).not.toContain('conffiles');
  for (const name of names)
    for (const line of about(name, '--contents').trim().split('\n'))
      expect(line).toMatch(/^(?:-rw-r--r--|[-d]rwxr-xr-x|lrwxrwxrwx) root\/root +\d+ 2026-01-02 03:04 \.\//);
});

it('carries the licences of Node and of every library', async () => {
  const doc = join(root('tidemark'), 'usr/share/doc/tidemark');
  const licences = execFileSync('gzip', ['-dc', join(doc, 'licences.txt.gz')], { encoding: 'utf8' });
  for (const line of [/^classic-level \S+: MIT$/m, /The LevelDB Authors/, /^xstate /m, /^uplot /m, /^nats /m])
    expect(licences).toMatch(line);
  expect((await stat(join(doc, 'node-licence.gz'))).size).toBeGreaterThan(10_000);
});

// lintian brings a hundred packages of its own: where it is not installed, only `npm run debian` runs it.
it.skipIf(spawnSync('lintian', ['--version']).error !== undefined)('satisfies lintian', () => {
  const ended = spawnSync('lintian', ['--fail-on', 'error,warning', ...names.map(deb)], { encoding: 'utf8' });
  const complaints = `${ended.stdout}${ended.stderr}`.split('\n').filter((line) => /^[EW]: /.test(line));
  // The packages of this test are packed quickly and without Node.
  expect(complaints.filter((line) => !/uses-no-compression|mismatched-override/.test(line))).toEqual([]);
});

const scripts = [
  ...['postinst', 'prerm'].map((name) => `tools/build/debian/tidemark/${name}`),
  ...['postinst', 'postrm', 'prerm'].map((name) => `tools/build/debian/tidemark-relay/${name}`),
  ...['.ci/run', 'apps/daemon/packaging/entrypoint.sh', 'dist/tidemark', 'dist/completions/tidemark.bash'],
  ...['certbot', 'sudo', 'systemctl'].map((name) => `test/e2e/src/pages/stand-ins/${name}`),
];

it('every shell script of the repository is one of these', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: repository, encoding: 'utf8' }).trim().split('\n');
  const found = tracked.filter((path) =>
    /^#!.*\b(?:ba)?sh\b/.test(readFileSync(join(repository, path), 'latin1').slice(0, 80)),
  );
  expect(found.toSorted()).toEqual(scripts.filter((path) => !path.startsWith('dist/')).toSorted());
});

// Welcome, not needed: CONTRIBUTING.md.
it.skipIf(spawnSync('shellcheck', ['--version']).error !== undefined).each(scripts)(
  'shellcheck finds nothing in %s',
  (path) => {
    const shell = path.endsWith('.bash') ? 'bash' : 'sh';
    const ended = spawnSync('shellcheck', ['--shell', shell, path], { cwd: repository, encoding: 'utf8' });
    expect(ended.stdout + ended.stderr).toBe('');
  },
);
