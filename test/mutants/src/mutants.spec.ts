import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { areas, planted, type Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';
import { mergeRows, readTable, tableFile } from './table.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('the mutants', () => {
  it.each(mutants.map((mutant) => [mutant.harm, mutant] as const))(
    'have a place in the tree as it is now: %s',
    (_harm, mutant) => {
      expect(planted(read(mutant.file), mutant)).not.toBe(read(mutant.file));
      for (const spec of mutant.specs) expect([spec, existsSync(join(root, spec))]).toEqual([spec, true]);
    },
  );

  it('are sixty at least, some in each area, and each does something else to a user', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(60);
    expect(new Set(mutants.map(({ area }) => area))).toEqual(new Set(areas));
    expect(new Set(mutants.map(({ harm }) => harm)).size).toBe(mutants.length);
  });
});

describe('the table', () => {
  const kept = readTable(read(tableFile));

  it('has a row for each mutant, in their order, and no other', () => {
    expect(kept.map(({ harm }) => harm)).toEqual(mutants.map(({ harm }) => harm));
  });

  it('says of each which of its spec files caught it', () => {
    const others = mergeRows(mutants, kept, []).filter(({ number, verdict }) => {
      const { specs = [] } = mutants[number - 1] ?? {};
      return verdict?.type !== 'failed' || !specs.includes(verdict.spec);
    });
    expect(others.map(({ number, harm }) => `run it with --only ${number} --write: ${harm}`)).toEqual([]);
  });
});

describe('a fault that is planted', () => {
  const fault: Mutant = { file: 'a.ts', find: 'one', replace: '$& two', harm: 'None.', specs: [] };

  it('changes the one place, to the letter', () => {
    expect(planted('one, three', fault)).toBe('$& two, three');
  });

  it.each(['three', 'one, one'])('is refused where its place is missing or not the only one: %s', (text) => {
    expect(() => planted(text, fault)).toThrow(/a\.ts holds [02] times/);
  });

  it('is refused when it changes nothing', () => {
    expect(() => planted('one', { ...fault, replace: 'one' })).toThrow(/changes nothing/);
  });
});
