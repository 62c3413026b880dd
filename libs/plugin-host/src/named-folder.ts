/** The folder that the user of a plugin named in one of its settings. */
import type { NamedBySetting, Plugin } from '@tidemark/plugin-sdk';
import { SetupError } from './setup-error.ts';

/** As it stands there. Throws SetupError when it is no text. */
export function folderIn({ name }: Plugin, { setting }: NamedBySetting, config: unknown): string {
  const folder = new Map<string, unknown>(Object.entries(config ?? {})).get(setting);
  if (typeof folder === 'string' && folder !== '') return folder;
  throw new SetupError(
    name,
    `its setting "${setting}" names the folder that it keeps files in, and holds none`,
    `Write the path of a folder there, in plugins/${name}.json`,
  );
}
