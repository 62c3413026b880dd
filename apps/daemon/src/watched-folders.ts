/**
 * Which folders are worth a watch of the kernel: those in which something may be in scope. What a plugin leaves out is watched all the
 * same: it may say something else of the next item.
 */
import { policyFrom } from './policy.ts';
import type { Profile } from './profile.ts';
import { createRulesFor } from './rules-for.ts';

/** Of a path relative to the sync folder: it, and every folder above it. */
export function watchedPaths(profile: Parameters<typeof watchedFolders>[0]): (path: string) => boolean {
  const isWatched = watchedFolders(profile);
  return (path) => {
    const names = path.split('/');
    return names.every((_name, index) => isWatched(names.slice(0, index + 1).join('/')));
  };
}

/** Of a path relative to the sync folder. */
export function watchedFolders({
  settings,
  syncListText,
  commandLine,
  sharedFolder,
}: Pick<Profile, 'settings' | 'syncListText' | 'commandLine' | 'sharedFolder'>): (path: string) => boolean {
  const policy = policyFrom({
    ...{ settings, syncList: syncListText, singleDirectory: commandLine.singleDirectory ?? null },
    ...{ hostName: '', massDeleteConfirmed: false, driveKind: 'personal', monitoring: true },
    below: sharedFolder?.at,
  });
  const rules = createRulesFor()(policy, { plugins: [], facts: new Map() });
  return (path) => {
    if (path === '') return true;
    const verdict = rules.ignore({
      ...{ path, name: path.slice(path.lastIndexOf('/') + 1), kind: 'folder', sizeBytes: 0 },
      // Of the place alone: which names the drive refuses depends on the drive.
      ...{ side: 'remote', known: true, markers: [] },
    });
    return verdict === null || verdict.onTheWay === true;
  };
}
