/** Writes settings into the config file of the profile, as by hand. */
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import type { Profile } from '@tidemark/daemon';
import { errnoOf, escaped } from '@tidemark/disk';
import { withSetting } from '@tidemark/settings';

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

/** Whole or not at all. A link stays a link, and owner and mode stay what they are. */
function replaceFile(path: string, text: string): void {
  const isThere = existsSync(path);
  const target = isThere ? realpathSync(path) : path;
  const before = isThere ? statSync(target) : null;
  const temporary = `${target}.new`;
  rmSync(temporary, { force: true });
  const fd = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    if (before !== null) {
      const own = statSync(temporary);
      if (own.uid !== before.uid || own.gid !== before.gid) chownSync(temporary, before.uid, before.gid);
      chmodSync(temporary, before.mode & 0o7777);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
