/** `plugin new`: a project with one plugin, its test, and all that it is built on. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProjectRefused, writeProject } from '@tidemark/create-plugin';
import { sdkVersion } from '@tidemark/plugin-sdk';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';

/** Where `npm run build` puts what authors install. */
const packagesFolder = fileURLToPath(new URL('./packages/', import.meta.url));

export async function newPlugin(
  { output, commandLine }: CommandContext,
  action: { readonly name: string; readonly folder?: string },
): Promise<number> {
  const folder = resolve(action.folder ?? '.', action.name);
  const tarballs = await builtTarballs();
  const version = (name: string): string => {
    const tarball = tarballs.find((file) => file.startsWith(`tidemark-${name}-`));
    return tarball === undefined ? `^${sdkVersion}` : `file:packages/${tarball}`;
  };
  try {
    await writeProject(folder, {
      name: action.name,
      ...{ sdk: version('plugin-sdk'), testkit: version('plugin-testkit'), fits: `^${sdkVersion}` },
    });
  } catch (error) {
    if (!(error instanceof ProjectRefused)) throw error;
    output.errorLine(`ERROR: ${error.message}`);
    return exitCodeOf('usage', commandLine);
  }
  if (tarballs.length > 0) await mkdir(join(folder, 'packages'));
  for (const file of tarballs) await copyFile(join(packagesFolder, file), join(folder, 'packages', file));
  output.line(`Made the plugin "${action.name}" in ${folder}`);
  output.line(`Next: cd '${relative('', folder) || '.'}' && npm install && npm test && npm run dev`);
  output.line("'npm run dev' needs tidemark on the PATH");
  return 0;
}

/** Copied into the project, so that it installs on any machine. None: the registry has them. */
async function builtTarballs(): Promise<readonly string[]> {
  if (!existsSync(packagesFolder)) return [];
  const files = await readdir(packagesFolder);
  return files.filter((file) => /^tidemark-plugin-(?:sdk|testkit)-.+\.tgz$/.test(file));
}
