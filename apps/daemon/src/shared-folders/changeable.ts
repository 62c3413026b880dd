/** Whether something in a shared place can be changed for a user now, as an undo does. */
import type { DriveInfo } from '@tidemark/contracts';
import type { Profile } from '../profile.ts';
import { watchedPaths } from '../watched-folders.ts';
import type { KnownPlace } from './known-folders.ts';
import { isWanted } from './settle-shared-folders.ts';

/** A sentence with the remedy; null: it can. Names in it are as they are: the output escapes them. */
export function whyUnchangeable(profile: Profile, info: DriveInfo, place: KnownPlace): string | null {
  const { path } = place;
  if ('standing' in place && place.standing === 'left')
    return `"${path}" is synced no more, since its shortcut is gone. Add the shortcut again online, or change its files on disk`;
  if (!isWanted(profile, info))
    return `"${path}" is not synced: set sync_business_shared_items = "true", then sync`;
  if (!watchedPaths(profile)(path)) return `"${path}" is not synced: a filter leaves it out`;
  if (place.isNew)
    return `"${path}" has not been compared since it came here, or since a resync: run a sync first`;
  return null;
}
