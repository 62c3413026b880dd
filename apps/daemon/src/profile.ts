/** A profile: one config directory with everything that was read from it. */
import { dirname } from 'node:path';
import type { CommandLine, ConfigLocations, Settings } from '@tidemark/settings';

export interface Profile {
  readonly commandLine: CommandLine;
  readonly locations: ConfigLocations;
  readonly settings: Settings;
  /** Settings that were given, whatever they say; the others have their defaults. */
  readonly given: ReadonlySet<string>;
  /** Where `config` and `sync_list` are, or would be. */
  readonly files: { readonly config: string; readonly syncList: string };
  /** Text of `config`; null without one. */
  readonly configText: string | null;
  /** Text of `sync_list`; null without one. */
  readonly syncListText: string | null;
  /** Tidemark's own version, without `v`. */
  readonly version: string;
  /** This is a folder that another person shares. Rules speak of paths in the sync folder around it, which another run has locked. */
  readonly sharedFolder?: {
    /** Where it lies in that sync folder. */
    readonly at: string;
    /** The state folder of the profile that it belongs to. */
    readonly state: string;
  };
  /** Keys of folders that a run would note as shared ones before it looks (`folderKey`); filled once that is known. */
  readonly rehearsedApart?: Set<string>;
}

/** Where the state of the configured drive lives. Another drive gets a folder of its own. */
export function logFolder({ locations, settings }: Pick<Profile, 'locations' | 'settings'>): string {
  const drive =
    settings.drive_id === '' ? 'own' : settings.drive_id.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `${locations.state}/drives/${drive}/log`;
}

/** The configuration directory of the profile in whose log a file lies; null for another file. */
export const directoryOfLog = (file: string): string | null =>
  /^(\/.*)\/tidemark\/drives\/[^/]+\/log\//.exec(file)?.[1] ?? null;

/** Where what plugins make of content waits for the drive. */
export const spoolFolder = (profile: Profile): string => `${dirname(logFolder(profile))}/spool`;

/** What plugins keep secret, beside the log of the drive that it belongs to. */
export const secretsFolder = (profile: Profile): string => `${dirname(logFolder(profile))}/secrets`;

/** Of plugins that run in the daemon. */
export const storeFolder = (profile: Profile): string => `${dirname(logFolder(profile))}/store`;

export const trashState = ({ locations }: Pick<Profile, 'locations'>): string => `${locations.state}/files`;
