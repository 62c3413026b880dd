/** An incident bundle of a log with rules of a plugin: it tells neither their settings nor their facts, and leads to the same decisions. */
import { gunzipSync } from 'node:zlib';
import { seq } from '@tidemark/contracts';
import { createRulesFor, makeBundle } from '@tidemark/daemon';
import { createMemoryLog, encodeBundle } from '@tidemark/event-log';
import { rulesOf } from '@tidemark/plugin-host';
import { definePlugin, z } from '@tidemark/plugin-sdk';
import { expect, it } from 'vitest';
import { ModelRun } from './model-run.ts';
import { root } from './model-world.ts';

const lister = definePlugin({
  name: 'lister',
  version: '1',
  config: z.object({ why: z.string() }),
  rules: {
    settings: ['why'],
    facts: true,
    markers: ['qqmark'],
    ignore: ({ name, markers }, { why }, facts) =>
      facts.has(`${why}/${name}`) || markers.length > 0 ? why : undefined,
  },
});
const rulesFor = createRulesFor(rulesOf([{ plugin: lister, config: { why: 'now' } }]));

/** A name is told, then another one in its place. */
function played(): ModelRun {
  const run = new ModelRun();
  const settings = { why: 'qqwhy' };
  run.plugins = [{ name: 'lister', version: '1', rules: true, facts: true, settings }];
  run.rulesFor = rulesFor;
  for (const name of ['qqa', 'qqb', 'qqc']) run.world.disk.create(root, name, 'file', `of ${name}`, 10);
  const marked = run.world.disk.create(root, 'qqfolder', 'folder', '', 10)!;
  run.world.disk.create(marked.id, 'qqmark', 'file', '', 10);
  run.world.disk.create(marked.id, 'qqd', 'file', 'd', 10);
  const tell = (report: number, name: string): void =>
    run.observe(
      [
        {
          ...{ type: 'FactsReported', report, complete: true },
          facts: [{ key: `qqwhy/${name}`, value: 'qqcontent' }],
        },
      ],
      'lister',
    );
  run.start();
  tell(0, 'qqb');
  run.settle();
  tell(1, 'qqc');
  run.settle();
  return run;
}

it.each([
  ['from its beginning', 'first', false],
  ['from behind the first facts', 'facts', false],
  ['with its names', 'first', true],
] as const)('%s', async (_, from, keepsNames) => {
  const { log: batches, world } = played();
  expect([...world.drive.nodes.values()].map((node) => node.name).toSorted()).toEqual(['qqa', 'qqb', 'qqc']);
  const told = batches.flat().filter(({ event }) => event.type === 'FactsChanged');
  expect(told).toHaveLength(2);
  const log = createMemoryLog();
  for (const batch of batches) await log.append(batch);
  const { bundle, lost } = await makeBundle({
    ...{ log, rulesFor, from: from === 'first' ? seq(1) : told[1]!.seq, to: log.head, keepsNames },
    ...{ salt: 'salt', version: 'spec', title: 'spec' },
  });
  expect(lost, 'moments at which the bundle decides otherwise').toBe(0);
  const text = gunzipSync(encodeBundle(bundle)).toString();
  expect(text).toContain('FactsChanged');
  for (const secret of ['qqwhy', 'qqcontent', ...(keepsNames ? [] : ['qq'])])
    expect(text).not.toContain(secret);
  expect(text.includes('qqa')).toBe(keepsNames);
});
