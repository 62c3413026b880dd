/** Incident bundles of the logs that simulated clients wrote: they replay elsewhere as the log does here. `TIDEMARK_SEEDS=200` for more. */
import { makeBundle, type RecordedRules, rulesFromRecord, stateFromLog } from '@tidemark/daemon';
import { digestOf, replay, type RulesFor, type State, statusOf } from '@tidemark/engine';
import { encodeBundle, openBundle, openMemoryLog } from '@tidemark/event-log';
import { seq, type EventLog } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { rulesForLog } from './lister.ts';
import { simulate } from './simulate.ts';

const seeds = Number(process.env['TIDEMARK_SEEDS'] ?? 2);

it(
  'a redacted bundle of any log, or of its later part, replays as the log does',
  { timeout: 600_000 },
  async () => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { broken } = await simulate(seed, {
        async onEnd(world) {
          const log = await openMemoryLog(world.files);
          const original = await stateFromLog(log, rulesForLog(world.swarm));
          for (const from of [1, Math.ceil(log.head / 2)]) {
            const replayed = await replayedElsewhere(
              log,
              rulesForLog(world.swarm),
              from,
              `seed ${seed}, from ${from}`,
            );
            expect(shapeOf(replayed), `seed ${seed}, from ${from}`).toEqual(shapeOf(original.state));
          }
        },
      });
      expect(broken, `seed ${seed}`).toBeNull();
    }
  },
);

/** What names do not change. */
const shapeOf = (state: State): unknown => {
  const { items, atRest, notAtRest } = statusOf(state);
  const entries = [...state.trees.items.values()].map(({ id, remote, local, synced }) => [
    ...[id, remote?.parent, remote?.kind, remote?.sizeBytes, remote?.seq],
    ...[local?.parent, local?.modifiedAt, local?.seq, synced?.seq],
  ]);
  return { items, atRest, standings: notAtRest.map((one) => [one.item, one.standing]).toSorted(), entries };
};

async function replayedElsewhere(
  log: EventLog,
  recordedRules: RulesFor,
  from: number,
  where: string,
): Promise<State> {
  const made = await makeBundle({
    ...{ log, rulesFor: recordedRules, from: seq(from), to: log.head },
    ...{ keepsNames: false, salt: 'a salt', version: 'spec', title: 'spec' },
  });
  expect(made.lost, where).toBe(0);
  const opened = openBundle(encodeBundle(made.bundle), 'spec');
  const rulesFor = rulesFromRecord(opened.bundle.head.rules as RecordedRules[]);
  const { state } = await stateFromLog(opened, rulesFor);
  expect(digestOf(state), where).toBe(opened.bundle.head.digest);
  if (from === 1) {
    const report = await replay({ batches: opened.read(), rulesFor });
    expect(report.divergences, where).toEqual([]);
    expect(digestOf(report.state), where).toBe(opened.bundle.head.digest);
  }
  return state;
}
