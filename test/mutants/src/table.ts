/** The table of mutants and of the tests that caught them. It is kept, so a run of some mutants changes the rows of these. */
import type { Area, Mutant } from './mutant.ts';
import type { Verdict } from './run-specs.ts';

export const tableFile = 'test/mutants/table.md';

/** A mutant and what became of it. `null`: it has not been run. */
export interface Row {
  readonly number: number;
  readonly area: Area;
  readonly harm: string;
  readonly file: string;
  readonly verdict: Verdict | null;
}

/** What a table says about a mutant. The harm and the file name it, since its number changes with the list. */
export type Kept = Pick<Row, 'harm' | 'file' | 'verdict'>;

export type Listed = Mutant & { readonly area: Area };

/** All mutants, in their order. Those that were run now have a new verdict, the others the one that the table says. */
export function mergeRows(
  all: readonly Listed[],
  kept: readonly Kept[],
  ran: readonly Kept[],
): readonly Row[] {
  return all.map(({ area, harm, file }, index) => {
    const known = [...ran, ...kept].find((one) => one.harm === harm && one.file === file);
    return { number: index + 1, area, harm, file, verdict: known?.verdict ?? null };
  });
}

export const countCaught = (rows: readonly Pick<Row, 'verdict'>[]): number =>
  rows.filter(({ verdict }) => verdict?.type === 'failed').length;

export function renderTable(rows: readonly Row[]): string {
  return [
    '# Planted faults, and the tests that caught them',
    '',
    `\`npm run mutants -- --write\` writes this page: ${countCaught(rows)} of ${rows.length} caught.`,
    '',
    '|   | area | what it would do | file | caught by |',
    '| - | ---- | ---------------- | ---- | --------- |',
    ...rows.map((row) => cells(row)),
    '',
  ].join('\n');
}

/** The rows of a table that `renderTable` made, also after the formatter. */
export function readTable(text: string): readonly Kept[] {
  return text.split('\n').flatMap((line) => {
    const [, number = '', , harm = '', file = '', caught = ''] = line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    if (!/^\d+$/.test(number)) return [];
    return [{ harm: unescaped(harm), file: file.replaceAll('`', ''), verdict: verdictIn(caught) }];
  });
}

const cells = ({ number, area, harm, file, verdict }: Row): string =>
  `| ${[String(number), area, escaped(harm), `\`${file}\``, caughtBy(verdict)].join(' | ')} |`;

function caughtBy(verdict: Verdict | null): string {
  if (verdict === null) return 'NOT RUN';
  if (verdict.type === 'failed') return `\`${verdict.spec}\`: ${escaped(verdict.test)}`;
  return verdict.type === 'passed' ? 'SURVIVED' : 'UNCLEAR';
}

function verdictIn(cell: string): Verdict | null {
  if (cell === 'SURVIVED') return { type: 'passed' };
  if (cell === 'UNCLEAR') return { type: 'unclear', detail: 'an earlier run could not tell' };
  const [, spec, test] = /^`([^`]+)`: (.+)$/.exec(cell) ?? [];
  return spec === undefined || test === undefined ? null : { type: 'failed', spec, test: unescaped(test) };
}

const escaped = (text: string): string => text.replaceAll(/[\\|*_<>[\]]/g, (sign) => `\\${sign}`);
const unescaped = (text: string): string => text.replaceAll(/\\([\\|*_<>[\]])/g, '$1');
