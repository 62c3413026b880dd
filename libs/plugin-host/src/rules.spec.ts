import { seq } from '@tidemark/contracts';
import type { AnyPlugin, Plugin } from '@tidemark/plugin-sdk';
import { definePlugin, z } from '@tidemark/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { completePlugin } from './complete-plugin.ts';
import { rulesOf } from './rules.ts';
import { ruleSettings } from './rule-settings.ts';

const item = {
  path: 'a/b.mov',
  name: 'b.mov',
  kind: 'file',
  sizeBytes: 1,
  side: 'local',
  known: false,
  markers: [],
} as const;

const endings = definePlugin({
  name: 'endings',
  config: z.object({
    endings: z.array(z.string()).default(['.mov']),
    token: z.string().default('secret'),
    more: z.array(z.string()).default(['.more']),
  }),
  rules: {
    settings: ['endings', 'more'],
    ignore: ({ name }, settings) =>
      [...settings.endings, ...settings.more].find((ending) => name.endsWith(ending)),
  },
});

const ask = (
  plugin: Plugin,
  settings?: Record<string, unknown>,
  facts: Record<string, string> = {},
  onFault?: (plugin: string, detail: string) => void,
) =>
  rulesOf(
    [{ plugin }],
    onFault,
  )({
    plugins: [{ name: plugin.name, version: '1', ...(settings !== undefined && { settings }) }],
    facts: new Map([[plugin.name, { values: new Map(Object.entries(facts)), changedAt: seq(1) }]]),
  }).ignore(item);

describe('settings of rules', () => {
  it('are those that the log has, not the present ones', () => {
    expect(ask(endings, { endings: ['b.mov'], more: [] })?.detail).toBe('b.mov');
    expect(ask(endings, { endings: [], more: [] })).toBeNull();
  });

  it('are the present ones for a log of an earlier version, and by default what the plugin had not then', () => {
    expect(ask(endings)?.detail).toBe('.mov');
    expect(ask(endings, { endings: [] })).toBeNull();
  });

  it('are those that the rules name: a token gets neither to them nor into the log', () => {
    expect(ruleSettings(endings, { token: 'abc' })).toEqual({ endings: ['.mov'], more: ['.more'] });
    const faults: string[] = [];
    const curious: Plugin = {
      ...endings,
      rules: { ignore: (_item, settings: Record<string, string>) => settings['token'] },
    };
    expect(ask(curious, {}, {}, (_plugin, detail) => faults.push(detail))?.detail).toBe(
      'the rule of plugin "endings" failed',
    );
    expect(faults).toEqual([
      'Cannot use the rule "ignore" for "a/b.mov": its rules do not name the setting "token" (rules: { settings: ["token"] })',
    ]);
  });

  it('cannot be changed by a rule', () => {
    const greedy: Plugin = {
      ...endings,
      rules: {
        settings: ['endings'],
        ignore: (_item, settings: { endings: string[] }) => String(settings.endings.push('x')),
      },
    };
    expect(ask(greedy, { endings: [] })?.detail).toContain('failed');
  });

  it('are refused when the log cannot keep them', () => {
    const pattern = definePlugin({
      name: 'pattern',
      config: z.object({ pattern: z.string().transform((text) => new RegExp(text)) }),
      rules: { settings: ['pattern'] },
    });
    expect(() => ruleSettings(pattern, { pattern: 'a' })).toThrow(
      'its rules see the setting "pattern", which is no JSON, so the log cannot keep it',
    );
    expect(() => ruleSettings(endings, { endings: ['x'.repeat(70_000)] })).toThrow(
      /the settings that its rules see take 700\d\d bytes, and the log keeps 65536 of each plugin/,
    );
  });
});

it('rules that a function of the settings makes are refused: a replay could not ask them with those of its run', () => {
  const plugin: AnyPlugin = {
    name: 'made',
    work: () => ({ rules: { ignore: () => undefined } }) as never,
  };
  expect(() => completePlugin(plugin, {})).toThrow(
    'its rules are made by its function of the settings, so a replay could not ask them with other settings',
  );
});

