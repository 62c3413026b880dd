/** The table of mutants and of the tests that caught them. */
import type { Area, Mutant } from './mutant.ts';
import type { Verdict } from './run-specs.ts';

export const tableFile = 'test/mutants/table.md';

export type Row = Mutant & { readonly area: Area; readonly number: number; readonly verdict: Verdict };

export function renderTable(rows: readonly Row[]): string {
  const caught = rows.filter(({ verdict }) => verdict.type === 'failed').length;
  return [
    '# Planted faults, and the tests that caught them',
    '',
    `\`npm run mutants -- --write\` wrote this page: ${caught} of ${rows.length} caught.`,
    '',
    '|   | area | what it would do | file | caught by |',
    '| - | ---- | ---------------- | ---- | --------- |',
    ...rows.map((row) => cells(row)),
    '',
  ].join('\n');
}

const cells = ({ number, area, harm, file, verdict }: Row): string =>
  `| ${[String(number), area, harm, `\`${file}\``, caughtBy(verdict)].map(escaped).join(' | ')} |`;

function caughtBy(verdict: Verdict): string {
  if (verdict.type === 'failed') return `\`${verdict.spec}\`: ${verdict.test}`;
  return verdict.type === 'passed' ? 'SURVIVED' : 'UNCLEAR';
}

const escaped = (text: string): string => text.replaceAll(/[|*_<>[\]]/g, (sign) => `\\${sign}`);
