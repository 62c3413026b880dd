import type { RecordedEvent, RemoteRow, RemoteTombstone } from '@tidemark/contracts';
import { itemId, seq } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { evolve } from '../../fold/evolve.ts';
import { initialState, noRules, type State } from '../../fold/state.ts';
import { goneFromDrive, onDisk, onDrive, SpecRun } from '../../testing/spec-run.ts';
import { globToRegExp } from '../moments/event-pattern.ts';
import { findFirstMoment, type Moment } from './first-moment.ts';
import { laws } from './laws.ts';
import { askState, type Predicate } from './predicate.ts';

const both = ['remote', 'local'] as const;

it('finds the first event after which nothing is at a path, on one side or on both', () => {
  const run = settled();
  run.driveShowsAfterHint(goneFromDrive('A'));
  const gone = run.log.findLast(({ event }) => event.type === 'RemoteSeen');
  expect(first(run, { type: 'absent', path: 'a.txt', sides: ['remote'] })).toMatchObject({
    recorded: { seq: gone?.seq },
    changes: [{ path: 'a.txt', before: { remote: { name: 'a.txt' } } }],
  });
  expect(first(run, { type: 'absent', path: 'a.txt', sides: both }), 'the disk has it').toBeNull();
});

it('does not take for absent what was never there', () => {
  expect(first(settled(), { type: 'absent', path: 'other.txt', sides: both })).toBeNull();
});

it('finds the first of several events after which a file has a hash, which a search by halves may miss', () => {
  const run = settled();
  for (const content of ['x', 'y', 'x'])
    run.driveShowsAfterHint(onDrive('A', 'a.txt', content, { modifiedAt: 200 + run.log.length }));
  const predicate: Predicate = { type: 'hash', path: 'a.txt', hash: 'x', sides: both };
  const held = run.log.filter(({ seq: at }) => askState(predicate)?.(folded(run, at)) === true);
  const changes = run.log.filter(({ event }) => event.type === 'RemoteSeen').slice(-3);
  expect(first(run, predicate)?.recorded.seq).toBe(changes[0]?.seq);
  expect(held.at(0)?.seq).toBe(changes[0]?.seq);
  expect(held.at(-1)?.seq).toBeGreaterThanOrEqual(changes[2]?.seq ?? 0);
  expect(held.some(({ seq: at }) => at === changes[1]?.seq)).toBe(false);
});

it('tells when it holds before the first event', () => {
  const run = settled();
  const state = folded(run, run.log.at(-1)?.seq ?? seq(0));
  const predicate: Predicate = { type: 'hash', path: 'a.txt', hash: 'a', sides: both };
  expect(findFirstMoment(predicate, state, () => noRules).holdsAtBegin).toBe(true);
});

it('finds the plan that decided a conflict of a path', () => {
  const run = settled();
  run.driveShowsAfterHint(onDrive('A', 'a.txt', 'theirs', { modifiedAt: 200 }));
  run.start();
  run.driveShows();
  run.diskShows(onDisk('a', 'a.txt', 'ours', { modifiedAt: 300 }), onDisk('b', 'b.txt', 'b'));
  const decided = run.log.find(
    ({ event }) =>
      event.type === 'Planned' && event.commands.some(({ reason }) => reason.rule.startsWith('conflict-')),
  );
  if (decided === undefined) throw new Error('no conflict was decided');
  expect(first(run, { type: 'conflict', matches: globToRegExp('**') })?.recorded.seq).toBe(decided.seq);
  expect(first(run, { type: 'conflict', matches: globToRegExp('b.*') })).toBeNull();
});

it.each(laws)('the law "$name" holds of a run, and its breach is found where it happens', (law) => {
  const run = settled();
  run.driveShowsAfterHint(onDrive('A', 'a.txt', 'changed', { modifiedAt: 200 }));
  expect(first(run, { type: 'law', law })).toBeNull();
  const breach = breaches[law.name]?.(run);
  if (breach === undefined) throw new Error(`nothing breaks ${law.name}`);
  const found = first(run, { type: 'law', law }, breach);
  expect(found?.recorded.seq).toBe(breach.at);
  expect(found?.detail).toMatch(breach.says);
});

