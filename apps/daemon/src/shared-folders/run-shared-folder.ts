/** One run of one shared folder: as that of a sync folder, with its own log, over the folder of another drive. */
import type { Clock, DriveInfo, Random } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import { makeFolders } from '@tidemark/folders';
import type { Output } from '@tidemark/plugin-sdk';
import type { Account } from '../account.ts';
import { inProcess, openBus } from '../bus.ts';
import type { Confirmation } from '../confirmation.ts';
import { openRun } from '../open-run.ts';
import type { ArrangedPlugins } from '../plugins/arrange-plugins.ts';
import type { Profile } from '../profile.ts';
import type { ProfileRun, RunEnd, RunHandle } from '../profile-run.ts';
import { runProfile } from '../run-profile.ts';
import type { Border } from './border.ts';
import { keyOfTarget, type KnownFolder, readKnownFolders, writeKnownFolders } from './known-folders.ts';
import { accountOfShared, profileOfShared } from './shared-profile.ts';

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
  /** For people; not called when the output is for machines. */
  readonly say: (line: string) => void;
  /** That its owner does not share it any more. */
  readonly warn: (line: string) => void;
  /** It could be reached, and its run has begun. */
  readonly onBegun?: (run: RunHandle) => void;
  readonly interrupted: AbortSignal;
}

/** Null: its owner does not share it any more, or it cannot be found; that was said. Throws Failure and LogBusy. */
export async function runSharedFolder(options: SharedRun, known: KnownFolder): Promise<RunEnd | null> {
  try {
    const end = await run(options, known);
    if (end.status.halted?.code !== 'driveNotFound') return end;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'driveNotFound') throw error;
  }
  options.warn(
    `The shared folder "${escaped(known.path)}" cannot be reached: its owner may have ended the sharing. Nothing in it was deleted, and it is tried again`,
  );
  return null;
}

async function run(options: SharedRun, known: KnownFolder): Promise<RunEnd> {
  const { output, clock, random, mode, monitoring, interrupted, confirmation, border } = options;
  const key = keyOfTarget(known.target);
  const profile = profileOfShared(options.profile, known);
  const account = accountOfShared(options.account, known);
  announce(options, known);
  const { here, elsewhere } = await options.pluginsFor(profile);
  if (here.some(({ plugin }) => plugin.content !== undefined)) throw foreignContent(known.path);
  if (mode === 'real') makeFolders(profile.locations.state, 0o700);
  const opened = await openRun({
    ...{ profile, account, clock, random, mode, resync: known.isNew, isFirst: false },
  });
  try {
    for (const notice of opened.notices) output.errorLine(notice);
    const lost = new AbortController();
    const bus = await openBus(inProcess, { onError: () => lost.abort(), onOutside: () => undefined });
    try {
      return await runProfile({
        ...opened,
        ...{ profile, account, bus, clock, random, output, mode, monitoring, confirmation },
        plugins: [border.guard(key), ...here],
        elsewhere,
        capabilities: options.capabilitiesFor(profile, account, here),
        interrupted: AbortSignal.any([interrupted, lost.signal]),
        attach: (handle) => {
          if (known.isNew && mode === 'real') noteBegun(options.profile, known);
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
function announce({ say, info, profile }: SharedRun, { path, target }: KnownFolder): void {
  const isPersonal = info.kind === 'personal';
  const at = isPersonal ? `./${escaped(path)}` : escaped(path);
  say(`Syncing this OneDrive ${isPersonal ? 'Personal' : 'Business'} Shared Folder: ${at}`);
  if (profile.commandLine.verbosity === 0) return;
  const { driveId, itemId } = target;
  say(
    `Generating a /delta response from the OneDrive API for this Drive ID: ${escaped(driveId)} and Item ID: ${escaped(itemId)}`,
  );
}

function noteBegun(profile: Profile, { target }: KnownFolder): void {
  const key = keyOfTarget(target);
  const folders = readKnownFolders(profile);
  writeKnownFolders(
    profile,
    folders.map((folder) => (keyOfTarget(folder.target) === key ? { ...folder, isNew: false } : folder)),
  );
}

const foreignContent = (path: string): Failure =>
  new Failure({
    code: 'contentPluginMissing',
    detail: `Cannot sync the shared folder "${escaped(path)}" with a plugin that changes content: others could not read what it makes`,
  });
