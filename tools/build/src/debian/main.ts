/**
 * `npm run debian`: Debian packages of what `npm run build` made, in `release/`. DEBFULLNAME and DEBEMAIL say who builds, as with Debian's
 * own tools.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { debianPackages, sharedFields } from './packages.ts';
import { writeDebianPackage } from './write-package.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    into: { type: 'string', default: `${repository}release` },
  },
});
const processors = {
  arm64: { debian: 'arm64', node: 'arm64' },
  x64: { debian: 'amd64', node: 'x64' },
} as const;
const { arch: here } = process;
if (here !== 'arm64' && here !== 'x64') throw new Error(`There is no Node for ${here} in package.json`);

const manifest: { readonly version: string } = JSON.parse(
  await readFile(`${repository}package.json`, 'utf8'),
);
const { DEBFULLNAME: name = 'Tidemark', DEBEMAIL: address = 'tidemark@packages.debian.org' } = process.env;
const builder = `${name} <${address}>`;
const version = `${manifest.version}-1`;
const at = await lastCommit();
await mkdir(values.into, { recursive: true });
const work = `${repository}node_modules/.tidemark-debian`;
await rm(work, { recursive: true, force: true });
const control = sharedFields({ version, builder });
const written: string[] = [];
const packages = await debianPackages({ repository, version, arch: processors[here], builder, at });
for (const one of packages) {
  const compression = values.quick ? 'none' : 'xz';
  const path = await writeDebianPackage(one, { control, work, target: values.into, at, compression });
  const { size } = await stat(path);
  process.stdout.write(`${basename(path)}: ${(size / 1e6).toFixed(1)} MB\n`);
  written.push(path);
}
if (!values.quick) checkPackages(written);

/** What is quick is not packed as lintian wants it. */
function checkPackages(paths: readonly string[]): void {
  const { error, status } = spawnSync('lintian', ['--fail-on', 'error,warning', ...paths], {
    stdio: 'inherit',
  });
  if (error !== undefined) process.stdout.write('Not checked: lintian is not installed\n');
  else process.exitCode = status ?? 1;
}

/** A package of the same commit is the same. Without git, of now. */
async function lastCommit(): Promise<Date> {
  const { status, stdout } = spawnSync('git', ['log', '-1', '--format=%ct'], {
    cwd: repository,
    encoding: 'utf8',
  });
  return status === 0 ? new Date(Number(stdout.trim()) * 1_000) : new Date();
}
