/** What others share, after the sync folder itself in a run that ends by itself. */
import {
  createConfirmation,
  loadCapabilities,
  loadSharedFolders,
  mayHaveShared,
  readKnownPlaces,
} from '@tidemark/daemon';
import type {
  ArrangedPlugins,
  Border,
  KnownFiles,
  KnownPlace,
  Profile,
  RunEnd,
  SharedSync,
  Wanted,
} from '@tidemark/daemon';
import { createCycle, type Cycle } from '@tidemark/plugin-reporter';
import type { CommandContext } from './context.ts';
import type { RehearsedPlaces } from './commands/rehearse.ts';
import { exitCodeOf, kindOf } from './exit-code.ts';
import { interruption } from './interruption.ts';
import { clock, type Opened, random } from './open.ts';
import { pluginsOfOneRun } from './plugins.ts';

interface SharedOptions {
  readonly mode: 'real' | 'rehearse';
  readonly json: boolean;
  /** What may go through in each of them. */
  readonly wanted: Wanted;
  /** Of the sync folder. */
  readonly end: RunEnd;
  /** Runs the sync folder again. */
  readonly around: () => Promise<RunEnd>;
  readonly border: Border | null;
  readonly cycle: Cycle;
  /** Where single files are, or would be; null: nowhere. */
  readonly files: KnownFiles | null;
}

/** The last run of the sync folder, and those of what is shared: their exit codes, in that order. */
export async function syncShared(
  { profile, output, commandLine }: CommandContext,
  opened: Opened,
  { mode, json, wanted, end, around, border, cycle, files }: SharedOptions,
  codeOf: (end: RunEnd) => number,
): Promise<readonly number[]> {
  // What stands in the way of the sync folder stands in theirs.
  const isInTheWay = end.cause !== 'finished' || end.status.halted !== null || end.status.held !== null;
  if (isInTheWay || (files === null && !mayHaveShared(profile, opened.state))) return [codeOf(end)];
  const { capabilitiesOf } = await loadCapabilities();
  const { createBorder, syncSharedFolders } = await loadSharedFolders();
  const interrupted = interruption(output);
  try {
    const shared = await syncSharedFolders({
      ...{ profile, opened, account: opened.account, clock, random, output, mode, around, cycle },
      ...(mode === 'rehearse' && { files }),
      border: border ?? createBorder({ profile, clock, monitoring: false }),
      confirmationFor: () => createConfirmation(wanted),
      pluginsFor: (folder) => pluginsOfOneRun(folder, { mode, json }),
      capabilitiesFor: (folder, account, plugins) =>
        profile.settings.plugins.length === 0 ? {} : capabilitiesOf(folder, account, plugins),
      say: (line) => {
        if (!json) output.line(line);
      },
      interrupted: interrupted.signal,
    });
    const failed = shared.failures.map(({ code }) => exitCodeOf(kindOf(code), commandLine));
    const own = mode === 'real' ? (shared.around ?? end) : withoutPlaces(end, shared.ends);
    return [codeOf(own), ...shared.ends.map((one) => codeOf(one.end)), ...failed];
  } finally {
    interrupted.release();
  }
}

/** What a run would do in shared folders after the rehearsal of the sync folder. */
export async function rehearseShared(
  { profile, output }: CommandContext,
  opened: Opened,
  { files, ...how }: Pick<SharedOptions, 'files'> & Pick<SharedSync, 'confirmationFor' | 'pluginsFor'>,
): Promise<RehearsedPlaces> {
  if (files === null && !mayHaveShared(profile, opened.state))
    return { places: [], lines: [], hasFailed: false };
  const { createBorder, syncSharedFolders } = await loadSharedFolders();
  const { capabilitiesOf } = await loadCapabilities();
  const interrupted = interruption(output);
  const lines: string[] = [];
  try {
    const { ends, failures } = await syncSharedFolders({
      ...{ profile, opened, account: opened.account, clock, random, output, files, ...how },
      ...{ mode: 'rehearse', isUnannounced: true, interrupted: interrupted.signal },
      border: createBorder({ profile, clock, monitoring: false }),
      capabilitiesFor: (folder, account, plugins) =>
        profile.settings.plugins.length === 0 ? {} : capabilitiesOf(folder, account, plugins),
      cycle: createCycle('own'),
      say: (line) => void lines.push(line.replace(/^DRY-RUN: /, '')),
      around: () => Promise.reject(new Error('A rehearsal looks at the sync folder once')),
    });
    return { places: ends, lines, hasFailed: failures.length > 0 };
  } finally {
    interrupted.release();
  }
}

/** A folder that would be taken over is looked at by the rehearsal around it, in which no run would look at it again. */
export function withoutPlaces(end: RunEnd, ends: readonly { readonly place: KnownPlace }[]): RunEnd {
  const isInPlace = (path: string): boolean =>
    ends.some(({ place }) => `${path}/`.startsWith(`${place.path}/`));
  const notAtRest = end.status.notAtRest.filter(({ path }) => !isInPlace(path));
  return { ...end, status: { ...end.status, notAtRest } };
}

/** Before anything looks at the sync folder: where single files are, or would be; null: nowhere. Loaded only where they may be wanted. */
export async function prepareShared(
  { profile, output }: CommandContext,
  { info, state, account }: Pick<Opened, 'info' | 'state' | 'account'>,
  { mode, json }: Pick<SharedOptions, 'mode' | 'json'>,
): Promise<KnownFiles | null> {
  if (!profile.settings.sync_business_shared_items) return null;
  const { prepareSharedFiles } = await loadSharedFolders();
  const options = {
    ...{ profile, info, state, drive: account.drive },
    say: (line: string) => {
      if (!json) output.line(line);
    },
    warn: (line: string) => output.errorLine(`WARNING: ${line}`),
  };
  const files = await prepareSharedFiles(options, mode);
  if (files !== null && files.folder !== '') profile.rehearsedApart?.add(files.folder);
  return files;
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

/** A run would note folders as shared ones before it looks; its rehearsal writes nothing, so it keeps them to itself. */
export const rehearsing = (context: CommandContext): CommandContext => ({
  ...context,
  profile: { ...context.profile, rehearsedApart: new Set() },
});
