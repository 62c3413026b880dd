/**
 * The loop. One consumer takes a batch, folds the news, plans, makes all of it durable at once, and only then hands out
 * the commands: every change of the world has its intent on disk first (I-14). Looks change nothing and go out at once.
 */
import type {
  Clock,
  Command,
  Event,
  EventLog,
  EventOf,
  Observation,
  RecordedEvent,
} from '@tidemark/contracts';
import { commandEffects, seq } from '@tidemark/contracts';
import type { RulesFor } from '../fold/evolve.ts';
import { evolve } from '../fold/evolve.ts';
import type { State } from '../fold/state.ts';
import { commandUnderWay } from '../fold/state.ts';
import { isQuiet, nextDueAt, plan } from '../plan/plan.ts';
import type { Inbox } from './inbox.ts';
import type { LogWriter } from './log-writer.ts';
import { createLogWriter } from './log-writer.ts';
import type { NewsFilter } from './news.ts';
import { createNewsFilter } from './news.ts';

export interface RunOptions {
  readonly state: State;
  readonly rulesFor: RulesFor;
  readonly log: Pick<EventLog, 'append'>;
  readonly inbox: Inbox;
  readonly clock: Clock;
  /** Events that open the run, `Started` among them. */
  readonly opening: readonly Event[];
  /** Hands a command to the plugin that carries it out. Must not throw and need not wait. */
  dispatch(command: Command): void;
  /** What was appended, or held back because nothing in it was new (see `NothingNew`), for those who watch. */
  publish(events: readonly RecordedEvent[]): void;
  /** Asked after each batch: why the run is over, null while it goes on. Changes nothing. */
  causeOfEnd(turn: Turn): Cause | null;
  /** Told of each batch, and of what `causeOfEnd` said. */
  onTurn?(turn: Turn, cause: Cause | null): void;
  /** Ends what is under way; resolves when no outcome will come any more. */
  windDown(): Promise<void>;
  /** Everything is recorded but the end itself. `record` makes one more event durable. */
  beforeStopped?(cause: Cause, record: (event: Event, source: string) => Promise<void>): Promise<void>;
}

/** How the run stands after a batch. */
export interface Turn {
  /** Nothing is under way, and nothing can be planned before something happens. */
  readonly quiet: boolean;
  /** The earliest deadline, in milliseconds since 1970; null when nothing waits for time to pass. */
  readonly dueAt: number | null;
}

export type Cause = EventOf<'Stopped'>['cause'];

/**
 * Runs until there is a cause to end, and records the end. Throws what the log throws: then no more changes were dispatched,
 * and a restart finds all differences again.
 */
export async function run(options: RunOptions): Promise<Cause> {
  const news = createNewsFilter();
  const writer = createLogWriter(options);
  const cause = await turnByTurn(options, news, writer);
  await drain(options, news, writer);
  const record = async (event: Event, source: string): Promise<void> => {
    const batch = createBatch(options);
    batch.fold(event, source);
    await writer.commit(batch.recorded);
  };
  await options.beforeStopped?.(cause, record);
  await record({ type: 'Stopped', cause }, 'engine');
  return cause;
}

async function turnByTurn(options: RunOptions, news: NewsFilter, writer: LogWriter): Promise<Cause> {
  const { state, inbox, dispatch } = options;
  let batch = createBatch(options);
  for (const event of options.opening) batch.fold(event, 'engine');
  for (;;) {
    const commands = plan(state, seq(state.seq + 1));
    if (commands.length > 0) batch.fold({ type: 'Planned', commands }, 'engine');
    // The look and the flush of its plan run side by side.
    for (const command of commands) if (isLook(command)) dispatch(command);
    await writer.commit(batch.recorded);
    inbox.settle();
    for (const command of commands) if (!isLook(command)) dispatch(command);

    const turn = { quiet: isQuiet(state), dueAt: nextDueAt(state) };
    const cause = options.causeOfEnd(turn);
    options.onTurn?.(turn, cause);
    if (cause !== null) return cause;

    const received = await inbox.take(turn.dueAt);
    batch = createBatch(options);
    if (turn.dueAt !== null && turn.dueAt <= batch.at) batch.fold({ type: 'Woke' }, 'engine');
    for (const { source, observation } of received)
      for (const event of news.admit(state, observation, source)) batch.fold(event, source);
  }
}

/** Outcomes that arrive while handlers end are still true and still recorded, so that nothing is done twice. Nothing is planned. */
async function drain(options: RunOptions, news: NewsFilter, writer: LogWriter): Promise<void> {
  const { state, inbox } = options;
  let isDown = false;
  const down = options.windDown().finally(() => {
    isDown = true;
    inbox.nudge();
  });
  for (let isLast = false; !isLast;) {
    isLast = isDown;
    // What came while the batch before was made durable is still to be taken.
    if (isLast) inbox.nudge();
    const received = await inbox.take(null);
    const batch = createBatch(options);
    for (const { source, observation } of received) {
      if (!isDeed(state, observation)) continue;
      if (state.phase !== 'ended') batch.fold({ type: 'PlanningEnded' }, 'engine');
      for (const event of news.admit(state, observation, source)) batch.fold(event, source);
    }
    await writer.commit(batch.recorded);
    inbox.settle();
  }
  await down;
}

interface Batch {
  readonly at: number;
  readonly recorded: readonly RecordedEvent[];
  fold(event: Event, source: string): void;
}

function createBatch({ state, rulesFor, clock }: RunOptions): Batch {
  const at = clock.now();
  const recorded: RecordedEvent[] = [];
  return {
    at,
    recorded,
    fold(event, source) {
      const next = { seq: seq(state.seq + 1), at, source, event };
      recorded.push({ ...next, items: evolve(state, next, rulesFor) });
    },
  };
}

/** Something was done, or is about to be. The end of a look says nothing any more: parts of it were not taken in. */
function isDeed(state: State, observation: Observation): boolean {
  if (observation.type === 'PruningPlanned' || observation.type === 'SharedFolderTold') return true;
  if (observation.type !== 'CommandSucceeded') return false;
  const command = commandUnderWay(state, observation.command);
  return command !== null && command !== state.remote.look.command && command !== state.local.look.command;
}

const isLook = ({ type }: Command): boolean => commandEffects[type] === 'reads';
