/** Our client and the peer share the form of their configuration folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import type { Client, Place, Profile } from './client.ts';
import type { Service } from '../service.ts';

/** `dist`: folder of the built command. `profileFolder`: where Node leaves CPU profiles. */
export function tidemark({ dist, profileFolder }: Built): Client {
  const command = join(dist, 'onedrive');
  const environment: Record<string, string> =
    profileFolder === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileFolder}` };
  return {
    name: 'tidemark',
    version: () => versionOf(command, ['--version']),
    profile: async (place, service) => ({
      ...(await profileOf(place, service, command, ['--sync'], environment)),
      log: logOf(place, service),
    }),
  };
}

/** Where it keeps its events, beside the settings in its own folder. */
const logOf = ({ folder }: Place, { flavour, driveId }: Service): string =>
  join(
    ...[folder, 'config', 'tidemark', 'drives'],
    flavour === 'library' ? driveId.toLowerCase().replace(/[^a-z0-9]+/g, '-') : 'own',
    'log',
  );

export type Built = { readonly dist: string; readonly profileFolder: string | undefined };

/** Debian's package, 2.4.23. */
export const debianOnedrive: Client = {
  name: 'onedrive',
  version: () => versionOf('onedrive', ['--version']),
  profile: (place, service) => profileOf(place, service, 'onedrive', ['--synchronize']),
};

export function versionOf(command: string, args: readonly string[]): string {
  const { stdout, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`Cannot run ${command}: ${error.message}`);
  return stdout.split('\n', 1)[0]?.trim() ?? '';
}

async function profileOf(
  { folder, syncFolder, home }: Place,
  { refreshToken, flavour, driveId }: Service,
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Profile> {
  const settings = join(folder, 'config');
  await mkdir(settings, { recursive: true });
  const lines = [`sync_dir = "${syncFolder}"`, ...(flavour === 'library' ? [`drive_id = "${driveId}"`] : [])];
  await writeFile(join(settings, 'config'), `${lines.join('\n')}\n`);
  await writeFile(join(settings, 'refresh_token'), refreshToken, { mode: 0o600 });
  const program = {
    command,
    args: [...args, '--confdir', settings],
    environment: { HOME: home, ...environment },
  };
  return { bringDown: program, bringUp: program };
}
