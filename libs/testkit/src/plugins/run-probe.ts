/**
 * Runs the probe in a process of its own: `node run-probe.ts NATS-ADDRESS DRIVE-KEY SETTINGS-AS-JSON [NKEY-FILE]`. SIGTERM ends it in
 * order.
 */
import { connectNatsBus } from '@tidemark/bus';
import { createSystemClock, createSystemRandom } from '@tidemark/graph';
import { runRemotePlugin } from '@tidemark/plugin-host';
import probe from './probe.ts';

const [server = '', driveKey = '', config = '{}', nkeyFile] = process.argv.slice(2);
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const asked = new AbortController();
process.on('SIGTERM', () => asked.abort());
const bus = await connectNatsBus({
  servers: [server],
  name: 'probe',
  onError: (error) => say(String(error)),
  access: { inboxPrefix: '_INBOX_probe', ...(nkeyFile !== undefined && { nkeyFile }) },
});
await runRemotePlugin({
  plugin: probe,
  config: JSON.parse(config),
  bus,
  driveKey,
  clock: createSystemClock(),
  random: createSystemRandom(),
  output: {
    line: say,
    errorLine: say,
    status: () => undefined,
    isTerminal: false,
    columns: 80,
  },
  signal: asked.signal,
});
await bus.close();
