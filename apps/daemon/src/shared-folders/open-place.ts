/** Opens what others share at one place: its log, its folder, and the drive that it is on. */
import type { Clock, Random } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { makeFolders } from '@tidemark/folders';
import type { Account } from '../account.ts';
import { type OpenedRun, openRun } from '../open-run.ts';
import type { Profile } from '../profile.ts';
import type { KnownPlace } from './known-folders.ts';
import { accountOfShared } from './shared-account.ts';
import { profileOfShared } from './shared-profile.ts';

export interface OpenPlaceOptions {
  /** Of the user. */
  readonly profile: Profile;
  /** Of the own drive. */
  readonly account: Account;
  readonly clock: Clock;
  readonly random: Random;
  readonly mode: 'real' | 'rehearse';
  readonly warn: (line: string) => void;
}

export interface OpenedPlace extends OpenedRun {
  /** Of the place. */
  readonly profile: Profile;
  readonly account: Account;
}

/** Throws Failure, `driveNotFound` when its owner does not share it any more, and LogBusy. */
export async function openPlace(options: OpenPlaceOptions, place: KnownPlace): Promise<OpenedPlace> {
  const { clock, random, mode, warn } = options;
  const profile = profileOfShared(options.profile, place);
  let state: State | null = null;
  const account = accountOfShared(options.account, place, { state: () => state, warn });
  if (mode === 'real') makeFolders(profile.locations.state, 0o700);
  const opened = await openRun({
    ...{ profile, account, clock, random, mode, resync: place.isNew, isFirst: false },
  });
  ({ state } = opened);
  return { ...opened, profile, account };
}
