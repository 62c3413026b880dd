import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { allEvents, collect, openFor, scratchFolder } from './testing/sample-log.ts';
import { openEventLog } from './open-event-log.ts';

const program = join(import.meta.dirname, 'testing', 'append-forever.ts');

test.for([
  { lanes: 1, rounds: 8, sizeMax: 4 },
  { lanes: 20, rounds: 8, sizeMax: 4 },
  // Large enough for tables to be written and merged at the moment of death.
  { lanes: 2, rounds: 4, sizeMax: 1000 },
])(
  'loses nothing that was acknowledged when its process is killed, $rounds times over, with $lanes appends at once of up to $sizeMax events',
  { timeout: 60_000 },
  async ({ lanes, rounds, sizeMax }) => {
    const folder = join(await scratchFolder(), 'log');
    let acknowledged = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { opening, last } = await killAfter(folder, [lanes, sizeMax], 20 + ((round * 37) % 90));
      expect(opening).toMatch(round === 0 ? /^new 0$/ : /^intact \d+$/);
      acknowledged = last;
      const log = await openEventLog({ folder, clock: { now: () => 0 } });
      expect(log.opening).toEqual({ state: 'intact' });
      expect(log.head).toBeGreaterThanOrEqual(acknowledged);
      expect(await log.verify()).toMatchObject({ ok: true, head: log.head });
      await log.close();
    }
    const log = await openFor(folder);
    const seqs = (await allEvents(log)).map((event) => event.seq);
    expect(seqs).toEqual(Array.from({ length: log.head }, (_, index) => index + 1));
    expect((await readdir(folder)).sort()).toEqual(['head', 'lock', 'log']);
  },
);

test(
  'loses nothing but what was removed on purpose when its process is killed while it moves events into archives',
  { timeout: 60_000 },
  async () => {
    const folder = join(await scratchFolder(), 'log');
    let first = 1;
    for (let round = 0; round < 5; round += 1) {
      const { last } = await killAfter(folder, [2, 100, 300_000], 60 + round * 37, round === 0);
      const log = await openEventLog({ folder, clock: { now: () => 0 } });
      expect(log.opening).toEqual({ state: 'intact' });
      expect(log.head).toBeGreaterThanOrEqual(last);
      expect(await log.verify()).toMatchObject({ ok: true, head: log.head });
      const seqs = (await allEvents(log)).map((event) => event.seq);
      expect(seqs).toEqual(Array.from({ length: log.head - log.first + 1 }, (_, index) => log.first + index));
      const snapshot = await log.latestSnapshot();
      // The state can be built from it.
      expect(snapshot?.seq).toBeGreaterThanOrEqual(log.first - 1);
      if (snapshot !== null) expect((await collect(snapshot.chunks)).at(-1)).toBe(`${snapshot.seq}`);
      ({ first } = log);
      await log.close();
    }
    expect(first).toBeGreaterThan(1);
  },
);

test('says clearly that another process has the log, and opens it once that process is dead', async () => {
  const folder = join(await scratchFolder(), 'log');
  const { child, lines } = start(folder, [1, 4]);
  await lines.next();
  await expect(openEventLog({ folder, clock: { now: () => 0 } })).rejects.toMatchObject({
    name: 'LogBusy',
    folder,
    message: expect.stringContaining('another Tidemark process is using it'),
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect((await openFor(folder)).opening.state).toMatch(/^(new|intact)$/);
});

/** Kills the process once it has said that `batches` batches are durable, counted from the first removal on if there is to be one. */
async function killAfter(
  folder: string,
  load: readonly number[],
  batches: number,
  afterRemoval = false,
): Promise<{ readonly opening: string; readonly last: number }> {
  const { child, lines } = start(folder, load);
  const exited = once(child, 'exit');
  const opening = await lines.next();
  let last = 0;
  let count = 0;
  let isCounting = !afterRemoval;
  for await (const line of lines) {
    if (line === 'removed') {
      isCounting = true;
      continue;
    }
    last = Number(line);
    if (isCounting) count += 1;
    if (count === batches) child.kill('SIGKILL');
  }
  await exited;
  return { opening: String(opening.value), last };
}

function start(
  folder: string,
  load: readonly number[],
): { child: ChildProcess; lines: AsyncIterableIterator<string> } {
  const child = spawn(process.execPath, [program, folder, ...load.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}
