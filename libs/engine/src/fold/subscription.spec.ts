/** The engine and the subscription's chart together: what the service does to the one, the other must be able to follow. */
import type { CommandCompleted, Observation, Policy } from '@tidemark/contracts';
import { paceOnce } from '@tidemark/contracts';
import type { SubscriptionState } from '@tidemark/machines';
import { subscriptionStates } from '@tidemark/machines';
import { expect, test } from 'vitest';
import { SpecRun } from '../testing/spec-run.ts';

const lifetimeMs = 600_000;
const policy: Partial<Policy> = {
  pace: {
    ...paceOnce,
    ...{ mode: 'continuous', pollIntervalMs: 1e9, scanIntervalMs: 1e9 },
    subscription: { url: 'https://here.example', lifetimeMs, renewBeforeMs: 300_000, retryMs: 60_000 },
  },
};

const underWay = (run: SpecRun) => run.state.subscription.underWay;

function ends(run: SpecRun, outcome: Partial<CommandCompleted>): void {
  const command = underWay(run);
  if (command !== null) run.observe({ type: 'CommandSucceeded', command: command.id, ...outcome });
}

const told = (run: SpecRun, what: 'reauthorizationRequired' | 'removed' | 'missed'): void => {
  const observation: Observation = { type: 'SubscriptionTold', subscriptionId: 's', told: what };
  run.observe(observation);
};

function passes(run: SpecRun, durationMs: number): void {
  run.at += durationMs;
  run.record([{ type: 'Woke' }]);
}

/** Everything that can happen to a subscription. */
const happenings: Readonly<Record<string, (run: SpecRun) => void>> = {
  granted: (run) => ends(run, { subscription: { id: 's', expiresAt: run.at + lifetimeMs } }),
  'gone when it was to be renewed': (run) => ends(run, { subscription: { id: 's', gone: true } }),
  refused: (run) => {
    const command = underWay(run);
    const failure = { code: 'callbackFailed', detail: 'spec' } as const;
    if (command !== null) run.observe({ type: 'CommandFailed', command: command.id, failure });
  },
  'authorization asked for': (run) => told(run, 'reauthorizationRequired'),
  removed: (run) => told(run, 'removed'),
  missed: (run) => told(run, 'missed'),
  'a minute': (run) => passes(run, 61_000),
  'until it is to be renewed': (run) => passes(run, 300_001),
  'until it has run out': (run) => passes(run, lifetimeMs + 1),
  'a new run': (run) => void run.start(),
};

type Path = readonly string[];

function play(path: Path): SpecRun {
  const run = new SpecRun(policy);
  run.start();
  for (const name of path) happenings[name]?.(run);
  return run;
}

/** Each state of the engine that differs in what it knows of the subscription, with the shortest path to it. */
function everyPath(): Map<string, Path> {
  const reached = new Map<string, Path>();
  let front: Path[] = [[]];
  while (front.length > 0) {
    const next: Path[] = [];
    for (const path of front) {
      const run = play(path);
      const { activity, settled } = run.state.subscription;
      const sinceNow = (at: number | null) => (at === null ? null : Math.sign(at - run.at));
      const known = JSON.stringify([
        activity.state,
        activity.id,
        underWay(run)?.type,
        settled,
        [activity.expiresAt, activity.renewAt, activity.dueAt].map(sinceNow),
      ]);
      if (reached.has(known)) continue;
      reached.set(known, path);
      for (const name of Object.keys(happenings)) next.push([...path, name]);
    }
    front = next;
  }
  return reached;
}

const paths = [...everyPath().values()];

test('the paths lead through every state of the chart that a run with a webhook can be in', () => {
  const states = new Set(paths.map((path) => play(path).state.subscription.activity.state));
  expect(states).toEqual(
    new Set<SubscriptionState>(subscriptionStates.filter((state) => state !== 'absent')),
  );
});

test.each(paths.map((path) => [path.join(', ') || 'nothing', path] as const))(
  'after %s: when the service plays along, the subscription is active within an hour and stays so',
  (_words, path) => {
    const run = play(path);
    for (let minute = 0; minute < 60; minute += 1) {
      happenings['granted']?.(run);
      passes(run, 60_000);
    }
    happenings['granted']?.(run);
    expect(run.state.subscription.activity).toMatchObject({ state: 'active', id: 's', failure: null });
    expect(run.state.subscription.activity.expiresAt).toBeGreaterThan(run.at);
  },
);

test('a renewal after the service asked for an authorization leads back to active at once', () => {
  const run = play(['granted', 'authorization asked for']);
  expect(underWay(run)).toMatchObject({ type: 'RenewSubscription' });
  happenings['granted']?.(run);
  expect(run.state.subscription.activity).toMatchObject({
    state: 'active',
    expiresAt: run.at - 1000 + lifetimeMs,
  });
  // A second request of the service is heard as well.
  happenings['authorization asked for']?.(run);
  expect(underWay(run)).toMatchObject({ type: 'RenewSubscription' });
});
