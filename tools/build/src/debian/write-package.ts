/** Puts a package together with dpkg-deb. The same sources give the same bytes. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  copyFile,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  lutimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { DebianPackage, PackagedFile } from './debian-package.ts';

const run = promisify(execFile);

export interface Packing {
  /** Fields that every package has. */
  readonly control: Readonly<Record<string, string>>;
  /** An absolute path: is made, and left empty. */
  readonly work: string;
  /** An absolute path of a folder that is there: the package goes into it. */
  readonly target: string;
  /** Every file is of this moment. */
  readonly at: Date;
  /** `none` is quick. */
  readonly compression: 'none' | 'xz';
}

/** @returns the path of the package. Throws when a program that it needs (dpkg-deb, strip) is missing or refuses. */
export async function writeDebianPackage(one: DebianPackage, packing: Packing): Promise<string> {
  const root = join(packing.work, one.name);
  await mkdir(join(root, 'DEBIAN'), { recursive: true });
  for (const file of one.files) await place(file, root);
  if (one.overrides !== undefined)
    await place(
      { path: `usr/share/lintian/overrides/${one.name}`, content: { text: asLines(one.overrides) } },
      root,
    );
  await writeControl(one, packing, root);
  await evenModes(root);
  await setTimes(root, packing.at);
  const fields = { ...packing.control, ...one.control };
  const path = join(packing.target, `${one.name}_${fields['Version']}_${fields['Architecture']}.deb`);
  const epoch = `${Math.floor(packing.at.getTime() / 1_000)}`;
  await run('dpkg-deb', [`-Z${packing.compression}`, '--root-owner-group', '--build', root, path], {
    env: { ...process.env, SOURCE_DATE_EPOCH: epoch },
  });
  await rm(packing.work, { recursive: true });
  return path;
}

async function place({ path, content, as }: PackagedFile, root: string): Promise<void> {
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  if ('linkTo' in content) return symlink(content.linkTo, target);
  if (as === 'gzip') {
    const bytes = 'text' in content ? Buffer.from(content.text) : await readFile(content.copyOf);
    return writeFile(target, gzipSync(bytes, { level: 9 }));
  }
  if ('text' in content) return writeFile(target, content.text);
  await cp(content.copyOf, target, { recursive: true });
  if (as === 'stripped') await run('strip', ['--strip-unneeded', target]);
  if (as !== undefined) await chmod(target, 0o755);
}

/** Modes do not depend on the umask under which the sources were checked out, or are packed. */
async function evenModes(root: string): Promise<void> {
  for (const path of [...(await everythingIn(root)), root]) {
    const { mode, isLink, isFolder } = await kindOf(path);
    if (!isLink) await chmod(path, isFolder || (mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
}

async function writeControl(one: DebianPackage, packing: Packing, root: string): Promise<void> {
  const folder = join(root, 'DEBIAN');
  const contents = (await everythingIn(root)).filter((path) => !path.startsWith(folder));
  const sizes = await Promise.all(contents.map(kibibytesOf));
  const fields = {
    Package: one.name,
    ...packing.control,
    'Installed-Size': `${sizes.reduce((sum, size) => sum + size, 0)}`,
    ...one.control,
  };
  await writeFile(join(folder, 'md5sums'), await sumsOf(contents, root));
  const { Description: description, ...others } = { Description: '', ...fields };
  const lines = Object.entries(others).map(([name, value]) => `${name}: ${value}`);
  await writeFile(join(folder, 'control'), asLines([...lines, `Description: ${description}`]));
  if (one.conffiles !== undefined) await writeFile(join(folder, 'conffiles'), asLines(one.conffiles));
  if (one.scripts !== undefined)
    for (const script of ['preinst', 'postinst', 'prerm', 'postrm']) {
      if (!(await readdir(one.scripts)).includes(script)) continue;
      await copyFile(join(one.scripts, script), join(folder, script));
      await chmod(join(folder, script), 0o755);
    }
}

/** As Debian counts them: the size of a folder is the file system's affair. */
async function kibibytesOf(path: string): Promise<number> {
  const stat = await lstat(path);
  return stat.isFile() ? Math.ceil(stat.size / 1_024) : 1;
}

/** By which `dpkg --verify` tells files that changed. */
async function sumsOf(paths: readonly string[], root: string): Promise<string> {
  const lines: string[] = [];
  for (const path of paths.toSorted()) {
    if (!(await lstat(path)).isFile()) continue;
    const sum = createHash('md5')
      .update(await readFile(path))
      .digest('hex');
    lines.push(`${sum}  ${path.slice(root.length + 1)}`);
  }
  return asLines(lines);
}

async function setTimes(root: string, at: Date): Promise<void> {
  for (const path of [...(await everythingIn(root)), root]) await lutimes(path, at, at);
}

/** What is in a folder comes before it, so that the times of folders can be set. */
async function everythingIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.map((name) => join(folder, name)).toSorted((left, right) => right.length - left.length);
}

async function kindOf(
  path: string,
): Promise<{ readonly mode: number; readonly isLink: boolean; readonly isFolder: boolean }> {
  const stat = await lstat(path);
  return { mode: stat.mode, isLink: stat.isSymbolicLink(), isFolder: stat.isDirectory() };
}

const asLines = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