it('a plugin that says what it does later, by an async function of the settings, is refused', () => {
  const work = async (): Promise<object> => {
    throw new Error('and nobody waits for it');
  };
  expect(() => completePlugin({ name: 'later', work: work as never }, {})).toThrow(
    'its function of the settings answers later',
  );
});

describe('answers of rules', () => {
  const answering = (answer: () => unknown): Plugin => ({ name: 'odd', rules: { ignore: answer as never } });

  it('that come later are none, and how they end is no news', async () => {
    const faults: string[] = [];
    const later = answering(async () => {
      throw new Error('and nobody waits for it');
    });
    expect(ask(later, undefined, {}, (_plugin, detail) => faults.push(detail))?.detail).toContain('failed');
    expect(faults).toEqual([
      'Cannot use the rule "ignore" for "a/b.mov": it answered neither a text nor undefined',
    ]);
  });

  it('are cut where nobody reads on', () => {
    const long = answering(() => 'x'.repeat(1_000_000));
    expect(ask(long)?.detail).toBe(`${'x'.repeat(1_000)}…`);
    expect(ask(answering(() => ({ detail: 'x'.repeat(1_000_000) })))?.detail).toHaveLength(1_001);
  });
});

describe('facts of rules', () => {
  it('are read by key, in order, and parsed once for as long as they stand', () => {
    let parsed = 0;
    const parse = (text: string): number => {
      parsed += 1;
      return text.length;
    };
    const reader = definePlugin({
      name: 'reader',
      rules: {
        facts: true,
        ignore: (_item, _settings, facts) =>
          `${facts.keys().join()} ${facts.get('b')} ${facts.has('c')} ${facts.parsed('a', parse)} ${facts.parsed('c', parse)}`,
      },
    });
    const values = new Map([
      ['b', 'two'],
      ['a', 'one'],
    ]);
    const known = { values, changedAt: seq(1) };
    const rules = rulesOf([{ plugin: reader }])({ plugins: [], facts: new Map([['reader', known]]) });
    expect(rules.ignore(item)?.detail).toBe('a,b two false 3 undefined');
    rules.ignore(item);
    expect(parsed).toBe(1);
    values.set('a', 'three');
    values.delete('b');
    known.changedAt = seq(2);
    expect(rules.ignore(item)?.detail).toBe('a undefined false 5 undefined');
    expect(parsed).toBe(2);
  });

  it('are none where the plugin has told none', () => {
    const reader = definePlugin({
      name: 'reader',
      rules: { facts: true, ignore: (_item, _settings, facts) => String(facts.keys().length) },
    });
    expect(rulesOf([{ plugin: reader }])({ plugins: [], facts: new Map() }).ignore(item)?.detail).toBe('0');
  });
});

it('a folder is on the way to something, unless another plugin leaves it alone', () => {
  const folder = { ...item, path: 'a', name: 'a', kind: 'folder' } as const;
  const leading = definePlugin({
    name: 'leading',
    rules: { ignore: () => ({ detail: 'no rule names it', onTheWay: true }) },
  });
  const strict = definePlugin({ name: 'strict', rules: { ignore: () => 'no' } });
  const saidOf = (one: Parameters<ReturnType<ReturnType<typeof rulesOf>>['ignore']>[0], ...all: Plugin[]) =>
    rulesOf(all.map((plugin) => ({ plugin })))({ plugins: [], facts: new Map() }).ignore(one);
  const said = { plugin: 'leading', detail: 'no rule names it', onTheWay: true };
  expect(saidOf(folder, leading)).toEqual(said);
  expect(saidOf(item, leading)).toBeNull();
  expect(saidOf(folder, leading, strict)).toEqual({ plugin: 'strict', detail: 'no' });
});
