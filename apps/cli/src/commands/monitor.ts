/** `--monitor`: the daemon in the foreground, until it is stopped. */
import { arrangePlugins, loadMonitor, openAccount } from '@tidemark/daemon';
import type { ArrangedPlugins, Profile, ReadAgain } from '@tidemark/daemon';
import { createCycle } from '@tidemark/plugin-reporter';
import { acceptStart, changedSettings } from '../accepted-start.ts';
import { beforeRun } from '../before-run.ts';
import { keepPeerOut } from '../beside-peer.ts';
import type { CommandContext } from '../context.ts';
import { asksForJson } from '../for-programs.ts';
import { hangUps } from '../hang-up.ts';
import { interruption } from '../interruption.ts';
import { loadProfile } from '../load-profile.ts';
import { logIn } from '../log-in.ts';
import { clock, random } from '../open.ts';
import { loadChannels, withReporter } from '../plugins.ts';
import { unshownFileActions } from '../unshown-file-actions.ts';
import { report, sync } from './sync.ts';

export async function monitor(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { settings } = profile;
  // A rehearsal shows what one pass would do.
  if (settings.dry_run) return sync(context);
  const json = asksForJson(commandLine);
  const stopped = await beforeRun(context);
  if (stopped !== null) return stopped;

  const pluginsFor = async (now: Profile): Promise<ArrangedPlugins> =>
    arrangePlugins(withReporter(now, { json, dryRun: false }, await loadChannels(now)), now);
  // What cannot be loaded now is wrong in the settings; waiting for a network would not help it.
  const unshown = unshownFileActions(await pluginsFor(profile), settings);
  if (unshown !== null) output.errorLine(unshown);
  const { monitorProfile } = await loadMonitor();
  const letPeerIn = await keepPeerOut(context);
  const { createShownFolder } = await import('../desktop/show-folder.ts');
  const shown = createShownFolder(process.env, profile.locations.home, (line) => output.errorLine(line));
  const interrupted = interruption(output);
  const hangUp = hangUps(interrupted.end);
  try {
    const end = await monitorProfile({
      profile,
      clock,
      random,
      output,
      environment: process.env,
      resync: settings.resync,
      force: commandLine.force === 'yes',
      cycle: createCycle('own'),
      say: (line) => {
        if (!json) output.line(line);
      },
      openAccount: (now, patience) =>
        openAccount({
          ...{ profile: now, clock, random, patience },
          rotation: 'written',
          say: (line) => {
            if (!json) output.line(line);
          },
          ...(commandLine.verbosity > 0 && !json && { note: (line: string) => output.line(line) }),
          warn: (line) => output.errorLine(line),
          trace: (line) => output.errorLine(line),
          environment: process.env,
        }),
      logIn: async ({ login }) => {
        if (!(await login.isStored())) await logIn(context, login);
      },
      pluginsFor,
      readAgain: () => readAgain(context),
      onBegun: (now) => {
        acceptStart(now, (line) => output.errorLine(line));
        context.followLog(now);
        shown.show(now.settings.display_manager_integration ? now.settings.sync_dir : null);
      },
      interrupted: interrupted.signal,
      interrupt: interrupted.end,
      onReload: hangUp.onReload,
    });
    if (interrupted.signal.aborted && interrupted.by !== 'SIGINT') return 0;
    return end === null ? 130 : report(context, end);
  } finally {
    shown.show(null);
    hangUp.release();
    interrupted.release();
    letPeerIn();
  }
}

/** The files of the profile as they are now, with the switches of this process. */
function readAgain(context: CommandContext): ReadAgain {
  const loaded = loadProfile(context);
  if (!loaded.ok) return loaded;
  return strictly(loaded.profile);
}

function strictly(profile: Profile): ReadAgain {
  if (!profile.settings.compat_strict_resync) return { ok: true, profile };
  const { changed, lines = [] } = changedSettings(profile);
  return changed.length === 0 ? { ok: true, profile } : { ok: false, lines };
}
