/** Reads the files of a profile and turns them into settings, or into the lines that say why not. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { makeFolders } from '@tidemark/folders';
import { configLocations, loadSettings } from '@tidemark/settings';
import type { Profile } from '@tidemark/daemon';
import type { Invocation } from './context.ts';
import { exitCodeOf } from './exit-code.ts';

export type LoadedProfile =
  | { readonly ok: true; readonly profile: Profile; readonly notices: readonly string[] }
  | { readonly ok: false; readonly lines: readonly string[]; readonly exitCode: number };

export function loadProfile({ commandLine, version }: Invocation): LoadedProfile {
  const locations = configLocations(commandLine, process.env);
  const refuse = (...lines: string[]): LoadedProfile => ({
    ok: false,
    lines,
    exitCode: exitCodeOf('configuration', commandLine),
  });
  if (existsSync(locations.directory) && !statSync(locations.directory).isDirectory()) {
    return refuse('ERROR: --confdir entered value is an existing file instead of an existing directory');
  }
  try {
    if (!existsSync(locations.directory)) makeFolders(locations.directory, 0o700);
    const user = readOptional(locations.config);
    const system = user === null && locations.system !== undefined ? locations.system : null;
    const systemText = system === null ? null : readOptional(system.config);
    const text = user ?? systemText;
    const files = system !== null && systemText !== null ? system : locations;
    const syncListText = readOptional(files.syncList);
    const tidemarkText = readOptional(locations.tidemarkConfig);
    const result = loadSettings({
      commandLine,
      files: {
        ...(text === null
          ? {}
          : {
              config: {
                path: files.config,
                origin: user === null ? ('system' as const) : ('user' as const),
                text,
              },
            }),
        ...(tidemarkText === null
          ? {}
          : { tidemarkConfig: { path: locations.tidemarkConfig, text: tidemarkText } }),
        ...(syncListText === null ? {} : { syncList: { text: syncListText } }),
      },
      environment: { home: locations.home, version: `v${version}` },
    });
    if (!result.ok) return { ok: false, lines: result.lines, exitCode: result.exitCode };
    const profile: Profile = {
      commandLine: {
        ...commandLine,
        ...(result.singleDirectory !== undefined && { singleDirectory: result.singleDirectory }),
      },
      locations,
      settings: result.settings,
      given: new Set(Object.keys(result.sources)),
      files: { config: files.config, syncList: files.syncList },
      configText: text,
      syncListText,
      version,
    };
    return { ok: true, profile, notices: result.notices };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return refuse(
      `ERROR: Unable to access ${error.path}: ${error.reason}`,
      '       Check the owner and the permissions of the file and of the folders above it',
    );
  }
}

class Unreadable extends Error {
  readonly path: string;
  readonly reason: string;
  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') return null;
    throw new Unreadable(
      path,
      code === 'EACCES' || code === 'EPERM'
        ? 'permission denied'
        : code === 'EISDIR'
          ? 'it is a directory'
          : code,
    );
  }
}
