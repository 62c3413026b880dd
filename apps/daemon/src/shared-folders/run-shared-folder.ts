/** One run of what others share at one place: as that of a sync folder, with its own log, over what is on other drives. */
import type { Clock, DriveInfo, Random } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import type { Output } from '@tidemark/plugin-sdk';
import type { Account } from '../account.ts';
import { inProcess, openBus } from '../bus.ts';
import { type Confirmation, createConfirmation } from '../confirmation.ts';
import type { ArrangedPlugins } from '../plugins/arrange-plugins.ts';
import type { Profile } from '../profile.ts';
import type { ProfileRun, RunEnd, RunHandle } from '../profile-run.ts';
import { runProfile } from '../run-profile.ts';
import { finishSwaps } from '../user-changes/between-runs.ts';
import type { Border } from './border.ts';
import { keyOfPlace, type KnownPlace, noteReached } from './known-folders.ts';
import { type OpenedPlace, openPlace } from './open-place.ts';
import type { TellShared } from './settle-shared-folders.ts';
import { profileOfShared } from './shared-profile.ts';

/** The sync folder and what others share in it, told as one sync: its beginning once, and its end once all of them have come to it. */
export interface Cycle {
  /** For the run of that place. */
  output(key: string, output: Output): Output;
  /** The sync is not complete before that place has come to its end. */
  expect(key: string): void;
  /** That place is not waited for any more. */
  ended(key: string): void;
}

export interface SharedRun {
  /** Of the user. */
  readonly profile: Profile;
  readonly account: Account;
  /** Of the own drive. */
  readonly info: DriveInfo;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly mode: ProfileRun['mode'];
  readonly monitoring: boolean;
  readonly confirmation: Confirmation;
  readonly border: Border;
  readonly pluginsFor: (profile: Profile) => Promise<ArrangedPlugins>;
  readonly capabilitiesFor: (
    profile: Profile,
    account: Account,
    plugins: ArrangedPlugins['here'],
  ) => ProfileRun['capabilities'];
  /** It is not told which of them is looked at. */
  readonly isUnannounced?: boolean;
  /** For people; not called when the output is for machines. */
  readonly say: (line: string) => void;
  /** That its owner does not share it any more. */
  readonly warn: (line: string) => void;
  readonly tell: TellShared;
  readonly cycle: Cycle;
  /** It could be reached, and its run has not begun: makes what a user asked for, and tells the paths that need no second consent. */
  readonly betweenRuns?: (opened: OpenedPlace) => Promise<ReadonlySet<string> | null>;
  /** It could be reached, and its run has begun. */
  readonly onBegun?: (run: RunHandle) => void;
  readonly interrupted: AbortSignal;
}

/** Null: its owner does not share it any more, or it cannot be found; that was said. Throws Failure and LogBusy. */
export async function runSharedFolder(options: SharedRun, known: KnownPlace): Promise<RunEnd | null> {
  const key = keyOfPlace(known);
  options.cycle.expect(key);
  try {
    const end = await run(options, known);
    if (end.status.halted?.code !== 'driveNotFound') return end;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'driveNotFound') throw error;
  } finally {
    options.cycle.ended(key);
  }
  if (options.mode === 'real' && known.isAway !== true) {
    await options.tell({ path: known.path, told: 'unreachable' });
    noteReached(options.profile, key, false);
  }
  options.warn(
    `The shared folder "${escaped(known.path)}" cannot be reached: its owner may have ended the sharing. Nothing in it was deleted, and it is tried again`,
  );
  return null;
}

async function run(options: SharedRun, known: KnownPlace): Promise<RunEnd> {
  const { output, clock, random, mode, monitoring, interrupted, confirmation, border } = options;
  const key = keyOfPlace(known);
  announce(options, known);
  const { here, elsewhere } = await options.pluginsFor(profileOfShared(options.profile, known));
  if (here.some(({ plugin }) => plugin.content !== undefined)) throw foreignContent(known.path);
  const opened = await openPlace(options, known);
  const { profile, account } = opened;
  try {
    if (mode === 'real' && known.isAway === true) await options.tell({ path: known.path, told: 'reached' });
    for (const notice of opened.notices) output.errorLine(notice);
    const paths = (await options.betweenRuns?.(opened)) ?? null;
    if (mode === 'real' && paths === null && opened.unfinished !== null)
      await finishSwaps(
        { profile, clock, mode, opened, drive: account.drive, say: options.say, warn: options.warn },
        opened.unfinished,
      );
    const lost = new AbortController();
    const bus = await openBus(inProcess, { onError: () => lost.abort(), onOutside: () => undefined });
    try {
      return await runProfile({
        ...opened,
        ...{ profile, account, bus, clock, random, mode, monitoring },
        output: options.cycle.output(key, output),
        confirmation: paths === null ? confirmation : createConfirmation({ paths }),
        plugins: [border.guard(key), ...here],
        elsewhere,
        capabilities: options.capabilitiesFor(profile, account, here),
        interrupted: AbortSignal.any([interrupted, lost.signal]),
        attach: (handle) => {
          if (mode === 'real' && (known.isNew || known.isAway === true))
            noteReached(options.profile, key, true);
          border.enter(key, opened.state);
          options.onBegun?.(handle);
        },
      });
    } finally {
      await bus.close();
    }
  } finally {
    await opened.close();
  }
}

/** In the words of the peer. */
function announce({ say, info, profile, isUnannounced }: SharedRun, place: KnownPlace): void {
  if (isUnannounced === true) return;
  const isVerbose = profile.commandLine.verbosity > 0;
  if (!('target' in place)) {
    if (!isVerbose) return;
    say('Checking for any applicable OneDrive Business Shared Files which need to be synced locally');
    return say('Using Microsoft Graph Search API to enumerate OneDrive Business Shared Files');
  }
  const { path, target } = place;
  const isPersonal = info.kind === 'personal';
  const at = isPersonal ? `./${escaped(path)}` : escaped(path);
  say(`Syncing this OneDrive ${isPersonal ? 'Personal' : 'Business'} Shared Folder: ${at}`);
  if (!isVerbose) return;
  const { driveId, itemId } = target;
  say(
    `Generating a /delta response from the OneDrive API for this Drive ID: ${escaped(driveId)} and Item ID: ${escaped(itemId)}`,
  );
}

const foreignContent = (path: string): Failure =>
  new Failure({
    code: 'contentPluginMissing',
    detail: `Cannot sync the shared folder "${escaped(path)}" with a plugin that changes content: others could not read what it makes`,
  });
