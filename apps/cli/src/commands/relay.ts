/**
 * `tidemark relay`: takes in notifications for clients that cannot be reached. `relay user`: the NATS user of this machine.
 * `relay status`: how the relay that runs with this configuration is.
 */
import { natsAccess } from '@tidemark/daemon';
import { BusError, publicNkeyOf } from '@tidemark/bus';
import { askRelay } from '@tidemark/control';
import { natsUser, openRelayStatus, runRelay, stoppedRelay } from '@tidemark/relay';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { clock } from '../open.ts';
import { relayJson, relayLine, renderRelay } from '../relay-lines.ts';

export async function relay(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  try {
    const { action } = commandLine;
    if (action.type !== 'relay') return exitCodeOf('usage', commandLine);
    switch (action.step) {
      case 'user':
        return await printUser(context);
      case 'status':
        return await showStatus(context, action.output, action.check);
      case 'run':
        return await run(context, action.output);
    }
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    output.errorLine(`ERROR: ${error.message}`);
    return exitCodeOf('configuration', commandLine);
  }
}

/** Makes the key when there is none yet. */
async function printUser({ commandLine, output, profile: { settings } }: CommandContext): Promise<number> {
  const { relay_nkey_file: file, relay_drive: drive } = settings;
  if (file === '') {
    output.errorLine("ERROR: Cannot make a user: 'relay_nkey_file' is not set in tidemark.conf");
    output.errorLine('       It names the file for the secret key; the server is told the public one');
    return exitCodeOf('configuration', commandLine);
  }
  const publicKey = await publicNkeyOf(file);
  for (const line of natsUser(publicKey, drive === '' ? null : drive)) output.line(line);
  return 0;
}

const stateFolderOf = ({ profile }: CommandContext): string => `${profile.locations.state}/relay`;

async function showStatus(
  context: CommandContext,
  form: 'text' | 'json',
  check: 'no' | 'yes',
): Promise<number> {
  const { output, profile } = context;
  const report = await askRelay(stateFolderOf(context));
  if (check === 'yes') {
    if (report !== null) return 0;
    output.errorLine('ERROR: No relay runs with this configuration');
    output.errorLine('       Start it: tidemark relay');
    return 1;
  }
  const shown = report ?? stoppedRelay(profile.version);
  if (form === 'json') output.line(JSON.stringify(shown));
  else for (const line of renderRelay(shown)) output.line(line);
  return 0;
}

async function run(context: CommandContext, form: 'text' | 'json'): Promise<number> {
  const { commandLine, output, profile } = context;
  const { settings } = profile;
  if (settings.relay_server === '') {
    output.errorLine("ERROR: Cannot run the relay: 'relay_server' is not set in tidemark.conf");
    output.errorLine('       It names the NATS server to which notifications are handed on');
    return exitCodeOf('configuration', commandLine);
  }
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  const relayStatus = await openRelayStatus({
    stateFolder: stateFolderOf(context),
    environment: process.env,
    version: profile.version,
    server: settings.relay_server,
    clock,
    onTrouble: (detail) => output.errorLine(`WARNING: ${detail}; 'tidemark relay status' finds nobody`),
  });
  try {
    await runRelay({
      server: settings.relay_server,
      access: natsAccess(settings.relay_ca_file, settings.relay_nkey_file),
      address: { host: settings.webhook_listening_host, port: settings.webhook_listening_port },
      clock,
      signal: ending.signal,
      tell: (news) => {
        relayStatus.follow(news);
        if (form === 'json') return output.line(relayJson(news, clock.now()));
        const line = relayLine(news);
        if (line.isProblem) output.errorLine(line.text);
        else if (!line.isDetail || commandLine.verbosity > 0) output.line(line.text);
      },
    });
    if (form === 'text') output.line('Stopped the relay');
    return 0;
  } finally {
    await relayStatus.close();
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
  }
}
