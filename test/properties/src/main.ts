/** `npm run laws -- --seed N --histories COUNT`: many histories, each played once and held against the laws of the core at every plan. */
import { parseArgs } from 'node:util';
import { paceOnce } from '@tidemark/contracts';
import fc from 'fast-check';
import { history } from './history.ts';
import { ModelRun } from './model-run.ts';
import { playUnderLaws } from './play-under-laws.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    histories: { type: 'string', default: '1000' },
  },
});
const crash = fc.option(fc.record({ batch: fc.nat({ max: 80 }), durable: fc.boolean() }));
let plans = 0;
let commands = 0;

const laws = fc.property(history, crash, fc.boolean(), (acts, crashPoint, isDelayed) => {
  const run = new ModelRun(isDelayed ? {} : { pace: paceOnce });
  run.crashPoint = crashPoint;
  playUnderLaws(acts, run, (planned) => {
    plans += 1;
    commands += planned.length;
  });
  run.crashPoint = null;
  const before = run.mutations;
  run.start();
  run.settle();
  if (run.mutations !== before) throw new Error('[L4] a second run over a settled world changed something');
});

const cpuAtStart = process.cpuUsage();
const result = fc.check(laws, { seed: Number(values.seed), numRuns: Number(values.histories) });
const { user, system } = process.cpuUsage(cpuAtStart);
const cpuSeconds = (user + system) / 1_000_000;
if (result.failed) {
  console.log(`${fc.defaultReportMessage(result)}\n${String(result.errorInstance)}`);
  process.exitCode = 1;
}
console.log(
  `${result.numRuns} histories, ${plans} plans with ${commands} commands in ${cpuSeconds.toFixed(1)} s of one core: ` +
    `${(plans / cpuSeconds).toFixed(0)} plans/s per core`,
);
