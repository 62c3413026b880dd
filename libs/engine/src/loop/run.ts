/**
 * The loop. One consumer takes a batch, folds the news, plans, makes all of it durable at once, and only then hands out
 * the commands: every change of the world has its intent on disk first (I-14). Looks change nothing and go out at once.
 */
import type { Clock, Command, Event, EventLog, RecordedEvent } from '@tidemark/contracts';
import { commandEffects, seq } from '@tidemark/contracts';
import { createNewsFilter } from './news.ts';
import type { RulesFor } from '../fold/evolve.ts';
import { evolve } from '../fold/evolve.ts';
import type { Inbox } from './inbox.ts';
import { isQuiet, nextDueAt, plan } from '../plan/plan.ts';
import type { State } from '../fold/state.ts';

export interface RunOptions {
  readonly state: State;
  readonly rulesFor: RulesFor;
  readonly log: Pick<EventLog, 'append'>;
  readonly inbox: Inbox;
  readonly clock: Clock;
  /** Events that open the run, `Started` among them. */
  readonly opening: readonly Event[];
  /** Hands a command to whoever carries it out. Must not throw and need not wait. */
  dispatch(command: Command): void;
  /** What was appended, for whoever watches. */
  publish(events: readonly RecordedEvent[]): void;
  /** Asked after every batch; `quiet`: nothing is under way and nothing can be planned before something happens. */
  isOver(quiet: boolean, dueAt: number | null): boolean;
}

/** Runs until `isOver`. Throws what the log throws: then no more changes were dispatched, and a restart finds all differences again. */
export async function run({
  state,
  rulesFor,
  log,
  inbox,
  clock,
  opening,
  dispatch,
  publish,
  isOver,
}: RunOptions): Promise<void> {
  const news = createNewsFilter();
  let first = true;
  for (;;) {
    const batch = first ? [] : await inbox.take(nextDueAt(state));
    const at = clock.now();
    const recorded: RecordedEvent[] = [];
    const fold = (event: Event, source: string): void => {
      const next = { seq: seq(state.seq + 1), at, source, event };
      recorded.push({ ...next, items: evolve(state, next, rulesFor) });
    };
    if (first) for (const event of opening) fold(event, 'engine');
    else if (isDue(state, at)) fold({ type: 'Woke' }, 'engine');
    first = false;
    for (const { source, observation } of batch)
      for (const event of news.admit(state, observation)) fold(event, source);
    const commands = plan(state, seq(state.seq + 1));
    if (commands.length > 0) fold({ type: 'Planned', commands }, 'engine');
    // The look and the flush of its plan run side by side.
    for (const command of commands) if (isLook(command)) dispatch(command);
    if (recorded.length > 0) {
      await log.append(recorded);
      publish(recorded);
    }
    inbox.settle();
    for (const command of commands) if (!isLook(command)) dispatch(command);
    if (isOver(isQuiet(state), nextDueAt(state))) return;
  }
}

function isLook({ type }: Command): boolean {
  return commandEffects[type] === 'reads';
}

function isDue(state: State, at: number): boolean {
  const dueAt = nextDueAt(state);
  return dueAt !== null && dueAt <= at;
}
