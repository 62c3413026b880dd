import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const idsIn = (file: string, pattern: RegExp): string[] => {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  return [...new Set([...text.matchAll(pattern)].map(([, id]) => String(id)))].toSorted();
};

for (const name of ['item', 'look', 'subscription'])
  test(`every invariant on ${name}.spec.md has its test, and every numbered test its invariant`, () => {
    const promised = idsIn(`./${name}.spec.md`, /^\| ([A-Z]+\d+) \|/gm);
    expect(promised.length).toBeGreaterThan(5);
    expect(idsIn(`./${name}.spec.ts`, /test\([`']\[([A-Z]+\d+)\]/g)).toEqual(promised);
  });
