/** [I-15] Every scenario of the table, played as far as the table says. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import './watched-calls.ts';
import type { Result } from './play-experiments.ts';

const { experiments } = await import('./experiments.ts');
const { playExperiment } = await import('./play-experiments.ts');
const { renderTable, tableFile } = await import('./table.ts');

const results: Result[] = [];

test.for(experiments.map((experiment) => [`${experiment.name} (${experiment.way})`, experiment] as const))(
  'nothing is lost and no promise broken when the power is cut: %s',
  async ([, experiment]) => void results.push(await playExperiment(experiment)),
);

test('the table in table.md is what was played; npm run crash-points -- --write keeps it', () => {
  const rows = (text: string): string[][] =>
    text.split('\n').map((line) => line.split('|').map((cell) => cell.trim().replace(/^-+$/, '-')));
  expect(rows(readFileSync(tableFile, 'utf8'))).toEqual(rows(renderTable(results)));
});
