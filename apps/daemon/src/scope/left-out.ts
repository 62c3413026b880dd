/** Whether the settings leave out a path: by its own name, or by that of a folder above it. Plugins are not asked. */
import type { DriveInfo, Kind } from '@tidemark/contracts';
import { filterFrom } from '../policy.ts';
import type { Profile } from '../profile.ts';
import { settingsFilter } from './settings-filter.ts';

/** Why, as the log has it; null when they let it in. */
export function leftOut(
  { settings, syncListText }: Pick<Profile, 'settings' | 'syncListText'>,
  driveKind: DriveInfo['kind'],
  item: { readonly path: string; readonly kind: Kind; readonly sizeBytes: number },
): string | null {
  const filter = settingsFilter(
    filterFrom({ settings, syncList: syncListText, singleDirectory: null, driveKind }),
  );
  for (const path of waysTo(item.path)) {
    const isAbove = path !== item.path;
    const left = filter({
      ...{ path, name: path.slice(path.lastIndexOf('/') + 1), kind: isAbove ? 'folder' : item.kind },
      ...{ sizeBytes: isAbove ? 0 : item.sizeBytes, side: 'remote', known: false, markers: [] },
    });
    if (left !== null) return left.line.startsWith('Skipping') ? left.line : `"${path}": ${left.line}`;
  }
  return null;
}

/** The path of each folder down to it, and its own. */
export function waysTo(path: string): readonly string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}
