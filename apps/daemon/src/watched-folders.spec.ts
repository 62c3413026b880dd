import { loadSettings, parseCommandLine } from '@tidemark/settings';
import { expect, it } from 'vitest';
import { watchedFolders } from './watched-folders.ts';

interface Configured {
  readonly config?: string;
  readonly syncList?: string;
  readonly args?: readonly string[];
}

function watchedWith({ config = '', syncList, args = [] }: Configured): (path: string) => boolean {
  const parsed = parseCommandLine(['--monitor', ...args], 'onedrive');
  if (parsed.type === 'refused') throw new Error(parsed.lines.join('\n'));
  const { commandLine } = parsed;
  const loaded = loadSettings({
    commandLine,
    files: { config: { path: '', origin: 'user', text: config } },
    environment: { home: '/home/me', version: 'v0' },
  });
  if (!loaded.ok) throw new Error(loaded.lines.join('\n'));
  return watchedFolders({ settings: loaded.settings, syncListText: syncList ?? null, commandLine });
}

it.each<[string, Configured, readonly string[], readonly string[]]>([
  ['without filters', {}, ['', 'a', 'a/b', '.git'], []],
  [
    'with skip_dir',
    { config: 'skip_dir = "node_modules|build/out"' },
    ['', 'a', 'build'],
    ['node_modules', 'a/node_modules', 'a/node_modules/x', 'build/out'],
  ],
  [
    'with skip_dotfiles',
    { config: 'skip_dotfiles = "true"' },
    ['', 'a'],
    ['.git', 'a/.cache', '.git/objects'],
  ],
  [
    'with sync_list, which leads through folders that it does not name',
    { syncList: '!/Documents/Work/Old\n/Documents/Work\n' },
    ['', 'Documents', 'Documents/Work', 'Documents/Work/2024'],
    ['Pictures', 'Documents/Private', 'Documents/Work/Old'],
  ],
  ['with a sync_list that names files anywhere', { syncList: 'notes.txt\n' }, ['', 'a', 'a/b'], []],
  [
    'with --single-directory',
    { args: ['--single-directory', 'a/b'] },
    ['', 'a', 'a/b', 'a/b/c'],
    ['b', 'a/c', 'a/bc'],
  ],
])('%s', (_name, configured, watched, unwatched) => {
  const isWatched = watchedWith(configured);
  expect([...watched, ...unwatched].filter(isWatched)).toEqual(watched);
});
