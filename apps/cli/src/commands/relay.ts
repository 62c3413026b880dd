/** `tidemark relay`: takes in notifications for clients that cannot be reached. `relay user`: the NATS user of this machine. */
import { natsAccess } from '@tidemark/daemon';
import { BusError, publicNkeyOf } from '@tidemark/bus';
import type { RelayNews } from '@tidemark/relay';
import { natsUser, runRelay } from '@tidemark/relay';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { clock } from '../open.ts';

export async function relay(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  try {
    return commandLine.action.type === 'relay' && commandLine.action.step === 'user'
      ? await printUser(context)
      : await run(context);
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

async function run({ commandLine, output, profile: { settings } }: CommandContext): Promise<number> {
  if (settings.relay_server === '') {
    output.errorLine("ERROR: Cannot run the relay: 'relay_server' is not set in tidemark.conf");
    output.errorLine('       It names the NATS server to which notifications are handed on');
    return exitCodeOf('configuration', commandLine);
  }
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  try {
    await runRelay({
      server: settings.relay_server,
      access: natsAccess(settings.relay_ca_file, settings.relay_nkey_file),
      address: { host: settings.webhook_listening_host, port: settings.webhook_listening_port },
      clock,
      signal: ending.signal,
      tell: (news) => {
        const line = lineOf(news);
        if (line.isProblem) output.errorLine(line.text);
        else if (!line.isDetail || commandLine.verbosity > 0) output.line(line.text);
      },
    });
    output.line('Stopped the relay');
    return 0;
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
  }
}

interface Line {
  readonly text: string;
  readonly isProblem?: true;
  /** Shown with `--verbose`. */
  readonly isDetail?: true;
}

function lineOf(news: RelayNews): Line {
  switch (news.type) {
    case 'started':
      return { text: `Started the relay at ${news.address}; drives with a subscription: ${news.drives}` };
    case 'connected':
      return { text: 'Connected to the NATS server again' };
    case 'disconnected':
      return { text: `WARNING: Cannot hand on notifications: ${news.detail}`, isProblem: true };
    case 'problem':
      return { text: `WARNING: ${news.detail}`, isProblem: true };
    case 'forged':
      return { text: `Forged or unknown notifications so far, dropped: ${news.count}` };
    case 'refused':
      return {
        text: `Requests refused so far: ${Object.entries(news.reasons)
          .map(([reason, count]) => `${reason} ${count}`)
          .join(', ')}`,
        isDetail: true,
      };
    case 'announced':
      return {
        text: `Drive "${news.drive}" announced its subscription${news.asking ? ', and expects to be asked for its address' : ''}`,
        isDetail: true,
      };
    case 'validationAnswered':
      return { text: 'Answered a validation request', isDetail: true };
    case 'signalReceived':
      return { text: `Notifications so far: ${news.count}`, isDetail: true };
  }
}
