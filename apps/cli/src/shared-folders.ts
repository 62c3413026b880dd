/** What others share, after the sync folder itself in a run that ends by itself. */
import {
  createConfirmation,
  loadCapabilities,
  loadSharedFolders,
  mayHaveShared,
  readKnownPlaces,
} from '@tidemark/daemon';
import type { ArrangedPlugins, Border, Profile, RunEnd } from '@tidemark/daemon';
import type { CommandContext } from './context.ts';
import { exitCodeOf, kindOf } from './exit-code.ts';
import { interruption } from './interruption.ts';
import { clock, type Opened, random } from './open.ts';
import { pluginsOfOneRun } from './plugins.ts';

interface SharedOptions {
  readonly mode: 'real' | 'rehearse';
  readonly json: boolean;
  /** Of the sync folder. */
  readonly end: RunEnd;
  /** Runs the sync folder again. */
  readonly around: () => Promise<RunEnd>;
  readonly border: Border | null;
}

/** The last run of the sync folder, and those of what is shared: their exit codes, in that order. */
export async function syncShared(
  { profile, output, commandLine }: CommandContext,
  opened: Opened,
  { mode, json, end, around, border }: SharedOptions,
  codeOf: (end: RunEnd) => number,
): Promise<readonly number[]> {
  // What stands in the way of the sync folder stands in theirs.
  const isInTheWay = end.cause !== 'finished' || end.status.halted !== null || end.status.held !== null;
  if (isInTheWay || !mayHaveShared(profile, opened.state)) return [codeOf(end)];
  const { capabilitiesOf } = await loadCapabilities();
  const { createBorder, syncSharedFolders } = await loadSharedFolders();
  const interrupted = interruption(output);
  try {
    const shared = await syncSharedFolders({
      ...{ profile, opened, account: opened.account, clock, random, output, mode, around },
      border: border ?? createBorder({ profile, clock, monitoring: false }),
      confirmation: createConfirmation(commandLine.force === 'yes' ? 'whatIsHeld' : 'nothing'),
      pluginsFor: (folder) => pluginsOfOneRun(folder, { mode, json }),
      capabilitiesFor: (folder, account, plugins) =>
        profile.settings.plugins.length === 0 ? {} : capabilitiesOf(folder, account, plugins),
      say: (line) => {
        if (!json) output.line(line);
      },
      interrupted: interrupted.signal,
    });
    const failed = shared.failures.map(({ code }) => exitCodeOf(kindOf(code), commandLine));
    return [codeOf(shared.around ?? end), ...shared.ends.map(codeOf), ...failed];
  } finally {
    interrupted.release();
  }
}

/** Before anything looks at the sync folder. Loaded only where shared files may be wanted. */
export async function prepareShared(
  { profile, output }: CommandContext,
  { info, state, account }: Pick<Opened, 'info' | 'state' | 'account'>,
  json: boolean,
): Promise<void> {
  if (!profile.settings.sync_business_shared_items) return;
  const { prepareSharedFiles } = await loadSharedFolders();
  await prepareSharedFiles({
    ...{ profile, info, state, drive: account.drive },
    say: (line) => {
      if (!json) output.line(line);
    },
    warn: (line) => output.errorLine(`WARNING: ${line}`),
  });
}

/** Files may be moved between the sync folder and what is shared in it; null where nothing is. */
export async function borderOf(
  profile: Profile,
  elsewhere: ArrangedPlugins['elsewhere'],
  { state }: Pick<Opened, 'state'>,
): Promise<Border | null> {
  if (readKnownPlaces(profile).length === 0) return null;
  const { canGuard, createBorder } = await loadSharedFolders();
  if (!canGuard(elsewhere)) return null;
  const border = createBorder({ profile, clock, monitoring: false });
  border.enter('own', state);
  return border;
}
