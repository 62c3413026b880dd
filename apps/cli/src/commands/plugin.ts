/** `plugin list`: which plugins a run would have, and where. `plugin run`: one of them in this process, for a daemon in another. */
import { resolve } from 'node:path';
import type { ConfiguredPlugin } from '@tidemark/daemon';
import { arrangePlugins, configuredPlugin, isPath, loadPluginApart } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { refusedBus } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { interruption } from '../interruption.ts';
import { clock, random } from '../open.ts';
import { loadChannels, withReporter } from '../plugins.ts';

export async function plugin(context: CommandContext): Promise<number> {
  const { action } = context.commandLine;
  if (action.type !== 'plugin') return 2;
  return action.step === 'run' ? runOne(context, action) : list(context, action.output === 'json');
}

async function list(context: CommandContext, json: boolean): Promise<number> {
  const { output, profile } = context;
  const { here, elsewhere } = await arrangePlugins(await ours(context), profile);
  const all = [
    ...here.map(
      ({ plugin: { name, version = profile.version, needs = {}, handle = {}, observe, rules = {} } }) => ({
        ...{ name, version, place: 'daemon', observes: observe !== undefined, handles: Object.keys(handle) },
        ...{ rules: Object.keys(rules), needs },
      }),
    ),
    ...elsewhere.map(({ name, handles }) => ({ name, place: 'elsewhere', handles })),
  ];
  for (const one of all) {
    if (json) output.line(JSON.stringify(one));
    else {
      const handles = one.handles.length === 0 ? '' : `  ${one.handles.join(', ')}`;
      const version = 'version' in one ? one.version : '';
      output.line(`${one.name.padEnd(16)} ${version.padEnd(8)} ${one.place.padEnd(9)}${handles}`);
    }
  }
  return 0;
}

async function runOne(
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
  const drive = action.drive ?? settings.drive_id;
  if (drive === '')
    return refuse(
      'ERROR: Cannot run a plugin apart: it is not known for which drive',
      "       Give --drive ID; 'tidemark status' shows the id where the daemon runs",
    );
  const chosen = await choose(context, action.reference);
  const { name, version = profile.version } = chosen.plugin;
  const interrupted = interruption(output);
  try {
    const { runPluginApart } = await loadPluginApart();
    await runPluginApart({
      ...{ ...chosen, profile, server, drive, clock, random, output, signal: interrupted.signal },
      onStanding: (standing) =>
        output.errorLine(
          standing.state === 'working'
            ? `Plugin ${name} ${version} works for drive ${drive} over ${server}`
            : `Plugin ${name} waits for a daemon of drive ${drive} that names it in remote_plugins: ${escaped(standing.detail)}`,
        ),
      onFault: ({ details }) => output.errorLine(`ERROR: Plugin ${name}: ${escaped(details.detail)}`),
    });
    return interrupted.by === 'SIGTERM' ? 0 : exitCodeOf('interrupted', commandLine);
  } finally {
    interrupted.release();
  }
}

/** One of ours or of the settings by its name; otherwise a file, as the shell sees it, or a package. */
async function choose(context: CommandContext, reference: string): Promise<ConfiguredPlugin> {
  const { locations } = context.profile;
  if (!isPath(reference)) {
    const { here } = await arrangePlugins(await ours(context), {
      ...context.profile,
      settings: { ...context.profile.settings, remote_plugins: [] },
    });
    const known = here.find(({ plugin: { name } }) => name === reference);
    if (known !== undefined) return known;
  }
  return configuredPlugin(
    isPath(reference) ? fromHere(reference) : reference,
    { folder: locations.directory, home: locations.home },
    locations,
  );
}

const fromHere = (path: string): string => (path.startsWith('.') ? resolve(path) : path);

const ours = async ({ profile }: CommandContext): Promise<ConfiguredPlugin[]> =>
  withReporter(profile, { json: false, dryRun: false }, await loadChannels(profile));
