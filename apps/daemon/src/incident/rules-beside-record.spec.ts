import { plainPolicy } from '@tidemark/contracts';
import type { RulesBasis } from '@tidemark/engine';
import { definePlugin, type Plugin } from '@tidemark/plugin-sdk';
import { expect, it } from 'vitest';
import { createRulesFor } from '../rules-for.ts';
import { rulesOf } from '@tidemark/plugin-host';
import { withFilter } from '../plugins/filter-plugin.ts';
import { recordRules, rulesFromRecord } from './recorded-rules.ts';
import { rulesBesideRecord, unfitForBundle } from './rules-beside-record.ts';

/** Leaves alone the names that it is given. */
const leaving = (name: string, ...names: readonly string[]): Plugin =>
  definePlugin({
    name,
    rules: { ignore: (item) => (names.includes(item.name) ? `not for ${name}` : undefined) },
  });

const basis: RulesBasis = {
  facts: new Map(),
  plugins: ['first', 'tried', 'last'].map((name) => ({ name, version: '1', rules: true })),
};
const item = (name: string) =>
  ({ path: name, name, kind: 'file', sizeBytes: 1, side: 'local', known: false, markers: [] }) as const;
const names = ['all', 'first', 'tried', 'last', 'other'];

it('asks the plugin that is tried, and takes what the others said from the bundle, in the order that was', () => {
  const plugins = [
    leaving('first', 'first', 'all'),
    leaving('tried', 'tried', 'all'),
    leaving('last', 'last', 'all'),
  ];
  const recorder = recordRules(createRulesFor(rulesOf(withFilter(plugins.map((plugin) => ({ plugin }))))));
  const then = recorder.rulesFor(plainPolicy, basis);
  for (const name of names) then.ignore(item(name));

  const next = leaving('tried', 'other', 'first', 'last');
  const rules = rulesBesideRecord(rulesFromRecord(recorder.recorded()), { plugin: next })(plainPolicy, basis);
  const said = names.map((name) => [name, rules.ignore(item(name))?.plugin ?? null]);
  expect(Object.fromEntries(said)).toEqual({
    ...{ all: 'first', first: 'first', tried: null },
    ...{ last: 'tried', other: 'tried' },
  });
});

it('says what a bundle lacks for it', () => {
  const plain = { plugin: leaving('plain') };
  expect(unfitForBundle(plain, { names: 'kept' })).toBeNull();
  expect(unfitForBundle(plain, { names: 'redacted' })?.join(' ')).toMatch(/pseudonyms.*--keep-names/);
  const plugin = definePlugin({ name: 'knowing', rules: { facts: true, ignore: () => undefined } });
  expect(unfitForBundle({ plugin }, { names: 'kept' })?.join(' ')).toMatch(/sees? facts.*the log itself/);
});
