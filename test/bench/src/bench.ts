/** The command line of the benchmark. */
import { join } from 'node:path';
import { compare } from './compare.ts';
import { explain } from './live/explain.ts';
import { flood } from './live/flood.ts';
import { idle } from './live/idle.ts';
import { inspect } from './live/inspect.ts';
import { latency } from './live/latency.ts';
import { processes } from './live/processes.ts';
import { replayStages } from './live/replay-stages.ts';
import { start } from './live/start.ts';
import { longLog } from './long-log.ts';
import { loadNow, machineFacts } from './machine.ts';
import { mass } from './mass.ts';
import { readOptions, usage, type Options } from './options.ts';
import { scale } from './scale.ts';
import { openSite } from './service.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

await main().catch((error: unknown) => {
  process.stderr.write(`Cannot measure: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function onSite(options: Options, measure: typeof compare): Promise<void> {
  const site = await openSite(options.base);
  try {
    await measure(site, options, say);
  } finally {
    await site.close();
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), join(import.meta.dirname, '..', '..', '..'));
  if (options.mode === 'help') return say(usage);
  const startedAt = performance.now();
  for (const fact of machineFacts(options.base)) say(fact);
  say(`${options.flavour} drive, ${options.mode === 'compare' ? `median of ${options.runs}` : 'one run'}`);
  if (options.mode === 'latency') await latency(options, say);
  else if (options.mode === 'processes') await processes(options, say);
  else if (options.mode === 'idle') await idle(options, say);
  else if (options.mode === 'flood') await flood(options, say);
  else if (options.mode === 'start') await start(options, say);
  else if (options.mode === 'replay') await replayStages(options, say);
  else if (options.mode === 'explain') await explain(options, say);
  else if (options.mode === 'inspect') await inspect(options, say);
  else if (options.mode === 'log') await longLog(options, say);
  else await onSite(options, { compare, scale, mass }[options.mode]);
  say(`\n${Math.round((performance.now() - startedAt) / 1000)} s; load after the run: ${loadNow()}`);
}
