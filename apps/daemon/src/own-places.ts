/**
 * What of ours lies on the disk, and must lie neither in the sync folder nor around it: what changes with each run would be synced
 * without end, what is secret would be on the drive, and what says how to run could be changed from there.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { escaped, overlapOf } from '@tidemark/disk';
import { placeOfPlugin } from './plugins/load-plugin.ts';
import type { Profile } from './profile.ts';
import { logFolder, trashState } from './profile.ts';

export interface OwnPlace {
  /** In words, as in "the configuration". */
  readonly what: string;
  /** An absolute path, which need not exist and may lead through links. */
  readonly path: string;
  /** The sync folder may lie in it: only one file directly in it is ours. */
  readonly mayHoldRoot?: true;
}

type Places = Pick<Profile, 'settings' | 'locations'>;

export function ownPlaces({ settings, locations }: Places): readonly OwnPlace[] {
  const { directory, home, system } = locations;
  const isSystemUsed = system !== undefined && !existsSync(locations.config) && existsSync(system.config);
  const files = {
    ca_file: settings.ca_file,
    bus_ca_file: settings.bus_ca_file,
    bus_nkey_file: settings.bus_nkey_file,
    relay_ca_file: settings.relay_ca_file,
    relay_nkey_file: settings.relay_nkey_file,
  };
  const places: readonly OwnPlace[] = [
    { what: 'the configuration', path: directory },
    ...(isSystemUsed ? [{ what: 'the configuration of the system', path: system.directory }] : []),
    // Each of these may be a link out of the configuration directory.
    { what: 'the refresh token', path: locations.refreshToken },
    { what: 'the config file', path: locations.config },
    { what: 'tidemark.conf', path: locations.tidemarkConfig },
    { what: 'the sync_list', path: locations.syncList },
    { what: 'the state', path: locations.state },
    { what: 'the event log', path: logFolder({ settings, locations }) },
    { what: 'the trash', path: trashState({ locations }) },
    ...(settings.use_recycle_bin
      ? [{ what: "the trash ('recycle_bin_path')", path: settings.recycle_bin_path }]
      : []),
    ...(settings.enable_logging
      ? [{ what: "the log ('log_dir')", path: settings.log_dir, mayHoldRoot: true as const }]
      : []),
    ...Object.entries(files)
      .filter(([, path]) => path !== '')
      .map(([key, path]) => ({ what: `the file of '${key}'`, path })),
    ...settings.plugins.flatMap((reference) => {
      const path = placeOfPlugin(reference, { folder: directory, home });
      return path === null ? [] : [{ what: `the plugin ${reference}`, path }];
    }),
  ];
  return places.map((place) => ({ ...place, path: resolve(place.path) }));
}

/** Throws Failure `rootUnfit`. Told by device and inode, so neither links nor bind mounts hide anything. */
export function refuseUnfitRoot(profile: Places): void {
  const root = resolve(profile.settings.sync_dir);
  for (const { what, path, mayHoldRoot = false } of ownPlaces(profile)) {
    const overlap = overlapOf(root, path);
    if (overlap === null || (overlap.type === 'isIn' && mayHoldRoot)) continue;
    const at = escaped(path);
    const seen =
      overlap.path === (overlap.type === 'holds' ? path : root) ? '' : `, as "${escaped(overlap.path)}"`;
    const why =
      overlap.type === 'holds' ? `it holds ${what} ("${at}"${seen})` : `it lies in ${what} ("${at}"${seen})`;
    throw new Failure({ code: 'rootUnfit', detail: `Cannot sync "${escaped(root)}": ${why}` });
  }
}
