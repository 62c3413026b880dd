/** `npm run simulate -- --seed N [--seeds COUNT] [--verbose]`: one seed with its story, or many, their figures and what struck. */
import { parseArgs } from 'node:util';
import { createCoverage, seedsForCoverage } from './coverage.ts';
import { awaited, faultNames, type FaultName } from './faults.ts';
import type { Law } from './laws.ts';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    with: { type: 'string', multiple: true, default: [] },
    twice: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const count = Number(values.seeds);
const broken = new Map<Law, number[]>();
const also = values.with.map(faultNamed);
const coverage = createCoverage();
const cpuAtStart = process.cpuUsage();
let moments = 0;
let runs = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const report = await simulate(seed, {
    ...(values.verbose && { onLine: (line) => console.log(line) }),
    also,
    watch: values.watch ? 'everyMoment' : 'ends',
  });
  moments += report.moments;
  runs += report.runs;
  coverage.add(report.faults);
  if (values.twice && (await simulate(seed, { also })).hash !== report.hash)
    console.log(`seed ${seed}: not the same twice`);
  if (report.broken === null) continue;
  broken.set(report.broken.law, [...(broken.get(report.broken.law) ?? []), seed]);
  console.log(`seed ${seed}: ${report.broken.detail}`);
}
const { user, system } = process.cpuUsage(cpuAtStart);
const cpuSeconds = (user + system) / 1_000_000;
const perSecond = (amount: number): string => (amount / cpuSeconds).toFixed(0);
if (count > 1) for (const line of coverage.table()) console.log(line);
console.log(
  `${count} seeds, ${runs} runs, ${moments} moments in ${cpuSeconds.toFixed(1)} s of one core: ` +
    `${perSecond(count)} seeds/s, ${perSecond(runs)} runs/s per core`,
);
for (const [law, seeds] of broken)
  console.log(`${law} broken by ${seeds.length}: ${seeds.slice(0, 20).join(' ')}`);
const missing = count < seedsForCoverage ? [] : coverage.missing();
if (missing.length > 0) console.log(`Never struck in ${count} seeds: ${missing.join(', ')}`);
const notDrawn = faultNames.filter((name) => awaited.has(name) && !also.includes(name));
if (notDrawn.length > 0) console.log(`Awaited and not drawn: ${notDrawn.join(', ')}`);
if (broken.size > 0 || missing.length > 0) process.exitCode = 1;

function faultNamed(text: string): FaultName {
  const name = faultNames.find((known) => known === text);
  if (name === undefined) throw new Error(`There is no fault "${text}"; there are ${faultNames.join(', ')}`);
  return name;
}
