/**
 * Prints messages per second, and what isolation of a payload costs. Run by hand: `node libs/bus/src/bus.bench.ts`, and
 * with a server `node libs/bus/src/bus.bench.ts nats://127.0.0.1:4222`.
 */
import type { Bus } from '@tidemark/contracts';
import { connectNatsBus } from './connect-nats-bus.ts';
import { createInProcessBus } from './in-process-bus.ts';
import { freezePayload } from './payload.ts';

const ROUNDS = 5;
const rows = (count: number): unknown[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `01ABCDEFGHIJKLMNOPQRSTUVWXYZ${index}`,
    parentId: `01ABCDEFGHIJKLMNOPQRSTUVWXYZ${index >> 5}`,
    name: `Report ${index}.docx`,
    kind: 'file',
    sizeBytes: index * 37,
    hash: 'YRDDGAAAAAAAAAAAAwAAAAAAAAA=',
    modifiedAt: 1_790_000_000,
    eTag: `"{${index}-0000},2"`,
    cTag: null,
  }));

const isolations = {
  'freeze (chosen)': (payload: unknown) => freezePayload(payload),
  structuredClone: (payload: unknown) => structuredClone(payload),
  'JSON there and back': (payload: unknown) => JSON.parse(JSON.stringify(payload)),
};
for (const [label, isolate] of Object.entries(isolations)) {
  const times = Array.from({ length: ROUNDS }, () => {
    const payload = { rows: rows(5000) };
    const startedMs = performance.now();
    isolate(payload);
    return performance.now() - startedMs;
  });
  console.log(`isolate 5000 rows: ${label.padEnd(30)} ${median(times).toFixed(2).padStart(8)} ms`);
}

await measure('in process, small payload', createInProcessBus(), { n: 1 }, 400_000);
await measure('in process, 200 rows', createInProcessBus(), rows(200), 20_000);
const [server] = process.argv.slice(2);
if (server !== undefined) {
  const options = { servers: [server], name: 'bench', onError: console.error, durable: ['facts.>'] };
  await measure('NATS, small payload', await connectNatsBus(options), { n: 1 }, 20_000);
  await measure('NATS, 200 rows', await connectNatsBus(options), rows(200), 4000);
  await measure('NATS durable, small payload', await connectNatsBus(options), { n: 1 }, 4000, 'facts.a');
}

/** One publisher and one subscriber, waiting for each publish, and with 256 on their way. */
async function measure(
  label: string,
  bus: Bus,
  payload: unknown,
  count: number,
  subject = 'bench.a',
): Promise<void> {
  let handled = 0;
  await bus.subscribe(subject, () => void (handled += 1));
  for (const ahead of [1, 256]) {
    const startedMs = performance.now();
    for (let sent = 0; sent < count; sent += ahead) {
      if (ahead === 1) await bus.publish(subject, payload);
      else await Promise.all(Array.from({ length: ahead }, () => bus.publish(subject, payload)));
    }
    const perSecond = Math.round(count / ((performance.now() - startedMs) / 1000));
    console.log(
      `${label}, ${ahead} at once`.padEnd(50) + ` ${perSecond.toLocaleString('en').padStart(10)} messages/s`,
    );
  }
  await bus.close();
  // What is durable may stay on the server.
  if (handled < count * 2 && !label.includes('durable'))
    throw new Error(`only ${handled} of ${count * 2} messages arrived`);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
}
