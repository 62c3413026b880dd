/** `display_manager_integration`: while a monitor runs, the sync folder is in the side bar of the file manager, with an icon of its own. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errnoOf } from '@tidemark/disk';
import { makeFolders } from '@tidemark/folders';
import { replaceFile } from '../replace-file.ts';
import { iconName, setIcon, unsetIcon } from './folder-icon.ts';
import { withBookmark, withoutBookmark } from './gtk-bookmarks.ts';
import { withoutPlace, withPlace } from './kde-places.ts';
import { type Desktop, desktopOf } from './session.ts';

export interface ShownFolder {
  /** Shows this folder and no other; null: none. */
  show(folder: string | null): void;
}

/** `warn`: told what was not possible; the folder is synced all the same. */
export function createShownFolder(
  environment: NodeJS.ProcessEnv,
  home: string,
  warn: (line: string) => void,
): ShownFolder {
  const desktop = desktopOf(environment);
  let shown: string | null = null;

  function change(folder: string, to: 'shown' | 'hidden'): void {
    if (desktop === null) return;
    try {
      rewrite(listOf(desktop, environment, home), (text) => changed[desktop](text, folder, to));
    } catch (error) {
      const code = errnoOf(error);
      if (code === null) throw error;
      warn(`WARNING: The list of places of the file manager cannot be written (${code}): ${folder}`);
    }
    if (desktop === 'gnome') (to === 'shown' ? setIcon : unsetIcon)(folder);
  }

  return {
    show(folder) {
      if (folder === shown) return;
      if (shown !== null) change(shown, 'hidden');
      if (folder !== null) change(folder, 'shown');
      shown = folder;
    },
  };
}

const changed: Readonly<
  Record<Desktop, (text: string, folder: string, to: 'shown' | 'hidden') => string | null>
> = {
  gnome: (text, folder, to) =>
    (to === 'shown' ? withBookmark : withoutBookmark)(text, uriOf(folder), labelOf(folder)),
  kde: (text, folder, to) =>
    to === 'shown'
      ? withPlace(text, uriOf(folder), labelOf(folder), iconName)
      : withoutPlace(text, uriOf(folder)),
};

const uriOf = (folder: string): string => pathToFileURL(folder).href;
/** A line end in a name would be a bookmark more. */
const labelOf = (folder: string): string => basename(folder).replace(/\p{Cc}+/gu, ' ');

function listOf(desktop: Desktop, environment: NodeJS.ProcessEnv, home: string): string {
  const folder = (variable: string, otherwise: string): string => {
    const value = environment[variable];
    return value?.startsWith('/') === true ? value : join(home, otherwise);
  };
  return desktop === 'gnome'
    ? join(folder('XDG_CONFIG_HOME', '.config'), 'gtk-3.0/bookmarks')
    : join(folder('XDG_DATA_HOME', '.local/share'), 'user-places.xbel');
}

/** Nothing is written when nothing changes. */
function rewrite(path: string, change: (text: string) => string | null): void {
  const text = change(textOf(path));
  if (text === null) return;
  makeFolders(dirname(path), 0o700);
  replaceFile(path, text);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}
