import { expect, test } from 'vitest';
import { itemId, type RecordedEvent } from '@tidemark/contracts';
import { initialState } from '@tidemark/engine';
import { createEvents } from '../log/events.ts';
import { createLogReader } from '../log/log-reader.ts';
import { createMoments } from '../log/moments.ts';
import { rulesFor, specLog } from '../spec-log.ts';
import { createCauseGraph } from './cause-graph.ts';
import { addCauses } from './causes.ts';
import { createCommands } from './commands.ts';
import { addEffects } from './effects.ts';
import { storyOf } from './item.ts';
import { momentOf } from './moment.ts';
import { pluginsOf } from './plugins.ts';
import { rowOf } from './rows.ts';
import { createSearch } from './search.ts';

async function opened() {
  const { log, events: recorded } = await specLog(['a.txt', 'b.txt'], 2);
  const moments = createMoments({
    ...{ log: () => log, rulesFor },
    begin: async () => initialState(),
    head: initialState(),
  });
  const reader = createLogReader({
    ...{ log, first: 1, reopen: null },
    onBatch: (batch) => moments.take(batch),
  });
  await reader.readAll();
  const events = createEvents(() => log);
  const commands = createCommands(reader.index, events);
  const search = createSearch(reader.index, moments.head, () => log);
  return { ...{ log, recorded, moments, index: reader.index, events, commands, search } };
}

test('an outcome shows the command that it ends, why that was decided, and what it changed', async () => {
  const { recorded, moments, commands } = await opened();
  const outcome = recorded.findLast(({ event }) => event.type === 'CommandSucceeded');
  if (outcome === undefined) throw new Error('nothing came to an end');
  const command = await commands.endedBy(outcome.event);
  const row = rowOf(outcome, null, command, () => null);
  expect(row.text).toMatch(/^download "[ab]\.txt" over the version on disk, which goes to the trash$/);
  const moment = await momentOf(outcome, row, moments, commands);
  const [shown] = moment.commands;
  expect(shown).toMatchObject({ type: 'DownloadFile', rule: 'remote-changed' });
  expect(shown?.outcome).toMatchObject({ seq: outcome.seq, isFailed: false });
  const [change] = moment.changes;
  expect([change?.before?.local?.sizeBytes, change?.after?.local?.sizeBytes]).toEqual([11, 12]);
  expect(change?.sentence).toMatch(/^Done/);
});

test('causes lead from a command back to the listing that showed the file, and to the download before', async () => {
  const { recorded, commands, events } = await opened();
  const outcome = recorded.findLast(({ event }) => event.type === 'CommandSucceeded');
  if (outcome === undefined) throw new Error('nothing came to an end');
  const graph = createCauseGraph(commands, 28);
  await addCauses(outcome, graph, { commands, events });
  const { nodes, edges, isCut } = graph.shown;
  expect(isCut).toBe(false);
  const kinds = new Set(nodes.map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(['command', 'observation', 'outcome']));
  expect(nodes.filter(({ title }) => title.startsWith('DownloadFile')).length).toBeGreaterThan(1);
  const ids = new Set(nodes.map(({ id }) => id));
  expect(edges.every(([from, to]) => ids.has(from) && ids.has(to))).toBe(true);
});

test('effects lead from a listing to the downloads that rest on it, and on to what rests on their outcomes', async () => {
  const { recorded, commands, events, index, search } = await opened();
  const effectsOf = async (start: RecordedEvent | undefined) => {
    if (start === undefined) throw new Error('there is no such event');
    const graph = createCauseGraph(commands, 28);
    await graph.event(start);
    await addEffects(start, graph, { index, commands, events, history: search.history });
    return graph.shown;
  };
  const { nodes, edges } = await effectsOf(recorded.find(({ event }) => event.type === 'RemoteSeen'));
  const titles = new Map(nodes.map(({ id, title }) => [id, title.replace(/ .*|^#\d+ /g, '')]));
  const named = edges.map(
    ([from, to]) => `${titles.get(from)?.replace(/^#.*/, 'event')} -> ${titles.get(to)}`,
  );
  expect(
    named.filter((one) => one.endsWith('-> DownloadFile')).length,
    'of both files, in three rounds',
  ).toBe(6);
  const begun = edges.flatMap(([from, to]) => (from === nodes[0]?.id ? [to] : []));
  expect(begun.length, 'it shows two files, and is what both sides agreed on later').toBeGreaterThanOrEqual(
    2,
  );

  expect((await effectsOf(recorded.at(-1))).edges, 'nothing came of the last event').toEqual([]);
});

test('a search finds items by a part of their path, and events by a pattern', async () => {
  const { search } = await opened();
  const [found] = search.itemsNamed('A.TX', 10);
  expect(found?.path).toBe('a.txt');
  const history = await search.history(itemId(found?.item ?? 0));
  expect((await search.matches('path:a.*', 1)).seqs).toEqual(history);
  expect((await search.matches(`item:${found?.item}`, 1)).total).toBe(history.length);
  expect((await search.matches('plugin:downloader', 1)).total).toBe(6);
  expect((await search.matches('Started', 1)).seqs).toEqual([1]);
  await expect(search.matches('what', 1)).rejects.toThrow(/Events can be listed by deletion, conflict/);
});

test('the story of an item is that of explain, from its first event on', async () => {
  const { search, moments, index } = await opened();
  const [found] = search.itemsNamed('b.txt', 1);
  const item = itemId(found?.item ?? 0);
  const story = await storyOf(item, await search.history(item), index.last, moments, () => null);
  expect(story).toMatchObject({ path: 'b.txt', standing: 'atRest' });
  expect(story.entries.map(({ sentence }) => sentence.split(/[ :]/, 2).join(' '))).toEqual(
    ['The drive', 'Decided to', 'Done, 10'].concat(
      ...[11, 12].map((bytes) => ['The drive', 'Decided to', `Done, ${bytes}`]),
    ),
  );
});

test('figures of a plugin count what it ended, and how long that took since the decision', async () => {
  const { index } = await opened();
  const { plugins, queue } = pluginsOf(index, index.time(0), index.time(index.length - 1));
  const downloader = plugins.find(({ name }) => name === 'downloader');
  expect(downloader).toMatchObject({ events: 6, done: 6, failed: 0, retries: 0, failures: [] });
  // A second between two events: the first of two downloads ends one second after the plan, the other one two.
  expect(downloader?.times).toMatchObject({ median: 2000, most: 2000, longest: 2000 });
  expect(plugins.find(({ name }) => name === 'engine')?.times).toBeNull();
  expect(queue.most).toBe(2);
});