interface Breach {
  readonly at: number;
  readonly says: RegExp;
  /** They take the place of the run's. */
  readonly batches?: readonly (readonly RecordedEvent[])[];
  /** Before the event of that number is folded. */
  readonly spoil?: (state: State) => void;
}

const lastPlan = ({ log }: SpecRun): RecordedEvent => {
  const plan = log.findLast(({ event }) => event.type === 'Planned');
  if (plan === undefined) throw new Error('nothing was planned');
  return plan;
};

const breaches: Record<string, (run: SpecRun) => Breach> = {
  plans: (run) => {
    const plan = lastPlan(run);
    const nothing = (one: RecordedEvent): RecordedEvent =>
      one === plan && one.event.type === 'Planned' ? { ...one, event: { ...one.event, commands: [] } } : one;
    const batches = run.batches.map((batch) => batch.map(nothing));
    return { at: plan.seq, says: /^recorded 0 commands, derived 1$/, batches };
  },
  agenda: (run) => ({
    at: lastPlan(run).seq,
    says: /^0 commands, 1 from every item$/,
    spoil: ({ agenda }) => {
      while (!agenda.isEmpty) agenda.next();
    },
  }),
  deletions: (run) => {
    run.start();
    const at = (run.log.at(-1)?.seq ?? 0) + 1;
    const recorded = lastPlan(run);
    if (recorded.event.type !== 'Planned') throw new Error('no plan');
    const [command] = recorded.event.commands;
    if (command === undefined) throw new Error('no command');
    const deletion = { ...command, type: 'DeleteLocal', path: 'a.txt', item: itemId(1) } as typeof command;
    const planned = { ...recorded, seq: seq(at), event: { ...recorded.event, commands: [deletion] } };
    return { at, says: /^DeleteLocal "a\.txt"$/, batches: [...run.batches, [planned]] };
  },
  folders: (run) => {
    const at = run.log.findLast(({ event }) => event.type === 'RemoteSeen')?.seq ?? 0;
    return {
      at,
      says: /^"a\.txt" \(item \d+\) lies in no folder on disk$/,
      spoil: ({ trees }) => {
        for (const item of trees.items.values())
          if (item.local?.name === 'a.txt') item.local = { ...item.local, parent: itemId(99) };
      },
    };
  },
};

/** Batch by batch; event by event where one is to be spoiled. */
function first(run: SpecRun, predicate: Predicate, breach?: Breach): Moment | null {
  const state = initialState();
  const finder = findFirstMoment(predicate, state, () => noRules);
  const batches =
    breach?.batches ?? (breach === undefined ? run.batches : run.log.map((recorded) => [recorded]));
  for (const batch of batches) {
    if (batch[0]?.seq === breach?.at) breach?.spoil?.(state);
    const found = finder.take(batch);
    if (found !== null && (breach === undefined || found.recorded.seq >= breach.at)) return found;
  }
  return null;
}

function folded({ log }: SpecRun, to: number): State {
  const state = initialState();
  for (const recorded of log) if (recorded.seq <= to) evolve(state, recorded, () => noRules);
  return state;
}

class Settled extends SpecRun {
  driveShowsAfterHint(...rows: readonly (RemoteRow | RemoteTombstone)[]): void {
    this.record([{ type: 'HintReceived', side: 'remote', source: 'spec' }]);
    this.driveShows(...rows);
  }
}

/** Both sides agree on two files. */
function settled(): Settled {
  const run = new Settled();
  run.start();
  run.driveShows(onDrive('A', 'a.txt', 'a'), onDrive('B', 'b.txt', 'b'));
  run.diskShows(onDisk('a', 'a.txt', 'a'), onDisk('b', 'b.txt', 'b'));
  return run;
}
