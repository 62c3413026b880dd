/** `npm run mutants -- --help` says how. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { areas } from './mutant.ts';
import { mutants } from './mutants.ts';
import { runSpecs } from './run-specs.ts';
import { renderTable, tableFile, type Row } from './table.ts';
import { createWorkCopy } from './work-copy.ts';

const help = `npm run mutants -- [OPTION]...

  --only AREA|N  those of one area, or one by its number; several times: all of these
                 areas: ${areas.join(', ')}
  --list         what there is, without running anything
  --write        keep the table in ${tableFile}
  --help         this text

Plants one fault after the other in a copy of the tree and runs the specs that have to see it. Exit code 1 when one of them
survives, when a run is unclear, or when the specs are red without any fault.`;

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
if (values.help || chosen.length === 0 || (values.write && only.length > 0)) {
  console.log(help);
  process.exit(values.help ? 0 : 2);
}
if (values.list) {
  for (const { number, area, file, harm } of chosen) console.log(`${number} ${area} ${file}: ${harm}`);
  process.exit();
}

const root = join(import.meta.dirname, '../../..');
const copy = await createWorkCopy(root);
const rows: Row[] = [];
try {
  const specs = [...new Set(chosen.flatMap((mutant) => mutant.specs))];
  const sound = await runSpecs(copy.root, specs, false);
  if (sound.type !== 'passed') {
    console.error('The specs are not green without any fault:', sound);
    process.exitCode = 1;
  } else {
    console.log(`${specs.length} spec files are green without a fault`);
    for (const mutant of chosen) {
      const began = performance.now();
      const verdict = await copy.withMutant(mutant, () => runSpecs(copy.root, mutant.specs, true));
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      const told = {
        passed: () => 'SURVIVED',
        failed: () => (verdict.type === 'failed' ? `caught by ${verdict.spec}: ${verdict.test}` : ''),
        unclear: () => (verdict.type === 'unclear' ? `UNCLEAR ${verdict.detail}` : ''),
      }[verdict.type]();
      console.log(`${String(mutant.number).padStart(3)} ${mutant.area} ${mutant.file} ${seconds} s ${told}`);
      rows.push({ ...mutant, verdict });
      if (verdict.type !== 'failed') process.exitCode = 1;
    }
    const table = renderTable(rows);
    console.log(`\n${table}`);
    if (values.write) keep(table);
  }
} finally {
  await copy.remove();
}

function keep(table: string): void {
  const path = join(root, tableFile);
  writeFileSync(path, table);
  execFileSync(process.execPath, [join(root, 'node_modules/prettier/bin/prettier.cjs'), '--write', path]);
}
