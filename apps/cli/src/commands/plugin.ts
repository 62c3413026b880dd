/**
 * `plugin list`: which plugins a run would have, and where. `plugin run`: one of them in this process, for a daemon in another.
 * `plugin key`: what a NATS server knows one of them by.
 */
import { resolve } from 'node:path';
import type { ConfiguredPlugin } from '@tidemark/daemon';
import { BusError } from '@tidemark/bus';
import {
  arrangePlugins,
  configuredPlugin,
  isPath,
  loadPluginApart,
  loadPluginKeys,
  pluginsOfSettings,
} from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { SetupError } from '@tidemark/plugin-host';
import { isOwnPlugin, refusedBus } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { interruption } from '../interruption.ts';
import { accountOf, clock, random } from '../open.ts';
import { loadChannels, withReporter } from '../plugins.ts';

export async function plugin(context: CommandContext): Promise<number> {
  const { action } = context.commandLine;
  if (action.type !== 'plugin') return 2;
  switch (action.step) {
    case 'list':
      return list(context, action.output === 'json');
    case 'run':
      return runOne(context, action);
    case 'key':
      return makeKey(context, action);
  }
}

/** On standard output what the server has to be told, and nothing else. */
async function makeKey(
  context: CommandContext,
  { reference, drive }: { readonly reference: string; readonly drive?: string },
): Promise<number> {
  const { commandLine, output, profile } = context;
  const plugins = [...(await ours(context)), ...(await pluginsOfSettings(profile))];
  const { makePluginKey } = await loadPluginKeys();
  try {
    const { made, keyFile, authorization, authorizationFile } = await makePluginKey(
      reference,
      drive ?? (await knownDrive(context)),
      profile,
      plugins.map((one) => one.plugin),
    );
    for (const line of authorization.trimEnd().split('\n')) output.line(line);
    output.errorLine(`${made.includes(reference) ? 'Made' : 'Kept'} the key ${escaped(keyFile)}`);
    if (profile.settings.bus_nkey_file === '')
      output.errorLine(
        `Write into tidemark.conf: bus_nkey_file = "${escaped(profile.locations.directory)}/plugins/engine.nkey"`,
      );
    output.errorLine(`Let the NATS server read it anew: include ${escaped(authorizationFile)}`);
    return 0;
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    output.errorLine(`ERROR: ${error.message}`);
    return exitCodeOf('configuration', commandLine);
  }
}

/** Throws Failure. */
async function knownDrive(context: CommandContext): Promise<string> {
  const { drive_id: configured } = context.profile.settings;
  if (configured !== '') return configured;
  const account = accountOf(context, { rotation: 'written' });
  try {
    return (await account.drive.info()).id;
  } finally {
    await account.close();
  }
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
  const driveId = action.drive ?? (settings.drive_id === '' ? null : settings.drive_id);
  const chosen = await choose(context, action.reference);
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

interface Chosen extends ConfiguredPlugin {
  readonly isOurs: boolean;
}

/** One of ours or of the settings by its name; otherwise a file, as the shell sees it, or a package. */
async function choose(context: CommandContext, reference: string): Promise<Chosen> {
  const { profile } = context;
  const { locations } = profile;
  const isCalled = ({ plugin: { name } }: ConfiguredPlugin): boolean => name === reference;
  if (!isPath(reference)) {
    const own = (await ours(context)).find(isCalled);
    if (own !== undefined) return { ...own, isOurs: true };
    if (isOwnPlugin(reference))
      throw new SetupError(
        reference,
        'the settings of this profile have no use for it',
        'See upload_only, webhook_enabled and disable_websocket_support',
      );
    const theirs = (await pluginsOfSettings(profile)).find(isCalled);
    if (theirs !== undefined) return { ...theirs, isOurs: false };
  }
  const chosen = await configuredPlugin(
    isPath(reference) ? fromHere(reference) : reference,
    { folder: locations.directory, home: locations.home },
    locations,
  );
  return { ...chosen, isOurs: false };
}

const fromHere = (path: string): string => (path.startsWith('.') ? resolve(path) : path);

const ours = async ({ profile }: CommandContext): Promise<ConfiguredPlugin[]> =>
  withReporter(profile, { json: false, dryRun: false }, await loadChannels(profile));
