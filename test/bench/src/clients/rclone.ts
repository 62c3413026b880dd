import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from './client.ts';
import { versionOf } from './onedrive-like.ts';

const driveTypes = { business: 'business', personal: 'personal', library: 'documentLibrary' } as const;

/** Debian's package, 1.60, with its defaults. It keeps no state: every run lists both sides. */
export const rclone: Client = {
  name: 'rclone',
  version: () => versionOf('rclone', ['version']),
  profile: async ({ folder, syncFolder, home }, { refreshToken, driveId, flavour }) => {
    const settings = join(folder, 'rclone.conf');
    // The access token has long expired: it has to sign in with the refresh token first, as the others do.
    const token = JSON.stringify({
      access_token: 'expired',
      token_type: 'Bearer',
      refresh_token: refreshToken,
      expiry: '2020-01-01T00:00:00Z',
    });
    const lines = ['[drive]', 'type = onedrive', `token = ${token}`, `drive_id = ${driveId}`];
    await writeFile(settings, [...lines, `drive_type = ${driveTypes[flavour]}`, ''].join('\n'), {
      mode: 0o600,
    });
    const program = (from: string, to: string) => ({
      command: 'rclone',
      args: ['--config', settings, 'sync', from, to],
      environment: { HOME: home },
    });
    return { bringDown: program('drive:', syncFolder), bringUp: program(syncFolder, 'drive:') };
  },
};
