/** A process that appends until it is killed, and says after each batch what is durable. Started by `crash.spec.ts`. */
import { writeSync } from 'node:fs';
import { openEventLog } from '../open-event-log.ts';
import { sampleBatch } from './sample-events.ts';

const [folder = '', lanes = '1', sizeMax = '4', roomBytes = ''] = process.argv.slice(2);
const log = await openEventLog({ folder, clock: { now: () => 0 } });
writeSync(1, `${log.opening.state} ${log.head}\n`);
let next: number = log.head + 1;

async function lane(): Promise<never> {
  for (;;) {
    const size = 1 + (next % Number(sizeMax));
    const batch = sampleBatch(next, size);
    next += size;
    const last = next - 1;
    await log.append(batch);
    // Synchronous: the test that reads this line may rely on it.
    writeSync(1, `${last}\n`);
  }
}

/** With room for so many bytes old events go into archives, and archives go, all the while. */
async function tidy(sizeBytesMax: number): Promise<never> {
  for (;;) {
    if (log.head > 0) await log.saveSnapshot(log.head, ['x'.repeat(50_000), `${log.head}`]);
    const { removed } = await log.retain({ olderThan: Number.MAX_SAFE_INTEGER, sizeBytesMax });
    if (removed !== null) writeSync(1, 'removed\n');
  }
}
await Promise.all([
  ...Array.from({ length: Number(lanes) }, lane),
  ...(roomBytes === '' ? [] : [tidy(Number(roomBytes))]),
]);
