/** `plugin key`: what a NATS server knows a plugin, or the daemon, by. */
import { BusError } from '@tidemark/bus';
import { loadPluginKeys, pluginsOfSettings } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { accountOf } from '../open.ts';
import { ownPlugins } from './choose-plugin.ts';

/** On standard output what the server has to be told, and nothing else. */
export async function makeKeyOfPlugin(
  context: CommandContext,
  { reference, drive }: { readonly reference: string; readonly drive?: string },
): Promise<number> {
  const { commandLine, output, profile } = context;
  const plugins = [...(await ownPlugins(context)), ...(await pluginsOfSettings(profile))];
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
