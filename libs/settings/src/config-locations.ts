/** Where the files are, from the command line and the environment alone. Whether they exist is for the caller to see. */
import type { CommandLine } from './command-line/command-line.ts';
import { expandTilde } from './value.ts';

/** The variables that matter; pass `process.env` as it is. */
export interface EnvironmentVariables {
  readonly HOME?: string | undefined;
  readonly XDG_CONFIG_HOME?: string | undefined;
  readonly SHELL?: string | undefined;
  readonly USER?: string | undefined;
}

export interface ConfigLocations {
  readonly home: string;
  /** Token, state and normally the settings; made with the mode of `sync_dir_permissions` when missing. */
  readonly directory: string;
  readonly config: string;
  readonly syncList: string;
  readonly tidemarkConfig: string;
  readonly refreshToken: string;
  /** Our own state, mode 0700. */
  readonly state: string;
  /** Read only when `config` does not exist; absent when --confdir was given. */
  readonly system?: { readonly directory: string; readonly config: string; readonly syncList: string };
}

export function configLocations(
  commandLine: Pick<CommandLine, 'confdir'>,
  environment: EnvironmentVariables,
): ConfigLocations {
  const home = homeDirectory(environment);
  const directory = withoutTrailingSlash(configDirectory(commandLine.confdir, environment, home));
  const user = {
    home,
    directory,
    config: `${directory}/config`,
    syncList: `${directory}/sync_list`,
    tidemarkConfig: `${directory}/tidemark.conf`,
    refreshToken: `${directory}/refresh_token`,
    state: `${directory}/tidemark`,
  };
  return commandLine.confdir === undefined ? { ...user, system: SYSTEM } : user;
}

const SYSTEM = {
  directory: '/etc/onedrive',
  config: '/etc/onedrive/config',
  syncList: '/etc/onedrive/sync_list',
};

function configDirectory(
  confdir: string | undefined,
  environment: EnvironmentVariables,
  home: string,
): string {
  if (confdir !== undefined) return expandTilde(confdir, home);
  const configHome = environment.XDG_CONFIG_HOME;
  return configHome === undefined || configHome === ''
    ? `${home}/.config/onedrive`
    : `${configHome}/onedrive`;
}

/** Without HOME, a process with neither shell nor user is taken for a service of root. */
function homeDirectory({ HOME, SHELL, USER }: EnvironmentVariables): string {
  const isEmpty = (value: string | undefined): boolean => value === undefined || value === '';
  if (HOME !== undefined && HOME !== '') return withoutTrailingSlash(HOME);
  return isEmpty(SHELL) && isEmpty(USER) ? '/root' : '~';
}

const withoutTrailingSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path);
