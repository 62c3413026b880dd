/** What plugins may reach beside drive and disk, in a run that goes on. */
import { dirname } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { createHttpListen } from '@tidemark/listener';
import { createSecretFiles } from '@tidemark/secrets';
import { createConnect, type Connect } from '@tidemark/socket';
import type { Account } from './account.ts';
import type { Profile } from './profile.ts';
import { logFolder } from './profile.ts';
import type { ProfileRun } from './run-profile.ts';

export function edgesOf(
  profile: Profile,
  { notifications, connect }: Account,
  plugins: ProfileRun['plugins'] = [],
): ProfileRun['lend'] {
  return {
    notifications,
    connect: beside(connect, profile, plugins),
    listen: createHttpListen(),
    // Beside the log of the drive that the secrets belong to.
    secrets: createSecretFiles(`${dirname(logFolder(profile))}/secrets`),
  };
}

/** To the service as the account does it; to hosts that plugins of the settings declare, and to no others, as usual. */
function beside(connect: Connect, { settings }: Profile, plugins: ProfileRun['plugins']): Connect {
  const declared =
    settings.plugins.length === 0 ? [] : plugins.flatMap(({ plugin }) => plugin.needs?.connect ?? []);
  if (declared.length === 0) return connect;
  const others = createConnect({ allowedHosts: declared });
  return (url, options) =>
    connect(url, options).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'accessDenied') return others(url, options);
      throw error;
    });
}
