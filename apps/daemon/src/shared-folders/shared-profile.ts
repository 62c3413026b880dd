/** The profile of one shared folder: that of its user, with a place and a state of its own. */
import { join } from 'node:path';
import type { Account } from '../account.ts';
import type { Profile } from '../profile.ts';
import { keyOfTarget, type KnownFolder } from './known-folders.ts';

export function profileOfShared(profile: Profile, { target, path }: KnownFolder): Profile {
  const { settings, locations } = profile;
  return {
    ...profile,
    settings: {
      ...settings,
      sync_dir: join(settings.sync_dir, path),
      drive_id: target.driveId,
      // Notifications tell of the own drive, and other processes work in the sync folder of the profile.
      webhook_enabled: false,
      disable_websocket_support: true,
      plugin_process: [],
      remote_plugins: [],
    },
    locations: { ...locations, state: join(locations.state, 'shared', keyOfTarget(target)) },
    sharedFolder: { at: path, state: locations.state },
  };
}

/** The same login and the same budget, on the folder. */
export const accountOfShared = (account: Account, { target }: KnownFolder): Account => ({
  ...account,
  drive: account.sharedFolder(target),
});
