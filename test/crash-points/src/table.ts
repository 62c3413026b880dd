/** The crash-point table: what was played, and what is there afterwards. */
import { join } from 'node:path';
import type { Result } from './play-experiments.ts';

export const tableFile = join(import.meta.dirname, '../table.md');

export function renderTable(results: readonly Result[]): string {
  const sum = (of: (result: Result) => number): string =>
    results.reduce((total, result) => total + of(result), 0).toLocaleString('en');
  return [
    '# The power is cut after each step, and nothing is lost',
    '',
    `\`npm run crash-points -- --write\` wrote this page: ${results.length} scenarios, ${sum(({ played }) => played.steps)} steps,`,
    `${sum(({ played }) => played.states)} different things that a cut may leave, and ${sum(({ played }) => played.statesInRecovery)} that a second cut in the recovery may leave.`,
    'All of them are safe; what that means is in the last column. [README.md](README.md) says how it is played.',
    '',
    '| where | scenario | file system | steps | left by a cut | left by a second | found after the recovery |',
    '| ----- | -------- | ----------- | ----- | ------------- | ---------------- | ------------------------ |',
    ...results.map(rowOf),
    '',
  ].join('\n');
}

const rowOf = ({ area, name, way, outcome, played: { steps, states, statesInRecovery } }: Result): string =>
  `| ${[area, name, way, steps, states, statesInRecovery, outcome].join(' | ')} |`;
