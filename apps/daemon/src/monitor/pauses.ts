/**
 * Begins and ends pauses: as the user asks, as time passes, and as the network and the power supply are. The log keeps them, so
 * they outlive the daemon; the engine changes nothing while one holds.
 */
import type { Clock, EventOf, PauseReason } from '@tidemark/contracts';
import { pauseReasonTexts } from '@tidemark/contracts';
import { isPaused, type State } from '@tidemark/engine';
import type { RunHandle } from '../profile-run.ts';
import type { PauseCondition } from './pause-conditions.ts';

export interface Pauses {
  /** Of the user. `until`: milliseconds since 1970; null: until the user ends it. Gives the sentences of the answer. */
  begin(until: number | null): Promise<readonly string[]>;
  /** Ends every pause, also one whose condition holds: it begins again when the condition does. */
  end(): Promise<readonly string[]>;
  /** Before a run begins: looks at the conditions, so that it begins paused where it has to be. */
  prepare(): Promise<void>;
  /** Keeps the pauses of a run until it ends. Never rejects. */
  follow(run: RunHandle, ended: AbortSignal): Promise<void>;
}

export interface PausesOptions {
  readonly clock: Clock;
  /** One that can record now. */
  readonly run: () => RunHandle | null;
  readonly state: () => State;
  /** Those that the settings in use name. */
  readonly conditions: () => readonly PauseCondition[];
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

const beatMs = 1_000;
const conditionEveryMs = 30_000;
/** Short transfers come to their end. */
const transferGraceMs = 10_000;

type Change = EventOf<'Paused'> | EventOf<'Resumed'>;

export function createPauses(options: PausesOptions): Pauses {
  const { clock, run, state, conditions, say, warn } = options;
  /** Could not be recorded yet, because no run was on. */
  const wishes = new Map<PauseReason, Change>();
  /** How each condition was when it was looked at last. */
  const known = new Map<PauseReason, boolean>();
  const warned = new Set<PauseReason>();
  const isOn = (why: PauseReason): boolean =>
    wishes.has(why) ? wishes.get(why)?.type === 'Paused' : state().pauses.has(why);

  async function record(change: Change): Promise<void> {
    wishes.delete(change.why);
    const handle = run();
    if (handle === null) wishes.set(change.why, change);
    else await handle.pause(change);
  }

  async function keepConditions(): Promise<void> {
    const wanted = conditions();
    for (const why of ['metered', 'battery'] as const) {
      const condition = wanted.find((one) => one.why === why);
      const holds = condition !== undefined && (await asked(condition));
      const isNew = known.get(why) !== holds;
      known.set(why, holds);
      if (!isNew || isOn(why) === holds) continue;
      await record(holds ? { type: 'Paused', why, until: null } : { type: 'Resumed', why, because: 'over' });
    }
  }

  async function asked(condition: PauseCondition): Promise<boolean> {
    try {
      const holds = await condition.holds();
      warned.delete(condition.why);
      return holds;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      if (!warned.has(condition.why))
        warn(
          `WARNING: Cannot find out whether to pause ${pauseReasonTexts[condition.why]}, so syncing goes on: ${detail}`,
        );
      warned.add(condition.why);
      return false;
    }
  }

  async function endWhatIsOver(): Promise<void> {
    for (const { why, until } of [...state().pauses.values()])
      if (until !== null && until <= clock.now()) await record({ type: 'Resumed', why, because: 'over' });
  }

  async function keep(handle: RunHandle, ended: AbortSignal): Promise<void> {
    let conditionsDueAt = clock.monotonic() + conditionEveryMs;
    let pausedAt: number | null = null;
    while (!ended.aborted) {
      for (const wish of [...wishes.values()]) await record(wish);
      await endWhatIsOver();
      if (clock.monotonic() >= conditionsDueAt) {
        await keepConditions();
        conditionsDueAt = clock.monotonic() + conditionEveryMs;
      }
      pausedAt = isPaused(handle.state) ? (pausedAt ?? clock.monotonic()) : null;
      if (
        pausedAt !== null &&
        clock.monotonic() - pausedAt >= transferGraceMs &&
        handle.state.inFlight.size > 0
      ) {
        say('What is still under way is broken off, and taken up again after the pause');
        handle.leave({ graceMs: 0, takeDown: false });
        return;
      }
      await clock.sleep(beatMs, ended);
    }
  }

  return {
    async begin(until) {
      await record({ type: 'Paused', why: 'user', until });
      return [
        `Paused ${endOf('user', until)}: what changes on either side is seen and waits`,
        ...(run() === null ? ['No run is on at the moment: the pause begins with the next one'] : []),
      ];
    },
    async end() {
      const reasons = (['user', 'metered', 'battery'] as const).filter(isOn);
      for (const why of reasons) await record({ type: 'Resumed', why, because: 'asked' });
      return [reasons.length > 0 ? 'Syncing goes on' : 'Nothing was paused'];
    },
    prepare: keepConditions,
    async follow(handle, ended) {
      try {
        // The reporter follows one run and knows nothing of those before.
        for (const { until, why } of [...handle.state.pauses.values()])
          if (until === null || until > clock.now()) await record({ type: 'Paused', why, until });
        await keep(handle, ended);
      } catch (error) {
        // The run has ended meanwhile; the next one is followed anew.
        if (!ended.aborted) warn(`ERROR: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

const endOf = (why: PauseReason, until: number | null): string =>
  until === null ? pauseReasonTexts[why] : `until ${new Date(until).toISOString()}`;
