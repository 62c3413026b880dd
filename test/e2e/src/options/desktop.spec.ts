/** What the monitor shows of the sync folder in the file manager of the desktop. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { complete, launchDaemon } from '../daemon.ts';
import { openProfile } from '../profile.ts';

it('display_manager_integration shows the folder with a bookmark and an icon while the monitor runs', async () => {
  const profile = await openProfile({
    tree: [{ path: '/a.txt', content: 'a' }],
    config: { display_manager_integration: 'true' },
  });
  const bookmarks = join(profile.folder, '.config/gtk-3.0/bookmarks');
  await mkdir(join(profile.folder, '.config/gtk-3.0'), { recursive: true });
  await writeFile(bookmarks, 'file:///srv Server\n');
  // In place of the program of the desktop: notes what it is asked, and knows the icon that it was given last.
  const programs = join(profile.folder, 'bin');
  await mkdir(programs);
  await writeFile(
    join(programs, 'gio'),
    `#!/bin/sh
echo "$@" >> '${profile.folder}/asked'
case "$1 $2" in
  "info -a") cat '${profile.folder}/icon' 2>/dev/null ;;
  "set -t") rm '${profile.folder}/icon' ;;
  set*) echo "  metadata::custom-icon-name: $4" > '${profile.folder}/icon' ;;
esac
exit 0
`,
  );
  await chmod(join(programs, 'gio'), 0o755);

  const daemon = launchDaemon(profile, ['--monitor'], {
    environment: { DISPLAY: ':0', XDG_CURRENT_DESKTOP: 'GNOME', PATH: `${programs}:/usr/bin:/bin` },
  });
  await daemon.says(complete);
  expect(await readFile(bookmarks, 'utf8')).toBe(`file:///srv Server\nfile://${profile.syncFolder} sync\n`);
  await daemon.stop();
  expect(await readFile(bookmarks, 'utf8')).toBe('file:///srv Server\n');
  expect((await readFile(join(profile.folder, 'asked'), 'utf8')).split('\n')).toEqual([
    `info -a metadata::custom-icon-name ${profile.syncFolder}`,
    `set ${profile.syncFolder} metadata::custom-icon-name folder-onedrive`,
    `info -a metadata::custom-icon-name ${profile.syncFolder}`,
    `set -t unset ${profile.syncFolder} metadata::custom-icon-name`,
    '',
  ]);
  // No file of ours goes up.
  expect(Object.keys(profile.remote())).toEqual(['/a.txt']);
});
