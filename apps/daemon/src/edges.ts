/** What plugins may reach beside drive and disk, in a run that goes on. */
import { dirname } from 'node:path';
import { createHttpListen } from '@tidemark/listener';
import { createSecretFiles } from '@tidemark/secrets';
import type { Account } from './account.ts';
import type { Profile } from './profile.ts';
import { logFolder } from './profile.ts';
import type { ProfileRun } from './run-profile.ts';

export function edgesOf(profile: Profile, { notifications, connect }: Account): ProfileRun['lend'] {
  return {
    notifications,
    connect,
    listen: createHttpListen(),
    secrets: secretsOf(profile),
  };
}

/** Beside the log of the drive that they belong to. */
export function secretsOf(profile: Profile): ReturnType<typeof createSecretFiles> {
  return createSecretFiles(`${dirname(logFolder(profile))}/secrets`);
}
