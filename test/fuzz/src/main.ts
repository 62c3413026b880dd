/** `npm run fuzz -- --help` says how. */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { fuzz } from './fuzz.ts';
import { targets } from './targets.ts';

const help = `npm run fuzz -- [OPTION]...

  --target NAME  one of these, or all of them one after the other (all):
                 ${Object.keys(targets).join(', ')}
  --inputs N     how many for each (100000)
  --seed S       of the first input; the next one has the next seed (1)
  --help         this text

An input at which a target throws, or for which it takes more than a second, is printed with its seed. Exit code 1 then.`;

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: 'all' },
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit();
}
const chosen = Object.entries(targets).filter(([name]) => ['all', name].includes(values.target));
const [inputs, seed] = [Number(values.inputs), Number(values.seed)];
if (chosen.length === 0 || !Number.isSafeInteger(inputs) || !Number.isSafeInteger(seed)) {
  console.error(help);
  process.exit(2);
}

/** What is under way: a look at it from another thread finds what never ends. */
const underWay = new Float64Array(new SharedArrayBuffer(8));
const watch = new Worker(new URL('./watch-for-hangs.ts', import.meta.url), { workerData: { underWay } });
watch.unref();

for (const [name, target] of chosen) {
  const began = performance.now();
  const {
    findings,
    slowestMs,
    inputs: done,
  } = fuzz(target, {
    ...{ seed, inputs, now: () => performance.now() },
    onInput: (at) => void (underWay[0] = at),
  });
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${name.padEnd(16)} ${String(done).padStart(9)} inputs ${seconds.toFixed(1).padStart(7)} s, slowest ${slowestMs.toFixed(0).padStart(4)} ms, ${findings.length} findings`,
  );
  for (const { seed: of, what, input } of findings)
    console.log(`  seed ${of}: ${what}\n  base64 ${Buffer.from(input).toString('base64').slice(0, 2000)}`);
  if (findings.length > 0) process.exitCode = 1;
}
