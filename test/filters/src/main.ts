/** `npm run filters -- --help` says how. */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { compare } from './compare.ts';
import { configuration, tree } from './generate.ts';

const help = `npm run filters -- [OPTION]...

  --configurations N  how many, each with a tree of its own (5000)
  --seed S            of the first one (a fresh one, printed)
  --help              this text

A configuration of which the filters and the evaluator say different things is made small and printed. Exit code 1 then.`;

const { values } = parseArgs({
  options: {
    configurations: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    help: { type: 'boolean', default: false },
  },
});
const [numRuns, seed] = [Number(values.configurations), Number(values.seed)];
if (values.help || !Number.isSafeInteger(numRuns) || !Number.isSafeInteger(seed)) {
  (values.help ? console.log : console.error)(help);
  process.exit(values.help ? 0 : 2);
}

let [refused, items] = [0, 0];
const began = performance.now();
const result = fc.check(
  fc.property(configuration, tree, (options, roots) => {
    const comparison = compare(options, roots);
    if (comparison.type === 'refused') refused += 1;
    else items += comparison.items;
    return comparison.type === 'refused' || comparison.disagreements.length === 0;
  }),
  { numRuns, seed },
);
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(
  `seed ${seed}: ${result.numRuns} configurations, ${refused} of them refused, ${items} items, ${seconds} s`,
);
if (result.failed && result.counterexample !== null) {
  const [options, roots] = result.counterexample;
  console.log(JSON.stringify({ configuration: options, tree: roots, ...compare(options, roots) }, null, 2));
  process.exitCode = 1;
}
