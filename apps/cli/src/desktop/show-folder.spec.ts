import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { desktopOf } from './session.ts';
import { createShownFolder } from './show-folder.ts';

let home: string;
const path = process.env['PATH'];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'desktop-'));
  // No `gio` of this machine is asked.
  process.env['PATH'] = join(home, 'bin');
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(home, { recursive: true, force: true });
});

const folder = '/home/me/One & Drive';
const gnome = { WAYLAND_DISPLAY: 'wayland-0', XDG_CURRENT_DESKTOP: 'ubuntu:GNOME' };
const kde = { DISPLAY: ':0', XDG_CURRENT_DESKTOP: 'KDE' };
const warnings: string[] = [];
const shownIn = (environment: NodeJS.ProcessEnv) =>
  createShownFolder(environment, home, (line) => warnings.push(line));

function given(name: string, text: string): string {
  const file = join(home, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const textOf = (file: string): string => readFileSync(file, 'utf8');

describe('the desktop', () => {
  it.each([
    [gnome, 'gnome'],
    [kde, 'kde'],
    [{ DISPLAY: ':0', KDE_FULL_SESSION: 'true' }, 'kde'],
    [{ XDG_SESSION_TYPE: 'x11', XDG_SESSION_DESKTOP: 'xfce' }, 'gnome'],
    [{ DISPLAY: ':0', DESKTOP_SESSION: 'plasma' }, 'kde'],
    [{ DISPLAY: ':0', GDMSESSION: 'gnome' }, 'gnome'],
    [{ DISPLAY: ':0', XDG_CURRENT_DESKTOP: 'KDE', GDMSESSION: 'gnome' }, 'kde'],
    [{ DISPLAY: ':0', XDG_CURRENT_DESKTOP: 'sway' }, null],
    [{ XDG_CURRENT_DESKTOP: 'GNOME', XDG_SESSION_TYPE: 'tty' }, null],
  ] as const)('of %o is %s', (environment, desktop) => {
    expect(desktopOf(environment)).toBe(desktop);
  });
});

describe('bookmarks of GTK', () => {
  const line = 'file:///home/me/One%20&%20Drive One & Drive';

  it('have the folder while it is shown, and are else what they were', () => {
    const file = given('.config/gtk-3.0/bookmarks', 'file:///srv Server');
    const shown = shownIn(gnome);
    shown.show(folder);
    expect(textOf(file)).toBe(`file:///srv Server\n${line}\n`);
    shown.show(null);
    expect(textOf(file)).toBe('file:///srv Server\n');
  });

  it('keep a bookmark of the user for the same folder', () => {
    const own = 'file:///home/me/One%20&%20Drive my own words\n';
    const file = given('.config/gtk-3.0/bookmarks', own);
    const shown = shownIn(gnome);
    shown.show(folder);
    shown.show(null);
    expect(textOf(file)).toBe(own);
  });

  it('are made where there are none, and lose what a killed process left', () => {
    const file = join(home, 'elsewhere/gtk-3.0/bookmarks');
    const environment = { ...gnome, XDG_CONFIG_HOME: join(home, 'elsewhere') };
    shownIn(environment).show(folder);
    expect(textOf(file)).toBe(`${line}\n`);
    const next = shownIn(environment);
    next.show(folder);
    expect(textOf(file)).toBe(`${line}\n`);
    next.show(null);
    expect(textOf(file)).toBe('');
  });

  it('follow a sync folder that is another one after a reload', () => {
    const file = given('.config/gtk-3.0/bookmarks', '');
    const shown = shownIn(gnome);
    shown.show(folder);
    shown.show('/srv/Files');
    expect(textOf(file)).toBe('file:///srv/Files Files\n');
  });

  it('stay behind their link, with their mode', () => {
    const target = given('dotfiles/bookmarks', '');
    chmodSync(target, 0o640);
    mkdirSync(join(home, '.config/gtk-3.0'), { recursive: true });
    symlinkSync(target, join(home, '.config/gtk-3.0/bookmarks'));
    shownIn(gnome).show(folder);
    expect(textOf(target)).toBe(`${line}\n`);
    expect(statSync(target).mode & 0o777).toBe(0o640);
  });

  it('that cannot be written are told', () => {
    warnings.length = 0;
    given('.config/gtk-3.0/bookmarks/in-the-way', '');
    shownIn(gnome).show(folder);
    expect(warnings).toEqual([
      expect.stringMatching(/^WARNING: The list of places of the file manager cannot be written \(EISDIR\)/),
    ]);
  });
});

describe('places of KDE', () => {
  const before =
    '<?xml version="1.0" encoding="UTF-8"?>\n<xbel version="1.0">\n <bookmark href="file:///srv">\n  <title>Server</title>\n </bookmark>\n</xbel>\n';

  it('have the folder while it is shown, and are else what they were', () => {
    const file = given('.local/share/user-places.xbel', before);
    const shown = shownIn(kde);
    shown.show(folder);
    const text = textOf(file);
    expect(text).toContain(
      '<bookmark href="file:///home/me/One%20&amp;%20Drive">\n  <title>One &amp; Drive</title>',
    );
    expect(text.endsWith('</bookmark>\n</xbel>\n')).toBe(true);
    shown.show(null);
    expect(textOf(file)).toBe(before);
  });

  it('keep a place of the user for the same folder, and a file that holds something else', () => {
    const own = before.replace('file:///srv', 'file:///home/me/One%20&amp;%20Drive');
    for (const text of [own, 'no places']) {
      const file = given('.local/share/user-places.xbel', text);
      const shown = shownIn(kde);
      shown.show(folder);
      shown.show(null);
      expect(textOf(file)).toBe(text);
    }
  });

  it('are made where there are none', () => {
    const shown = shownIn(kde);
    shown.show(folder);
    expect(textOf(join(home, '.local/share/user-places.xbel'))).toMatch(
      /^<\?xml [\s\S]*<xbel [\s\S]*<\/xbel>\n$/,
    );
  });
});

it('without a desktop nothing is written', () => {
  shownIn({}).show(folder);
  expect(existsSync(join(home, '.config'))).toBe(false);
  expect(existsSync(join(home, '.local'))).toBe(false);
});
