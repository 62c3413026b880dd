/** `npm run crash-points -- --help` says how. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import './watched-calls.ts';

const { experiments } = await import('./experiments.ts');
const { playExperiment } = await import('./play-experiments.ts');
const { renderTable, tableFile } = await import('./table.ts');

const help = `npm run crash-points -- [OPTION]...

  --only TEXT  scenarios with this text in their name
  --write      keep the table in test/crash-points/table.md
  --help       this text

Exit code 1: something was lost, or a promise was broken.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit();
}
const results = [];
for (const experiment of experiments.filter(({ name }) => name.includes(values.only))) {
  const begun = performance.now();
  try {
    const result = await playExperiment(experiment);
    results.push(result);
    const { steps, states, statesInRecovery } = result.played;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.log(
      `${experiment.name} (${experiment.way}): ${steps} steps, ${states} + ${statesInRecovery} states, ${seconds} s`,
    );
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}
if (values.write && values.only === '' && process.exitCode !== 1)
  writeFileSync(tableFile, renderTable(results));
