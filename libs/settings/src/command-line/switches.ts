/** The switches of the drop-in command line: those of the options, and those that exist on the command line only. */
import type { Option } from '../option.ts';
import { configOptions, type ConfigKey } from '../options.ts';

export interface Switch {
  /** Without dashes. */
  readonly long: string;
  readonly short?: string;
  /** Name of the argument for the help; a switch without one is a flag. */
  readonly argument?: string;
  readonly summary: string;
  /** The option that the switch overrides. */
  readonly key?: ConfigKey;
}

const ownSwitches = [
  {
    long: 'auth-files',
    argument: 'URL-FILE:RESPONSE-FILE',
    summary: 'Sign in by way of two files: the address is written to one, the answer read from the other',
  },
  { long: 'auth-response', argument: 'URL', summary: 'Sign in with the address that the browser ended at' },
  { long: 'confdir', argument: 'DIRECTORY', summary: 'Configuration directory' },
  {
    long: 'create-directory',
    argument: 'PATH',
    summary: 'Create a directory online, with those above it; no sync',
  },
  {
    long: 'create-share-link',
    argument: 'PATH',
    summary: 'Create a link that opens a synced file for everybody',
  },
  { long: 'destination-directory', argument: 'PATH', summary: 'Where --source-directory goes' },
  { long: 'display-admin-consent-url', summary: 'Print the address at which an administrator gives consent' },
  { long: 'display-config', summary: 'Print the settings; no sync' },
  { long: 'display-quota', summary: 'Print the quota of the drive; no sync' },
  { long: 'display-sync-status', summary: 'Print whether online changes are waiting; no sync' },
  {
    long: 'download-file',
    argument: 'PATH',
    summary: 'Download one file, also one that the settings leave out; no sync',
  },
  { long: 'force', summary: 'Allow a big deletion that is found at the start' },
  { long: 'force-sync', summary: 'With --sync --single-directory: ignore skip_dir and skip_file' },
  { long: 'get-file-link', argument: 'PATH', summary: 'Print the web address of a synced file' },
  {
    long: 'get-sharepoint-drive-id',
    argument: 'SITE',
    summary: 'Print the drive ids of the libraries of a SharePoint site; of * the names of all sites',
  },
  { long: 'help', short: 'h', summary: 'Print this help' },
  {
    long: 'list-shared-items',
    summary: 'List what others share with this business account; with --verbose the ids as well',
  },
  { long: 'logout', summary: 'Forget the sign-in' },
  { long: 'modified-by', argument: 'PATH', summary: 'Print who changed a file last' },
  { long: 'monitor', short: 'm', summary: 'Keep syncing until stopped' },
  {
    long: 'print-access-token',
    summary: 'Print the access token, which opens the account; with --force also where no terminal shows it',
  },
  { long: 'reauth', summary: 'Forget the sign-in and sign in again' },
  { long: 'remove-directory', argument: 'PATH', summary: 'Delete a directory online; no sync' },
  { long: 'share-password', argument: 'PASSWORD', summary: 'With --create-share-link: protect the link' },
  {
    long: 'single-directory',
    argument: 'PATH',
    summary: 'Sync only this directory below sync_dir; made where it is missing',
  },
  { long: 'source-directory', argument: 'PATH', summary: 'Rename or move this directory online; no sync' },
  { long: 'sync', short: 's', summary: 'Sync once' },
  {
    long: 'sync-shared-files',
    summary: 'Download single files that others share with this business account',
  },
  { long: 'verbose', short: 'v', summary: 'Print more; twice for debugging' },
  { long: 'version', summary: 'Print the version' },
  { long: 'with-editing-perms', summary: 'With --create-share-link: allow changes' },
] as const satisfies readonly Switch[];

export type OwnSwitch = (typeof ownSwitches)[number]['long'];

/** All 67, in alphabetical order. */
export const switches: readonly Switch[] = [...ownSwitches, ...optionSwitches()].toSorted((left, right) =>
  left.long < right.long ? -1 : 1,
);

/** The switches that override an option; they go with every command that reads the settings. */
export const settingSwitches: readonly Switch[] = switches.filter(({ key }) => key !== undefined);

/** Finds one of our own switches, for tables that name it. */
export function ownSwitch(long: OwnSwitch): Switch {
  const found = switches.find((candidate) => candidate.long === long);
  if (found === undefined) throw new Error(`The table of switches lost --${long}`);
  return found;
}

function optionSwitches(): readonly Switch[] {
  return keysOf(configOptions).flatMap((key) => {
    const option: Option = configOptions[key];
    return option.cli === undefined ? [] : [optionSwitch(key, option, option.cli)];
  });
}

function optionSwitch(key: ConfigKey, option: Option, long: string): Switch {
  const argument = argumentName(option);
  const basics = { long, key, summary: option.summary };
  return argument === undefined ? basics : { ...basics, argument };
}

function argumentName(option: Option): string | undefined {
  switch (option.type) {
    case 'boolean':
      return undefined;
    case 'integer':
      return option.unit === 'count' ? 'NUMBER' : option.unit.toUpperCase();
    case 'list':
      return 'PATTERNS';
    case 'choice':
      return option.choices.join('|');
    case 'text':
      return 'PATH';
  }
}

/** `Object.keys` with the type that a literal table has. */
function keysOf<Table extends object>(table: Table): readonly (keyof Table & string)[] {
  return Object.keys(table) as (keyof Table & string)[];
}
