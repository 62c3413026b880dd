/** Which file manager the user of this process looks at. */

export type Desktop = 'gnome' | 'kde';

/** null: no session of a desktop that has such a file manager. */
export function desktopOf(environment: NodeJS.ProcessEnv): Desktop | null {
  const isGraphical =
    isSet(environment['DISPLAY']) ||
    isSet(environment['WAYLAND_DISPLAY']) ||
    ['x11', 'wayland'].includes(environment['XDG_SESSION_TYPE'] ?? '');
  if (!isGraphical) return null;
  if (environment['KDE_FULL_SESSION'] === 'true') return 'kde';
  // The first that is set counts: a later one may be left from the session before.
  const [named = ''] = [
    environment['XDG_CURRENT_DESKTOP'],
    environment['XDG_SESSION_DESKTOP'],
    environment['DESKTOP_SESSION'],
    environment['GDMSESSION'],
  ].filter(isSet);
  const names = named.toLowerCase();
  if (/kde|plasma/.test(names)) return 'kde';
  // Their file managers read the bookmarks of GTK as well.
  return /gnome|ubuntu|unity|cinnamon|mate|xfce|budgie|pantheon/.test(names) ? 'gnome' : null;
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';
