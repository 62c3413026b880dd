/** Prints events per second and times of opening. Run by hand: `node libs/event-log/src/event-log.bench.ts`. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '@tidemark/contracts';
import { driveItemId, itemId, seq } from '@tidemark/contracts';
import { openEventLog } from './open-event-log.ts';

const BUDGET_MS = 1500;
const TOTAL_EVENTS = 500_000;
const parent = await mkdtemp(join(tmpdir(), 'tidemark-bench-'));
const clock = { now: () => Date.now() };

for (const size of [1, 10, 100, 1000]) {
  const log = await openEventLog({ folder: join(parent, `append-${size}`), clock });
  const ms = await elapsedMs(async () => {
    const until = performance.now() + BUDGET_MS;
    while (performance.now() < until) await log.append(events(log.head + 1, size));
  });
  print(`append one by one, batches of ${size}`, `${rate(log.head, ms)} events/s`);
  await log.close();
}
const shared = await openEventLog({ folder: join(parent, 'shared'), clock });
const sharedMs = await elapsedMs(() =>
  Promise.all(Array.from({ length: 50_000 }, (_, index) => shared.append(events(index + 1, 1)))),
);
print('append 50 000 overlapping batches of 1', `${rate(50_000, sharedMs)} events/s`);
await shared.close();

const folder = join(parent, 'large');
let log = await openEventLog({ folder, clock });
const fillMs = await elapsedMs(async () => {
  while (log.head < TOTAL_EVENTS) await log.append(events(log.head + 1, 200));
});
print(`fill with ${TOTAL_EVENTS} events, batches of 200`, `${rate(TOTAL_EVENTS, fillMs)} events/s`);
await log.close();
print('  on disk', `${((await sizeBytes(join(folder, 'log'))) / TOTAL_EVENTS).toFixed(0)} bytes/event`);
for (const round of ['first', 'second', 'third']) {
  const openMs = await elapsedMs(async () => {
    log = await openEventLog({ folder, clock });
  });
  if (log.opening.state !== 'intact') throw new Error(JSON.stringify(log.opening));
  print(`  open, ${round} time`, `${openMs.toFixed(0)} ms`);
  if (round !== 'third') await log.close();
}
const readMs = await elapsedMs(async () => {
  for await (const batch of log.read()) if (batch.length === 0) throw new Error('empty batch');
});
print('  read all', `${rate(TOTAL_EVENTS, readMs)} events/s`);
const verifyMs = await elapsedMs(async () => {
  if (!(await log.verify()).ok) throw new Error('the log is damaged');
});
print('  verify all', `${rate(TOTAL_EVENTS, verifyMs)} events/s`);
const historyMs = await elapsedMs(async () => {
  for await (const event of log.history(itemId(77))) if (event.seq === 0) throw new Error('no such seq');
});
print('  history of one item (50 events in 50 batches)', `${historyMs.toFixed(1)} ms`);
await log.close();
await rm(parent, { recursive: true });

/** About 350 bytes of JSON each. */
function events(first: number, count: number): readonly RecordedEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const number = first + index;
    return {
      seq: seq(number),
      at: 1_790_000_000_000 + number * 17,
      source: 'delta',
      event: {
        type: 'RemoteSeen',
        rows: [
          {
            id: driveItemId(`01${(number * 2_654_435_761).toString(36).toUpperCase().padStart(32, 'K')}`),
            parentId: driveItemId(`01${(number >> 7).toString(36).toUpperCase().padStart(32, 'P')}`),
            name: `Report ${number} of ${number % 97}.docx`,
            kind: 'file',
            sizeBytes: (number * 7919) % 10_000_000,
            hash: Buffer.from(`${number * 48_271}`.padEnd(20, 'h')).toString('base64'),
            modifiedAt: 1_790_000_000 + number,
            eTag: `"{${number.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000},2"`,
            cTag: null,
          },
        ],
      },
      items: [itemId(number % 10_000)],
    };
  });
}

async function elapsedMs(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}

async function sizeBytes(path: string): Promise<number> {
  const sizes = (await readdir(path)).map(async (name) => (await stat(join(path, name))).size);
  return (await Promise.all(sizes)).reduce((sum, one) => sum + one, 0);
}

function rate(count: number, ms: number): string {
  return Math.round(count / (ms / 1000)).toLocaleString('en');
}

function print(label: string, figure: string): void {
  console.log(`${label.padEnd(50)} ${figure.padStart(20)}`);
}
