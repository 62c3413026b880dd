import type { FactsReport, Plugin } from '@tidemark/plugin-sdk';
import { definePlugin } from '@tidemark/plugin-sdk';
import { concat, NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createFactsBorder } from './facts-border.ts';
import { createHost } from './host.ts';
import { createSpecWorld, turn } from './spec-world.ts';

const plugin = definePlugin({ name: 'teller', rules: { facts: true } });
const all = (facts: FactsReport['facts']): FactsReport => ({ type: 'FactsReported', facts, complete: true });
const some = (facts: FactsReport['facts']): FactsReport => ({ type: 'FactsReported', facts });

describe('facts that a plugin reports', () => {
  it('are numbered', () => {
    const border = createFactsBorder(plugin);
    const fact = { key: 'a', value: 'b' };
    expect(border.take(all([fact]))).toEqual([
      { type: 'FactsReported', report: 0, facts: [fact], complete: true },
    ]);
    expect(border.take(some([{ key: 'a', value: null }]))).toEqual([
      { type: 'FactsReported', report: 1, facts: [{ key: 'a', value: null }] },
    ]);
  });

  it('travel in parts that every bus takes', () => {
    const facts = Array.from({ length: 40 }, (_, index) => ({ key: `${index}`, value: 'x'.repeat(8_000) }));
    const parts = createFactsBorder(plugin).take(all(facts));
    expect(parts.flatMap((part) => part.facts)).toEqual(facts);
    expect(parts.map(({ report, complete, more }) => ({ report, complete, more }))).toEqual([
      { report: 0, complete: true, more: true },
      { report: 1, complete: true, more: true },
      { report: 2, complete: true },
    ]);
  });

  it.each<[string, FactsReport['facts']]>([
    ['one key again and again', Array.from({ length: 100_000 }, () => ({ key: 'a', value: '' }))],
    [
      'keys that it never told',
      Array.from({ length: 50_000 }, (_, index) => ({ key: String.fromCharCode(256 + index), value: null })),
    ],
    [
      'as much as it may',
      Array.from({ length: 10_000 }, (_, index) => ({ key: `${index}`, value: '\0'.repeat(400) })),
    ],
  ])('travel in parts that every bus takes, also %s', (_, facts) => {
    const border = createFactsBorder(plugin);
    border.take(all([]));
    const parts = border.take(some(facts));
    for (const part of parts) expect(JSON.stringify(part).length).toBeLessThan(1_000_000);
    const told = new Map(parts.flatMap((part) => part.facts.map(({ key, value }) => [key, value])));
    for (const [key, value] of new Map(facts.map((fact) => [fact.key, fact.value])))
      expect(told.get(key) ?? null).toBe(value);
  });

  it.each([
    ['begin with all of them', some([]), 'its first report of facts in a run has to be complete'],
    [
      'have a short key',
      all([{ key: 'k'.repeat(301), value: '' }]),
      /the key of its fact "k{60}…" has 301 char/,
    ],
    [
      'have a short value',
      all([{ key: 'k', value: 'ä'.repeat(4_097) }]),
      /the value of its fact "k" has 8194 bytes/,
    ],
    [
      'are not too many',
      all(Array.from({ length: 10_001 }, (_, index) => ({ key: `${index}`, value: '' }))),
      'it reported 10001 facts, and 10000 are the most',
    ],
    [
      'are not too much together',
      all(Array.from({ length: 600 }, (_, index) => ({ key: `${index}`, value: 'x'.repeat(8_000) }))),
      /its facts take 48\d+ bytes together, and 4194304 are the most/,
    ],
    ['are texts', all([{ key: 'a', value: 1 as never }]), 'no key and value that are texts'],
  ])('have to %s', (_, report, message) => {
    const border = createFactsBorder(plugin);
    expect(() => border.take(report)).toThrow(message);
    expect(border.take(all([{ key: 'a', value: 'b' }]))).toHaveLength(1);
  });

  it('count together with those reported before', () => {
    const border = createFactsBorder(plugin);
    const keyed = (from: number, value: string | null = '') =>
      Array.from({ length: 6_000 }, (_, index) => ({ key: `${from + index}`, value }));
    border.take(all(keyed(0)));
    expect(() => border.take(some(keyed(6_000)))).toThrow('it reported 12000 facts');
    border.take(some(keyed(0, null)));
    expect(border.take(some(keyed(6_000)))).not.toEqual([]);
  });
});

async function reporting(teller: Plugin) {
  const world = createSpecWorld();
  const host = createHost({ ...world.options, plugins: [{ plugin: teller }] });
  await host.start();
  await turn();
  return { world, host };
}

describe('a source that brings facts', () => {
  it('emits them, or reports them', async () => {
    const { world } = await reporting(
      definePlugin({
        name: 'teller',
        rules: { facts: true },
        observe: ({ report }) => {
          void report(all([{ key: 'a', value: '1' }]));
          return concat(of(some([{ key: 'b', value: '2' }])), NEVER);
        },
      }),
    );
    expect(world.observations()).toEqual([
      { type: 'FactsReported', report: 0, facts: [{ key: 'a', value: '1' }], complete: true },
      { type: 'FactsReported', report: 1, facts: [{ key: 'b', value: '2' }] },
    ]);
  });

  it('is at fault when its rules do not declare them', async () => {
    const { world, host } = await reporting(
      definePlugin({ name: 'teller', rules: {}, observe: () => concat(of(all([])), NEVER) }),
    );
    expect(world.observations()).toEqual([]);
    expect(host.describe().plugins[0]?.lastFault).toBe(
      'Cannot go on observing: plugin "teller" failed: it reported facts, and its rules do not declare them (facts: true)',
    );
  });

  it('hears that a report is refused, and is at fault when it does not listen', async () => {
    const { host } = await reporting(
      definePlugin({
        name: 'teller',
        rules: { facts: true },
        observe: ({ report }) => {
          void report(some([]));
          return NEVER;
        },
      }),
    );
    expect(host.describe().plugins[0]?.lastFault).toContain('has to be complete');
  });
});
