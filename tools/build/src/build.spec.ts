import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildInto, commandNames } from './index.ts';

/** A program that tells how it was started and uses the native addon, but only when asked to. */
const program = `
  if (process.argv[2] === 'log') {
    const { Level } = await import('level');
    const log = new Level(process.argv[3], { valueEncoding: 'utf8' });
    await log.put('key', 'kept');
    process.stdout.write(await log.get('key'));
    await log.close();
  } else {
    const { SQLITE_DENY } = await import('node:sqlite').then((module) => module.constants);
    process.emitWarning('seen by users', 'DeprecationWarning');
    process.emitWarning('not seen by users', 'ExperimentalWarning');
    process.stdout.write(JSON.stringify({
      calledAs: process.env.TIDEMARK_CALLED_AS,
      extraCertificates: process.env.NODE_EXTRA_CA_CERTS,
      anyCertificate: process.env.NODE_TLS_REJECT_UNAUTHORIZED,
      cache: process.env.NODE_COMPILE_CACHE,
      cwd: process.cwd(),
      words: process.argv.slice(2),
      flags: process.execArgv,
      version: process.version,
      umask: process.umask(),
      sqlite: typeof SQLITE_DENY,
    }));
  }
`;

const workspace = fileURLToPath(new URL('../../../', import.meta.url));
// With a space and a quote in its name, as real folders have.
const base = mkdtempSync(join(realpathSync(tmpdir()), "launcher's test-"));
const repository = join(base, 'repository');
const home = join(base, 'home');
const plainEnvironment = { PATH: '/usr/bin:/bin', HOME: home };

const run = (
  command: string,
  words: readonly string[] = [],
  environment: Record<string, string> = plainEnvironment,
  cwd = '/',
): { readonly status: number | null; readonly out: string; readonly complaint: string } => {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, env: environment, encoding: 'utf8' });
  return { status, out: stdout, complaint: stderr };
};

beforeAll(async () => {
  mkdirSync(join(repository, 'src'), { recursive: true });
  mkdirSync(home);
  symlinkSync(join(workspace, 'node_modules'), join(repository, 'node_modules'));
  writeFileSync(join(repository, 'src/main.ts'), program);
  await buildInto(join(repository, 'dist'), {
    entry: join(repository, 'src/main.ts'),
    stagingFolder: join(repository, 'staging'),
  });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

for (const name of commandNames)
  test(`${name} starts by its absolute path from any folder, with hardly anything on the PATH`, () => {
    const { status, out, complaint } = run(join(repository, 'dist', name), ['--monitor', 'a b', '']);
    expect(complaint).not.toContain('Experimental');
    expect(complaint).toContain('seen by users');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      calledAs: name,
      cwd: '/',
      words: ['--monitor', 'a b', ''],
      version: execFileSync(join(workspace, 'node_modules/.bin/node'), ['--version'], {
        encoding: 'utf8',
      }).trim(),
      flags: expect.arrayContaining(['--use-system-ca']),
      sqlite: 'number',
    });
  });

test('it starts through symbolic links, found on the PATH, and knows the name it was called by', () => {
  const bin = join(base, 'bin');
  mkdirSync(bin);
  symlinkSync(join(repository, 'dist/tidemark'), join(base, 'first'));
  symlinkSync('../first', join(bin, 'onedrive'));
  const environment = { ...plainEnvironment, PATH: `${bin}:/usr/bin:/bin` };
  const { status, out } = run('onedrive', [], environment, home);
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ calledAs: 'onedrive', cwd: home });
});

test('it passes exit codes on, and leaves what the user set in the environment alone', () => {
  const environment = {
    ...plainEnvironment,
    NODE_EXTRA_CA_CERTS: '/dev/null',
    NODE_COMPILE_CACHE: join(base, 'mine'),
  };
  const seen = JSON.parse(run(join(repository, 'dist/tidemark'), [], environment).out);
  expect(seen).toMatchObject({ extraCertificates: '/dev/null', cache: join(base, 'mine') });
  expect(run(join(repository, 'dist/tidemark'), ['log', '/dev/null/no']).status).toBe(1);
});

test('the environment cannot switch off the check of certificates', () => {
  const environment = { ...plainEnvironment, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const { out, complaint } = run(join(repository, 'dist/tidemark'), [], environment);
  expect(JSON.parse(out)).not.toHaveProperty('anyCertificate');
  expect(complaint).not.toContain('NODE_TLS_REJECT_UNAUTHORIZED');
});

test("compiled code is cached in the user's cache folder, which nobody else can write to", () => {
  const seen = JSON.parse(run(join(repository, 'dist/tidemark')).out);
  expect(seen.cache).toBe(join(home, '.cache/tidemark/compiled'));
  expect(statSync(join(home, '.cache/tidemark')).mode & 0o777).toBe(0o700);
  expect(existsSync(seen.cache)).toBe(true);
  const elsewhere = JSON.parse(
    run(join(repository, 'dist/tidemark'), [], { ...plainEnvironment, XDG_CACHE_HOME: join(base, 'xdg') })
      .out,
  );
  expect(elsewhere.cache).toBe(join(base, 'xdg/tidemark/compiled'));
});

test('it starts without a home folder and with one that cannot be written to, without a cache', () => {
  for (const environment of [{ PATH: '/usr/bin:/bin' }, { PATH: '/usr/bin:/bin', HOME: '/dev/null' }]) {
    const { status, out, complaint } = run(join(repository, 'dist/tidemark'), [], environment);
    expect([status, complaint.includes('cache')]).toEqual([0, false]);
    expect(JSON.parse(out).cache).toBeUndefined();
  }
});

test('the native addon is found beside the bundle, and what is not used is not loaded', () => {
  expect(run(join(repository, 'dist/tidemark'), ['log', join(base, 'log')]).out).toBe('kept');
  const files = readdirSync(join(repository, 'dist'));
  expect(files.filter((file) => file.endsWith('.node'))).toEqual([
    'classic-level-arm64.node',
    'classic-level-x64.node',
  ]);
  expect(statSync(join(repository, 'dist/main.mjs')).size).toBeLessThan(5_000);
  expect(files.filter((file) => file.endsWith('.mjs')).length).toBeGreaterThan(1);
});

test('without its Node it says what to run', () => {
  const bare = join(base, 'bare');
  mkdirSync(join(bare, 'dist'), { recursive: true });
  writeFileSync(join(bare, 'dist/tidemark'), execFileSync('cat', [join(repository, 'dist/tidemark')]));
  chmodSync(join(bare, 'dist/tidemark'), 0o755);
  const missing = `tidemark: Node is missing in ${bare}/node_modules.`;
  expect(run(join(bare, 'dist/tidemark'))).toEqual({
    ...{ status: 1, out: '' },
    complaint: `${missing} npm passes over what it cannot fetch: install Tidemark again, where it can\n`,
  });
  writeFileSync(join(bare, 'package-lock.json'), '{}');
  expect(run(join(bare, 'dist/tidemark'))).toEqual({
    ...{ status: 1, out: '' },
    complaint: `${missing} Run: cd '${bare}' && npm ci\n`,
  });
});

test('a build that fails leaves the last good one in place', async () => {
  writeFileSync(join(repository, 'src/broken.ts'), "import './missing.ts';\n");
  const attempt = buildInto(join(repository, 'dist'), {
    entry: join(repository, 'src/broken.ts'),
    stagingFolder: join(repository, 'staging'),
  });
  await expect(attempt).rejects.toThrow('missing.ts');
  expect(run(join(repository, 'dist/tidemark')).status).toBe(0);
  expect(readdirSync(join(repository, 'staging'))).toEqual([]);
});
