import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { diagram, diagramNames } from './diagrams.ts';

for (const name of diagramNames)
  test(`docs/${name}.md shows the chart as it is (npm run pages writes it anew)`, () => {
    expect(readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8')).toBe(diagram(name));
  });
