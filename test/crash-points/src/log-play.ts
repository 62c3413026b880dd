/** Appends to a log and moves its old part into archives, cuts the power after each step, and opens the log again. */
import { join } from 'node:path';
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { itemId, seq } from '@tidemark/contracts';
import { buildState } from './build-state.ts';
import { copyingWrites, type LevelFact, survivingWrites } from './level-copies.ts';
import { statesAfter, type Step } from './page-cache.ts';
import type { Played } from './played.ts';
import { asItWas, type Hearing, record } from './recording.ts';
import { real } from './watched-calls.ts';

// Behind the watched calls: it takes the functions when it is loaded.
const { openEventLog } = await import('@tidemark/event-log');

export type LogFact = LevelFact | { readonly type: 'acknowledged'; readonly head: number };

export interface LogScenario {
  readonly name: string;
  /** Of five events each, with a snapshot behind them. Undefined: there is no log yet. */
  readonly batchesBefore?: number;
  readonly run: (log: EventLog, append: () => Promise<void>) => Promise<void>;
  readonly outcome: string;
}

const clock = { now: () => 1_700_000_000_000 };

export const logScenarios: readonly LogScenario[] = [
  {
    name: 'the first events of all are appended',
    run: async (_log, append) => append(),
    outcome: 'no log, or one with every event that was acknowledged',
  },
  {
    name: 'events are appended',
    batchesBefore: 2,
    async run(_log, append) {
      await append();
      await append();
    },
    outcome: 'every event that was acknowledged; the log is not taken for damaged',
  },
  {
    name: 'old events move into an archive',
    batchesBefore: 3,
    async run(log, append) {
      await log.retain({ olderThan: Number.MAX_SAFE_INTEGER, sizeBytesMax: 1 << 30 });
      await append();
    },
    outcome: 'every event, in the log or in the archive',
  },
];

/** @throws what says after which step the log was not what it has to be */
export async function playLog(
  folder: string,
  scenario: LogScenario,
  heard: Hearing<LogFact> = asItWas,
): Promise<Played> {
  const [work, copies] = [join(folder, 'log'), join(folder, 'copies')];
  real.mkdirSync(work, { recursive: true });
  real.mkdirSync(copies);
  if (scenario.batchesBefore !== undefined) {
    const log = await openEventLog({ folder: work, clock });
    for (let batch = 0; batch < scenario.batchesBefore; batch++) await log.append(batchAfter(log));
    await log.saveSnapshot(log.head, ['the state']);
    await log.close();
  }
  const recording = await record<LogFact>({
    folder: work,
    ignored: levelFolders,
    work: (note) =>
      copyingWrites(join(work, 'log'), copies, note, async () => {
        const log = await openEventLog({ folder: work, clock });
        await scenario.run(log, async () => {
          await log.append(batchAfter(log));
          note({ type: 'acknowledged', head: log.head });
        });
        await log.close();
      }),
  });
  const { top, steps } = heard(recording);
  const known = new Set<string>();
  const before = 5 * (scenario.batchesBefore ?? 0);
  for (let count = 0; count <= steps.length; count++) {
    const facts = factsOf(steps.slice(0, count));
    const acknowledged = Math.max(
      before,
      ...facts.flatMap((fact) => (fact.type === 'acknowledged' ? [fact.head] : [])),
    );
    for (const write of survivingWrites(facts.filter(isOfLevel)))
      for (const { seen, digest } of statesAfter(top, steps, count)) {
        const state = `${acknowledged} ${write} ${digest}`;
        if (known.has(state)) continue;
        known.add(state);
        buildState(work, seen);
        const copy = join(copies, String(write));
        if (real.existsSync(copy)) real.cpSync(copy, join(work, 'log'), { recursive: true });
        try {
          await expectWhole(work, acknowledged);
        } catch (error) {
          throw new Error(`${scenario.name}, power cut after step ${count}, write ${write}, left ${digest}`, {
            cause: error,
          });
        }
      }
  }
  return { steps: steps.length, states: known.size, statesInRecovery: 0 };
}

/** Whose files LevelDB makes. */
const levelFolders = ['log', 'lock'];

const isOfLevel = (fact: LogFact): fact is LevelFact => fact.type !== 'acknowledged';

const factsOf = (steps: readonly Step<LogFact>[]): LogFact[] =>
  steps.flatMap((step) => (step.type === 'fact' ? [step.fact] : []));

function batchAfter(log: EventLog): RecordedEvent[] {
  return Array.from({ length: 5 }, (_, index) => ({
    seq: seq(log.head + 1 + index),
    at: clock.now(),
    source: 'engine',
    event: { type: 'HintReceived', side: 'local', source: `event ${log.head + 1 + index}` },
    items: [itemId(index)],
  }));
}

/** It opens as sound, holds what was acknowledged, and takes more. */
async function expectWhole(folder: string, acknowledged: number): Promise<void> {
  const log = await openEventLog({ folder, clock });
  try {
    if (log.opening.state === 'damaged') throw new Error(`taken for damaged: ${log.opening.detail}`);
    if (log.head < acknowledged)
      throw new Error(`it ends at ${log.head}, and ${acknowledged} was acknowledged`);
    await log.append(batchAfter(log));
    const told: string[] = [];
    for await (const events of log.read())
      for (const { seq: at, event } of events)
        told.push(`${at} ${'source' in event ? String(event.source) : ''}`);
    const wanted = Array.from({ length: log.head }, (_, index) => `${index + 1} event ${index + 1}`);
    if (told.join() !== wanted.join()) throw new Error(`it holds ${told.join()}`);
    const verdict = await log.verify();
    if (!verdict.ok) throw new Error(verdict.detail);
  } finally {
    await log.close();
  }
}
