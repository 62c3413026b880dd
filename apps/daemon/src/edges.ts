/** What plugins may reach beside drive and disk, in a run that goes on. */
import { dirname } from 'node:path';
import { createHttpListen } from '@tidemark/listener';
import { createSecretFiles } from '@tidemark/secrets';
import { createConnect } from '@tidemark/socket';
import type { Account } from './account.ts';
import type { Profile } from './profile.ts';
import { logFolder } from './profile.ts';
import type { ProfileRun } from './run-profile.ts';

export function edgesOf(
  profile: Profile,
  { notifications, connecting }: Account,
  plugins: ProfileRun['plugins'] = [],
): ProfileRun['lend'] {
  // Besides the hosts of the service, those that plugins of the settings declare; each reaches only its own.
  const declared =
    profile.settings.plugins.length === 0 ? [] : plugins.flatMap(({ plugin }) => plugin.needs?.connect ?? []);
  return {
    notifications,
    connect: createConnect({ ...connecting, allowedHosts: [...connecting.allowedHosts, ...declared] }),
    listen: createHttpListen(),
    // Beside the log of the drive that the secrets belong to.
    secrets: createSecretFiles(`${dirname(logFolder(profile))}/secrets`),
  };
}
