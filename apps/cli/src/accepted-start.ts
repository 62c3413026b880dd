/** What the peer keeps about the last accepted start: a copy of `config` and the hashes of `config` and `sync_list`. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Profile } from '@tidemark/daemon';
import { quickXorHash } from '@tidemark/quickxor';
import type { ResyncAnswer } from '@tidemark/settings';
import { detectResync, resyncRequiredLines } from '@tidemark/settings';
import { reasonOf } from './log-file.ts';

export function changedSettings(profile: Profile): ResyncAnswer & { readonly lines?: readonly string[] } {
  const { locations, commandLine, configText, syncListText } = profile;
  if (!existsSync(locations.refreshToken)) return { changed: [], notices: [] };
  const paths = pathsOf(profile);
  const backup = read(paths.backup);
  const previousList = read(paths.syncListHash);
  const answer = detectResync({
    previous: {
      ...(backup === null ? {} : { configText: backup }),
      ...(previousList === null ? {} : { syncListHash: previousList }),
    },
    current: {
      ...(configText === null ? {} : { configText }),
      ...(syncListText === null ? {} : { syncListHash: hashOf(syncListText) }),
    },
    commandLine,
    home: locations.home,
  });
  // On the very first start there is nothing to compare with.
  if (backup === null && previousList === null) return { changed: [], notices: [] };
  return { ...answer, lines: resyncRequiredLines };
}

/** What cannot be kept is told: the next start then compares with an older one. */
export function acceptStart(profile: Profile, warn: (line: string) => void): void {
  const paths = pathsOf(profile);
  try {
    keep(paths.backup, profile.configText);
    keep(paths.configHash, profile.configText === null ? null : hashOf(profile.configText));
    keep(paths.syncListHash, profile.syncListText === null ? null : hashOf(profile.syncListText));
  } catch (error) {
    warn(
      `WARNING: Cannot keep a copy of the settings in ${profile.locations.directory}: ${reasonOf(error)}; the next start compares with an older one`,
    );
  }
}

const hashOf = (text: string): string => quickXorHash(new TextEncoder().encode(text));

function pathsOf({ locations }: Profile): { backup: string; configHash: string; syncListHash: string } {
  const { directory } = locations;
  return {
    backup: `${directory}/.config.backup`,
    configHash: `${directory}/.config.hash`,
    syncListHash: `${directory}/.sync_list.hash`,
  };
}

const read = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);

function keep(path: string, text: string | null): void {
  if (text === null) return rmSync(path, { force: true });
  if (read(path) === text) return;
  // Flushed: a power cut would leave an empty copy, and the next start would ask for a resync without a cause.
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}
