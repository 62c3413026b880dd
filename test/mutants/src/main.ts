/** `npm run mutants -- --help` says how. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { areas } from './mutant.ts';
import { mutants } from './mutants.ts';
import { runSpecs, type Verdict } from './run-specs.ts';
import { countCaught, mergeRows, readTable, renderTable, tableFile, type Kept } from './table.ts';
import { createWorkCopy } from './work-copy.ts';

const help = `npm run mutants -- [OPTION]...

  --only AREA|N  those of one area, or one by its number; several times: all of these
                 areas: ${areas.join(', ')}
  --list         what there is, without running anything
  --write        keep each result in ${tableFile}, beside those of earlier runs
  --help         this text

Plants one fault after the other in a copy of the tree and runs the specs that have to see it, one file at a time. Exit code 1
when a fault survives, when a run is unclear, or when the specs are red without any fault.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    list: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const { only } = values;
const chosen = mutants
  .map((mutant, index) => ({ ...mutant, number: index + 1 }))
  .filter(({ area, number }) => only.length === 0 || only.includes(area) || only.includes(String(number)));
if (values.help || chosen.length === 0) {
  console.log(help);
  process.exit(values.help ? 0 : 2);
}
if (values.list) {
  for (const { number, area, file, harm } of chosen) console.log(`${number} ${area} ${file}: ${harm}`);
  process.exit();
}

const root = join(import.meta.dirname, '../../..');
const copy = await createWorkCopy(root);
const ran: Kept[] = [];
try {
  const red = await redWithoutFault();
  if (red === null) for (const mutant of chosen) await runOne(mutant);
  else console.error(`The specs are not green without any fault: ${told(red)}`);
} finally {
  await copy.remove();
  if (values.write && ran.length > 0) format();
}
console.log(`${countCaught(ran)} of ${chosen.length} caught`);
if (countCaught(ran) < chosen.length) process.exitCode = 1;

/** A test that is red anyway catches nothing. */
async function redWithoutFault(): Promise<Verdict | null> {
  const whole = chosen.filter(({ tests }) => tests === undefined);
  const named = chosen.filter(({ tests }) => tests !== undefined);
  for (const some of [whole, named]) {
    if (some.length === 0) continue;
    const specs = [...new Set(some.flatMap((mutant) => mutant.specs))];
    const verdict = await runSpecs(copy.root, specs, [...new Set(some.flatMap(({ tests = [] }) => tests))]);
    if (verdict.type !== 'passed') return verdict;
  }
  return null;
}

async function runOne(mutant: (typeof chosen)[number]): Promise<void> {
  const { number, area, file, harm, specs, tests } = mutant;
  const began = performance.now();
  const verdict = await copy.withMutant(mutant, () => runSpecs(copy.root, specs, tests));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${String(number).padStart(3)} ${area} ${file} ${seconds} s ${told(verdict)}`);
  ran.push({ harm, file, verdict });
  // After each, so that a run that is stopped loses nothing.
  if (values.write) keep({ harm, file, verdict });
}

function told(verdict: Verdict): string {
  if (verdict.type === 'failed') return `caught by ${verdict.spec}: ${verdict.test}`;
  return verdict.type === 'passed' ? 'SURVIVED' : `UNCLEAR ${verdict.detail}`;
}

function keep(row: Kept): void {
  const path = join(root, tableFile);
  const kept = existsSync(path) ? readTable(readFileSync(path, 'utf8')) : [];
  writeFileSync(path, renderTable(mergeRows(mutants, kept, [row])));
}

function format(): void {
  const formatter = join(root, 'node_modules/prettier/bin/prettier.cjs');
  execFileSync(process.execPath, [formatter, '--log-level', 'warn', '--write', join(root, tableFile)]);
}
