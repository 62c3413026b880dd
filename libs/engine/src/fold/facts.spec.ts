import type { Command, Fact, FactsReported, StartedPlugin } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { replay } from '../loop/replay.ts';
import { isQuiet } from '../plan/plan.ts';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';
import { deserialise, serialise } from '../views/snapshot.ts';
import { statusOf } from '../views/status.ts';
import type { RulesFor } from './state.ts';

/** Leaves alone what a fact names. */
const rulesFor: RulesFor = (_policy, { facts }) => ({
  mayChange: true,
  resolve: () => null,
  ignore: ({ path }) => {
    const detail = facts.get('lister')?.values.get(path);
    return detail === undefined ? null : { plugin: 'lister', detail };
  },
});
const lister: StartedPlugin = { name: 'lister', version: '1', settings: {}, facts: true };

let reports = 0;
const report = (facts: Record<string, string | null>, complete?: true, number?: number): FactsReported => ({
  type: 'FactsReported',
  report: number ?? reports++,
  facts: Object.entries(facts).map(([key, value]): Fact => ({ key, value })),
  ...(complete && { complete }),
});
const tell = (run: SpecRun, ...all: readonly FactsReported[]): string[] =>
  words(run.observeAs('lister', ...all));
const words = (commands: readonly Command[]): string[] =>
  commands.map(({ type, path }) => `${type} ${path}`).filter((one) => !/^(Read|Scan)/.test(one));

function started(run = new SpecRun({}, rulesFor)): SpecRun {
  reports = 0;
  run.start(null, [lister]);
  return run;
}

/** `a` on both sides, agreed. */
function inSync(): SpecRun {
  const run = started();
  tell(run, report({}, true));
  run.driveShows(onDrive('A', 'a', 'text'));
  run.diskShows(onDisk('LA', 'a', 'text'));
  return run;
}

const eventsOf = (run: SpecRun) =>
  run.log.flatMap(({ event }) => (event.type === 'FactsChanged' ? [event] : []));

describe('a run whose rules need facts', () => {
  it('changes nothing before it has all of them, and says what it waits for', () => {
    const run = started();
    expect(
      words([...run.driveShows(), ...run.diskShows(onDisk('LA', 'a', 'x'), onDisk('LB', 'b', 'x'))]),
    ).toEqual([]);
    expect(isQuiet(run.state)).toBe(false);
    expect(statusOf(run.state)).toMatchObject({
      factsAwaited: ['lister'],
      notAtRest: [
        { path: 'a', standing: 'waiting', detail: 'waits for the facts of plugin "lister"' },
        { path: 'b' },
      ],
    });
    expect(tell(run, report({ a: 'no' }))).toEqual([]);
    expect(tell(run, report({ a: 'no' }, true))).toEqual(['UploadFile b']);
    expect(statusOf(run.state).factsAwaited).toEqual([]);
  });

  it('waits again in the next run, since facts may have changed meanwhile', () => {
    const run = started();
    tell(run, report({ a: 'no' }, true));
    started(run);
    run.driveShows();
    expect(words(run.diskShows(onDisk('LA', 'a', 'x'), onDisk('LB', 'b', 'x')))).toEqual([]);
    expect(tell(run, report({ b: 'no' }, true))).toEqual(['UploadFile a']);
  });

  it('does not let what was agreed go while it waits', () => {
    const run = inSync();
    started(run);
    run.driveShows(goneFromDrive('A'));
    expect(words(run.diskShows(onDisk('LA', 'a', 'text')))).toEqual([]);
    expect(tell(run, report({}, true))).toEqual(['DeleteLocal a']);
  });

  it('does not ask rules that let in what a fact names before they have it', () => {
    const allowing: RulesFor = (_policy, { facts, plugins }) => ({
      mayChange: true,
      resolve: () => null,
      ignore: ({ path }) =>
        plugins.length === 0 || facts.get('lister')?.values.has(path) === true
          ? null
          : { plugin: 'lister', detail: 'no' },
    });
    const run = new SpecRun({}, allowing);
    run.start();
    run.driveShows(onDrive('A', 'a', 'text'));
    run.diskShows(onDisk('LA', 'a', 'text'));
    started(run);
    run.driveShows(goneFromDrive('A'));
    run.diskShows(onDisk('LA', 'a', 'text'));
    expect(tell(run, report({ a: 'yes' }, true))).toEqual(['DeleteLocal a']);
  });

  it('deletes nothing that the facts leave alone, although it is gone on one side', () => {
    const run = inSync();
    started(run);
    run.driveShows(goneFromDrive('A'));
    run.diskShows(onDisk('LA', 'a', 'text'));
    expect(tell(run, report({ a: 'no' }, true))).toEqual([]);
    expect(statusOf(run.state).notAtRest).toMatchObject([
      { path: 'a', standing: 'ignored', detail: 'lister: no' },
    ]);
  });
});

