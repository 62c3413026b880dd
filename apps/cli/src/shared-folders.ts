/** What others share, after the sync folder itself in a run that ends by itself. */
import { createConfirmation, loadCapabilities, loadSharedFolders } from '@tidemark/daemon';
import type { RunEnd } from '@tidemark/daemon';
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
}

export interface SharedEnd {
  /** Of those that were run. */
  readonly codes: readonly number[];
  /** The sync folder around them is to be looked at again. */
  readonly isAroundDue: boolean;
}

export async function syncShared(
  { profile, output, commandLine }: CommandContext,
  opened: Opened,
  { mode, json, end }: SharedOptions,
  codeOf: (end: RunEnd) => number,
): Promise<SharedEnd> {
  // What stands in the way of the sync folder stands in theirs.
  if (end.cause !== 'finished' || end.status.halted !== null || end.status.held !== null)
    return { codes: [], isAroundDue: false };
  const { capabilitiesOf } = await loadCapabilities();
  const { syncSharedFolders } = await loadSharedFolders();
  const interrupted = interruption(output);
  try {
    const { ends, failures, isAroundDue } = await syncSharedFolders({
      ...{ profile, opened, account: opened.account, clock, random, output, mode },
      confirmation: createConfirmation(commandLine.force === 'yes' ? 'whatIsHeld' : 'nothing'),
      resync: profile.settings.resync,
      pluginsFor: (shared) => pluginsOfOneRun(shared, { mode, json }),
      capabilitiesFor: (shared, account, plugins) =>
        profile.settings.plugins.length === 0 ? {} : capabilitiesOf(shared, account, plugins),
      say: (line) => {
        if (!json) output.line(line);
      },
      interrupted: interrupted.signal,
    });
    const failed = failures.map(({ code }) => exitCodeOf(kindOf(code), commandLine));
    return { codes: [...ends.map(codeOf), ...failed], isAroundDue };
  } finally {
    interrupted.release();
  }
}
