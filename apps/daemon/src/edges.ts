/** What plugins may reach beside drive and disk, in a run that goes on. */
import { createHttpListen } from '@tidemark/listener';
import { createSecretFiles } from '@tidemark/secrets';
import { createConnect } from '@tidemark/socket';
import type { Account } from './account.ts';
import type { Profile } from './profile.ts';
import { secretsFolder } from './profile.ts';
import type { ProfileRun } from './run-profile.ts';

export function edgesOf(profile: Profile, { notifications, connecting }: Account): ProfileRun['lend'] {
  return {
    notifications,
    connect: createConnect(connecting),
    listen: createHttpListen(),
    secrets: createSecretFiles(secretsFolder(profile)),
  };
}
