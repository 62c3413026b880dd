/** What authors of plugins install: the tarballs of what is published, and of what it depends on, packed anew so that no registry is needed. */
import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));

export interface Ended {
  readonly exitCode: number;
  readonly text: string;
}

/** With the pinned Node and the compiler of the repository on the PATH. */
export function runIn(folder: string, command: string, ...args: readonly string[]): Promise<Ended> {
  const path = [join(repository, 'node_modules/.bin'), process.env['PATH']].join(':');
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { cwd: folder, encoding: 'utf8', env: { ...process.env, PATH: path } },
      (error, stdout, stderr) =>
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), text: stdout + stderr }),
    );
  });
}

/** Packs into `folder`, which it makes. `foreign`: names of packages that are not ours. Throws an Error when npm does. */
export async function packInto(folder: string, foreign: readonly string[]): Promise<readonly string[]> {
  await mkdir(folder);
  const { exitCode, text } = await runIn(
    ...([folder, 'npm', 'pack', '--silent', '--ignore-scripts'] as const),
    ...['plugin-sdk', 'plugin-testkit'].map((name) => join(repository, 'dist/packages', name)),
    ...foreign.map((name) => join(repository, 'node_modules', name)),
  );
  if (exitCode !== 0) throw new Error(text);
  return (await readdir(folder)).map((name) => join(folder, name));
}