describe('facts that change', () => {
  it('let items leave the scope and come back, without a deletion', () => {
    const run = inSync();
    tell(run, report({ a: 'no' }));
    expect([...run.state.outOfScope.values()]).toEqual([{ plugin: 'lister', detail: 'no' }]);
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows();
    expect(tell(run, report({ a: null }))).toEqual([]);
    run.driveShows();
    expect(words(run.diskShows())).toEqual(['DownloadFile a']);
  });

  it('let both sides be looked at before what comes back is compared: it may have changed while it was left alone', () => {
    const run = inSync();
    tell(run, report({ a: 'no' }));
    expect(tell(run, report({ a: null }))).toEqual([]);
    // Removed and changed meanwhile, which no look had told.
    run.driveShows(onDrive('A', 'a', 'new'));
    expect(words(run.diskShows())).toEqual(['DownloadFile a']);
  });

  it('are no news when they are known', () => {
    const run = inSync();
    const before = run.log.length;
    tell(run, report({ a: null }), report({}, true));
    expect(run.log.length).toBe(before);
    tell(run, report({ a: 'no', b: 'no' }));
    tell(run, report({ a: 'no' }), report({ b: 'no' }, true));
    expect(eventsOf(run).slice(1)).toEqual([
      {
        type: 'FactsChanged',
        facts: [
          { key: 'a', value: 'no' },
          { key: 'b', value: 'no' },
        ],
      },
      { type: 'FactsChanged', facts: [{ key: 'a', value: null }] },
    ]);
  });

  it('are taken in the order in which they were reported, each once', () => {
    const run = inSync();
    const [first, second] = [report({ a: 'one' }), report({ a: 'two' })];
    tell(run, second);
    expect(eventsOf(run)).toHaveLength(1);
    tell(run, first, second, first);
    expect(run.state.facts.get('lister')?.values.get('a')).toBe('two');
    expect(eventsOf(run)).toHaveLength(3);
  });

  it('may come in parts, of which the last one takes back what none of them holds', () => {
    const run = inSync();
    tell(run, report({ a: 'no', b: 'no', c: 'no' }));
    tell(run, { ...report({ a: 'no' }, true), more: true });
    expect([...(run.state.facts.get('lister')?.values.keys() ?? [])]).toEqual(['a', 'b', 'c']);
    tell(run, report({ d: 'no' }, true));
    expect([...(run.state.facts.get('lister')?.values.keys() ?? [])]).toEqual(['a', 'd']);
  });

  it('count for nothing when the plugin brings none in this run, and are forgotten with it', () => {
    const run = inSync();
    run.observeAs('stranger', report({ a: 'no' }, true));
    expect(run.state.facts.has('stranger')).toBe(false);
    tell(run, report({ a: 'no' }));
    run.start(null, []);
    expect(run.state.facts.size).toBe(0);
  });
});

describe('a log with facts', () => {
  it('gives the same decisions again, from its beginning and from a snapshot', async () => {
    const run = started();
    run.driveShows(onDrive('A', 'a', 'text'));
    run.diskShows(onDisk('LB', 'b', 'text'), onDisk('LC', 'c', 'text'));
    const restored = await deserialise([...serialise(run.state)], rulesFor);
    const at = run.batches.length;
    tell(run, report({ b: 'no' }, true));
    tell(run, report({ a: 'no' }));
    const whole = await replay({ batches: each(run.batches), rulesFor });
    expect(whole.divergences).toEqual([]);
    expect(whole.plans).toBeGreaterThan(1);
    const tail = await replay({ batches: each(run.batches.slice(at)), rulesFor, from: restored! });
    expect(tail.divergences).toEqual([]);
    expect([...serialise(tail.state)]).toEqual([...serialise(run.state)]);
  });

  it('keeps settings in a snapshot, whatever they are called', async () => {
    const settings = { Map: { Set: [1] }, Plain: 'x', Set: 5, more: [{ Map: [] }] };
    const run = new SpecRun();
    run.start(null, [{ name: 'odd', version: '1', settings }]);
    const restored = await deserialise([...serialise(run.state)], rulesFor);
    expect(restored?.started?.plugins[0]?.settings).toEqual(settings);
  });
});

async function* each<One>(all: readonly One[]): AsyncGenerator<One> {
  yield* all;
}
