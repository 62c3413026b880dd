/** What plugins may reach beside drive and disk, in a run that goes on. */
import type { DriveInfo } from '@tidemark/contracts';
import type { Account } from './account.ts';
import type { Profile } from './profile.ts';
import type { ProfileRun } from './run-profile.ts';

export function edgesOf(_profile: Profile, _account: Account, _info: DriveInfo): ProfileRun['lend'] {
  return {};
}
