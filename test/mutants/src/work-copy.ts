/** A copy of the working tree in the temporary folder, in which faults can be planted. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { planted, type Mutant } from './mutant.ts';

const run = promisify(execFile);

export interface WorkCopy {
  readonly root: string;
  /** Runs `work` while the fault is in the copy. */
  withMutant<Result>(mutant: Mutant, work: () => Promise<Result>): Promise<Result>;
  remove(): Promise<void>;
}

export async function createWorkCopy(root: string): Promise<WorkCopy> {
  const copy = await mkdtemp(join(tmpdir(), 'tidemark-mutants-'));
  const remove = (): Promise<void> => rm(copy, { recursive: true, force: true });
  try {
    for (const file of await filesOf(root)) await copied(join(root, file), join(copy, file));
    await linkModules(join(root, 'node_modules'), join(copy, 'node_modules'));
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    root: copy,
    remove,
    async withMutant(mutant, work) {
      const path = join(copy, mutant.file);
      const text = await readFile(path, 'utf8');
      await writeFile(path, planted(text, mutant));
      try {
        return await work();
      } finally {
        await writeFile(path, text);
      }
    },
  };
}

async function filesOf(root: string): Promise<readonly string[]> {
  const args = ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await run('git', args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\0').filter((file) => file !== '');
}

/** A file that git knows may be deleted in the tree. */
async function copied(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  });
}

/** Packages of others are those of the tree. The links to our own projects are relative, so theirs lead into the copy. */
async function linkModules(from: string, to: string): Promise<void> {
  const ours = '@tidemark';
  await mkdir(join(to, ours), { recursive: true });
  for (const name of await readdir(from))
    if (name !== ours && !name.startsWith('.')) await symlink(join(from, name), join(to, name));
  for (const name of await readdir(join(from, ours)))
    await symlink(await readlink(join(from, ours, name)), join(to, ours, name));
}
