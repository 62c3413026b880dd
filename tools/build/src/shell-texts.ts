/** Manual pages and completions, made from the tables of options and switches. */
import { readFile } from 'node:fs/promises';
import { renderCompletions, renderManPage, shells } from '@tidemark/settings';
import { commandNames } from './build-into.ts';

/** By path below the target. @param repository absolute path with a slash at its end */
export async function shellTexts(repository: string): Promise<ReadonlyMap<string, string>> {
  const manifest: unknown = JSON.parse(await readFile(`${repository}apps/cli/package.json`, 'utf8'));
  const { version } = manifest as { readonly version: string };
  return new Map([
    ...commandNames.map((name) => [`man/${name}.1`, renderManPage(name, version)] as const),
    ...shells.map((shell) => [`completions/${completionFile[shell]}`, renderCompletions(shell)] as const),
  ]);
}

/** zsh finds a function of its path by the name of its file, and for completions only where that begins so. */
export const completionFile = { bash: 'tidemark.bash', fish: 'tidemark.fish', zsh: '_tidemark' } as const;
