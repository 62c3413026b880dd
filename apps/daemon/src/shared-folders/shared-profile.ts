/** The profile of what others share at one place: that of its user, with a place and a state of its own. */
import { join } from 'node:path';
import type { Profile } from '../profile.ts';
import { keyOfPlace, type KnownPlace } from './known-folders.ts';

export function profileOfShared(profile: Profile, place: KnownPlace): Profile {
  const { settings, locations } = profile;
  const { path } = place;
  const isFolder = 'target' in place;
  return {
    ...profile,
    settings: {
      ...settings,
      sync_dir: join(settings.sync_dir, path),
      drive_id: isFolder ? place.target.driveId : 'shared-files',
      ...(!isFolder && oneWay),
      // Notifications tell of the own drive, and other processes work in the sync folder of the profile.
      webhook_enabled: false,
      disable_websocket_support: true,
      plugin_process: [],
      remote_plugins: [],
    },
    locations: { ...locations, state: join(locations.state, 'shared', keyOfPlace(place)) },
    sharedFolder: { at: path, state: locations.state },
  };
}

/** Nothing of others is changed, and what is not shared any more stays on disk. */
const oneWay = {
  download_only: true,
  cleanup_local_files: false,
  local_first: false,
  mirror_local_state: false,
} as const;
