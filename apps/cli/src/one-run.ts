/** One run that ends by itself or at a signal, and what it says to other processes. */
import type { Confirmation, Profile, ProfileRun, RunEnd, Wanted } from '@tidemark/daemon';
import { createConfirmation, inProcess, loadCapabilities, openBus, runProfile } from '@tidemark/daemon';
import type { CommandContext } from './context.ts';
import { interruption } from './interruption.ts';
import type { Opened } from './open.ts';
import { clock, random } from './open.ts';

export interface OneRun extends Pick<ProfileRun, 'mode' | 'plugins' | 'elsewhere' | 'isAllowed'> {
  readonly wanted: Wanted | Confirmation;
}

export async function runOnce(
  { profile, output }: CommandContext,
  opened: Opened,
  { wanted, ...parts }: OneRun,
): Promise<RunEnd> {
  const interrupted = interruption(output);
  opened.patience.endWith(interrupted.signal);
  const isAlone = parts.mode === 'rehearse' || profile.sharedFolder !== undefined;
  const bus = await openBus(isAlone ? inProcess : profile.settings, {
    onError: (detail) => {
      output.errorLine(`ERROR: A message between plugins was lost, so the run ends: ${detail}`);
      interrupted.end();
    },
    onOutside: (detail) => output.errorLine(`WARNING: ${detail}`),
  });
  try {
    return await runProfile({
      ...opened,
      ...parts,
      ...{ profile, bus, clock, random, output, interrupted: interrupted.signal },
      capabilities: await capabilitiesFor(profile, opened, parts.plugins),
      confirmation: typeof wanted === 'object' && 'due' in wanted ? wanted : createConfirmation(wanted),
      monitoring: false,
    });
  } finally {
    interrupted.release();
    await bus.close();
  }
}

/** Ours need none of it in a run that ends by itself. */
export async function capabilitiesFor(
  profile: Profile,
  { account }: Pick<Opened, 'account'>,
  plugins: OneRun['plugins'],
): Promise<ProfileRun['capabilities']> {
  if (profile.settings.plugins.length === 0) return {};
  return (await loadCapabilities()).capabilitiesOf(profile, account, plugins);
}
