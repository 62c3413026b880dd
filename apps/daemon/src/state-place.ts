/**
 * A state folder on a file system of its own need not be mounted at a start. What lies in its place is empty and would be taken for the
 * state of a profile that was never synced: what both sides agreed on would be forgotten, and deletions of meanwhile undone. So a
 * note beside the configuration says that it lies elsewhere.
 */
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { errnoOf } from '@tidemark/disk';
import type { Profile } from './profile.ts';
import { logFolder } from './profile.ts';
import type { StateFolderWait } from './state-folder-wait.ts';

type Place = Pick<Profile, 'locations' | 'settings'>;

/** Throws Failure `diskFault` when the state folder is not there, and there is no patience for it to come. */
export async function awaitStateFolder(
  profile: Place,
  patience?: Pick<StateFolderWait, 'outwaitFailure' | 'over'>,
): Promise<void> {
  for (let isRepeated = false; ; isRepeated = true) {
    if (!isAway(profile)) {
      if (isRepeated) patience?.over();
      return;
    }
    const { state } = profile.locations;
    const detail = `Cannot use the state folder "${state}": it was on a file system of its own, which is not mounted now. Mount it, or remove "${noteOf(profile)}" to begin anew`;
    const failure = new Failure({ code: 'diskFault', detail });
    if ((await patience?.outwaitFailure(failure)) !== true) throw failure;
  }
}

/** To be called with the log locked. Where nothing can be noted, nothing is waited for at the next start. */
export function noteStatePlace(profile: Place): void {
  const note = noteOf(profile);
  try {
    if (!isElsewhere(profile)) rmSync(note, { force: true });
    else if (!existsSync(note)) writeFileSync(note, noteText, { mode: 0o600 });
  } catch (error) {
    if (errnoOf(error) === null) throw error;
  }
}

const noteText = 'The state of Tidemark lies on a file system of its own, which has to be mounted.\n';

const noteOf = ({ locations }: Place): string => join(locations.directory, '.state_elsewhere');

const isAway = (profile: Place): boolean =>
  existsSync(noteOf(profile)) && !isElsewhere(profile) && !existsSync(join(logFolder(profile), 'head'));

function isElsewhere({ locations: { state, directory } }: Place): boolean {
  const there = statSync(state, { throwIfNoEntry: false });
  return there !== undefined && there.dev !== statSync(directory).dev;
}
