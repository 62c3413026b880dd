/** What a replay spends its processor time on: reading, folding, planning again, and the digest of the state. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventLog } from '@tidemark/contracts';
import { createRulesFor } from '@tidemark/daemon';
import { replay, serialise } from '@tidemark/engine';
import { openEventLog } from '@tidemark/event-log';
import type { Options } from '../options.ts';
import { markdownTable } from '../table.ts';
import { writeHistory } from './history.ts';

/** Of this process, its collector and the threads of LevelDB included: other programs make little difference to it. */
interface Stages {
  readonly read: number;
  /** Part of `read`. */
  readonly parse: number;
  readonly evolve: number;
  readonly plan: number;
  readonly digest: number;
}

/** `bench replay`. */
export async function replayStages(options: Options, say: (line: string) => void): Promise<void> {
  for (const files of options.items) {
    const folder = await mkdtemp(join(options.base, 'tidemark-replay-'));
    try {
      const events = await writeHistory({ folder, files, events: options.events });
      const log = await openEventLog({ folder, clock: { now: () => 0 } });
      const ms = await stagesOf(log);
      await log.close();
      say(`\n${events.toLocaleString('en')} events, ${files.toLocaleString('en')} files on the drive\n`);
      say(tableOf(events, ms));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function stagesOf(log: EventLog): Promise<Stages> {
  const rulesFor = createRulesFor();
  const again = (check: boolean) => replay({ batches: log.read(), rulesFor, check });
  // The first pass warms up what the others are measured with.
  const { divergences, state } = await again(true);
  if (divergences.length > 0) throw new Error(`${divergences.length} plans were derived otherwise`);
  const read = await cpuMsOf(async () => {
    for await (const batch of log.read()) if (batch.length === 0) throw new Error('a batch is empty');
  });
  const folded = await cpuMsOf(() => again(false));
  const planned = await cpuMsOf(() => again(true));
  const digest = await cpuMsOf(async () => {
    const sum = createHash('sha256');
    for (const chunk of serialise(state)) sum.update(chunk);
    sum.digest();
  });
  let parse = 0;
  for await (const batch of log.read()) {
    const text = JSON.stringify(batch);
    parse += await cpuMsOf(async () => void JSON.parse(text));
  }
  return { read, parse, evolve: folded - read, plan: planned - folded, digest };
}

async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function tableOf(events: number, { read, parse, evolve, plan, digest }: Stages): string {
  const total = read + evolve + plan + digest;
  const row = (title: string, ms: number): string[] => [
    title,
    (ms / 1000).toFixed(2),
    `${Math.round((ms * 100) / total)} %`,
    Math.round((events * 1000) / ms).toLocaleString('en'),
  ];
  const rows = [
    ...[row('read: LevelDB, chain hash, JSON', read), row('of which JSON.parse', parse)],
    ...[row('evolve', evolve), row('plan again, compare', plan), row('digest of the state', digest)],
    row('all', total),
  ];
  return markdownTable(['stage', 'CPU s', 'share', 'events/s'], rows);
}
