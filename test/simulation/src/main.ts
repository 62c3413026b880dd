/** `npm run simulate -- --seed N [--seeds COUNT] [--verbose]`: one seed with its story, or many and their figures. */
import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    twice: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const count = Number(values.seeds);
const broken = new Map<string, number[]>();
const startedAt = performance.now();
let moments = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const report = await simulate(seed, {
    ...(values.verbose && { onLine: (line) => console.log(line) }),
    watch: values.watch ? 'everyMoment' : 'ends',
  });
  moments += report.moments;
  if (values.twice && (await simulate(seed)).hash !== report.hash)
    console.log(`seed ${seed}: not the same twice`);
  if (report.broken === null) continue;
  broken.set(report.broken.law, [...(broken.get(report.broken.law) ?? []), seed]);
  console.log(`seed ${seed}: ${report.broken.detail}`);
}
const elapsedMs = performance.now() - startedAt;
console.log(
  `${count} seeds, ${moments} moments in ${(elapsedMs / 1000).toFixed(1)} s: ${((count * 1000) / elapsedMs).toFixed(0)} seeds/s`,
);
for (const [law, seeds] of broken)
  console.log(`${law} broken by ${seeds.length}: ${seeds.slice(0, 20).join(' ')}`);
if (broken.size > 0) process.exitCode = 1;
