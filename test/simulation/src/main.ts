/** `npm run simulate -- --help` says how: one seed with its story, or many, their figures and what struck. */
import { parseArgs } from 'node:util';
import { createCoverage, seedsForCoverage } from './coverage.ts';
import { faultNames, type FaultName } from './faults.ts';
import type { Law } from './laws.ts';
import { playSeeds } from './play-seeds.ts';

const help = `npm run simulate -- [OPTION]...

  --seed N      the first seed (1)
  --seeds COUNT how many, one after the other (1)
  --workers N   spread the seeds over N threads (1); what is told does not depend on it
  --verbose     tell the story of each seed; in one thread only
  --watch       ask at every moment whether anything is lost: slow, finds the moment
  --twice       play each seed a second time, and compare
  --content     a plugin changes the content of all files on their way
  --with FAULT  draw this fault in half of the worlds; may be repeated
  --help        this text

Exit code 1: a law was broken, or a fault never struck in ${seedsForCoverage} seeds or more.`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    with: { type: 'string', multiple: true, default: [] },
    content: { type: 'boolean', default: false },
    twice: { type: 'boolean', default: false },
    workers: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit();
}
const first = Number(values.seed);
const count = Number(values.seeds);
const workers = Number(values.workers);
if (!(workers >= 1) || (workers > 1 && values.verbose))
  throw new Error('--workers takes a number from 1 on; stories are told with one of them only');
const broken = new Map<Law, number[]>();
const also = values.with.map(faultNamed);
const coverage = createCoverage();
const cpuAtStart = process.cpuUsage();
let moments = 0;
let runs = 0;
const options = {
  ...{ first, count, also, twice: values.twice, changesContent: values.content },
  watch: values.watch ? 'everyMoment' : 'ends',
} as const;
const onLine = values.verbose ? (line: string): void => console.log(line) : undefined;
for await (const report of playSeeds(options, workers, onLine)) {
  const { seed } = report;
  moments += report.moments;
  runs += report.runs;
  coverage.add(report.faults);
  if (report.isSameTwice === false) console.log(`seed ${seed}: not the same twice`);
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
if (broken.size > 0 || missing.length > 0) process.exitCode = 1;

function faultNamed(text: string): FaultName {
  const name = faultNames.find((known) => known === text);
  if (name === undefined) throw new Error(`There is no fault "${text}"; there are ${faultNames.join(', ')}`);
  return name;
}
