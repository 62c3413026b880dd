/** Writes settings into the config file of the profile, as by hand. */
import type { Profile } from '@tidemark/daemon';
import { errnoOf, escaped } from '@tidemark/disk';
import { withSetting } from '@tidemark/settings';
import { replaceFile } from '../replace-file.ts';

/** Null: they are written. Otherwise why not, and what to do, in two lines. */
export function keepSettings(
  { files, configText }: Profile,
  settings: Readonly<Record<string, string>>,
): readonly [string, string] | null {
  let text = configText ?? '';
  for (const [key, value] of Object.entries(settings)) text = withSetting(text, key, value);
  try {
    replaceFile(files.config, text);
    return null;
  } catch (error) {
    const code = errnoOf(error);
    if (code === null) throw error;
    const lines = Object.entries(settings).map(([key, value]) => `${key} = "${value}"`);
    return [
      `Cannot write into "${escaped(files.config)}": ${code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code}`,
      `Write into it yourself: ${lines.join(' and ')}`,
    ];
  }
}
