import { seq } from '@tidemark/contracts';
import { definePlugin } from '@tidemark/plugin-sdk';
import { EMPTY, firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { rulesAlone } from './rules-alone.ts';

const lister = definePlugin({
  name: 'lister',
  needs: { disk: 'write', events: true },
  rules: { facts: true },
  observe: () => EMPTY,
  on: { rested: () => undefined },
});

it('of a plugin only its rules take part', () => {
  const plain = definePlugin({ name: 'plain', version: '2', rules: {}, observe: () => EMPTY });
  expect(rulesAlone([{ plugin: plain }, { plugin: { name: 'other' } }], { facts: new Map() })).toEqual([
    { plugin: { name: 'plain', version: '2', rules: {} }, config: undefined },
  ]);
});

it('rules that need facts are given those of the log', async () => {
  const known = { values: new Map([['a', 'b']]), changedAt: seq(3) };
  const [given] = rulesAlone([{ plugin: lister }], { facts: new Map([['lister', known]]) });
  expect(given?.plugin.needs).toBeUndefined();
  expect(await firstValueFrom(given!.plugin.observe!({} as never))).toEqual({
    type: 'FactsReported',
    facts: [{ key: 'a', value: 'b' }],
    complete: true,
  });
});

it('where the log knows none the plugin may look, and changes nothing', () => {
  const [given] = rulesAlone([{ plugin: lister }], { facts: new Map() });
  expect(given?.plugin).toMatchObject({ needs: { disk: 'read', events: true }, observe: lister.observe });
  expect(given?.plugin).not.toHaveProperty('on');
});
