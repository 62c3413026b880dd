/** `plugin run`: one plugin in this process, for a daemon in another one. */
import { loadPluginApart, pluginsOfSettings } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { refusedBus } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { interruption } from '../interruption.ts';
import { clock, random } from '../open.ts';
import { choosePlugin } from './choose-plugin.ts';

export async function runPlugin(
  context: CommandContext,
  action: { readonly reference: string; readonly bus?: string; readonly drive?: string },
): Promise<number> {
  const { commandLine, output, profile } = context;
  const { settings } = profile;
  const refuse = (...lines: readonly string[]): number => {
    for (const line of lines) output.errorLine(line);
    return exitCodeOf('configuration', commandLine);
  };
  const server = action.bus ?? settings.bus;
  if (server === 'in-process')
    return refuse(
      'ERROR: Cannot run a plugin apart: there is no bus to reach the daemon over',
      '       Give --bus nats://host:port, or set bus in tidemark.conf, as in that of the daemon',
    );
  const refused = refusedBus(server, settings);
  if (refused !== undefined) return refuse(`ERROR: ${refused}`);
  const driveId = action.drive ?? (settings.drive_id === '' ? null : settings.drive_id);
  const chosen = await choosePlugin(context, action.reference);
  if (driveId === null && !chosen.isOurs)
    return refuse(
      'ERROR: Cannot run a plugin apart: it is not known for which drive',
      "       Give --drive ID; 'tidemark status' shows the id where the daemon runs",
    );
  const { name, version = profile.version } = chosen.plugin;
  const interrupted = interruption(output);
  try {
    const { runPluginApart } = await loadPluginApart();
    await runPluginApart({
      ...{ ...chosen, profile, server, driveId, clock, random, output, signal: interrupted.signal },
      theirs: chosen.isOurs ? await pluginsOfSettings(profile) : [],
      environment: process.env,
      onStanding: (standing, drive) =>
        output.errorLine(
          standing.state === 'working'
            ? `Plugin ${name} ${version} works for drive ${drive} over ${server}`
            : `Plugin ${name} waits for a daemon of drive ${drive} that names it in ${chosen.isOurs ? 'plugin_process' : 'remote_plugins'}: ${escaped(standing.detail)}`,
        ),
      onFault: ({ details }) => output.errorLine(`ERROR: Plugin ${name}: ${escaped(details.detail)}`),
    });
    return interrupted.by === 'SIGTERM' ? 0 : exitCodeOf('interrupted', commandLine);
  } finally {
    interrupted.release();
  }
}
