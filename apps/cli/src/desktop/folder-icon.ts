/** The icon of a folder in file managers that use GTK. It is kept outside the folder, so nothing of it is synced. */
import { spawnSync } from 'node:child_process';

/** Themes without it show the ordinary folder. */
export const iconName = 'folder-onedrive';

const attribute = 'metadata::custom-icon-name';

/** One that the user chose stays. */
export function setIcon(folder: string): void {
  const { status, stdout } = gio('info', '-a', attribute, folder);
  if (status === 0 && !stdout.includes(`${attribute}: `)) gio('set', folder, attribute, iconName);
}

export function unsetIcon(folder: string): void {
  const { status, stdout } = gio('info', '-a', attribute, folder);
  if (status === 0 && stdout.includes(`${attribute}: ${iconName}\n`))
    gio('set', '-t', 'unset', folder, attribute);
}

/** Where the program is not there, there is no icon: the folder is synced all the same. */
const gio = (...args: readonly string[]): { readonly status: number | null; readonly stdout: string } =>
  spawnSync('gio', args, { encoding: 'utf8', timeout: 2_000, stdio: ['ignore', 'pipe', 'ignore'] });
