/** The plan of a state as it is known, without a look at either side: planned and predicted, again and again, on a copy. */
import type { Command, Event } from '@tidemark/contracts';
import { commandEffects, seq } from '@tidemark/contracts';
import type { RulesFor, State } from '@tidemark/engine';
import { evolve, heldPlan, plan, predictOutcome, statusOf } from '@tidemark/engine';
import type { Ahead } from './look-ahead.ts';

export interface PlanAheadOptions {
  readonly rulesFor: RulesFor;
  /** Awaited now and then, for a process that has other things to do. */
  readonly breathe: () => Promise<void>;
}

/** Turns that only look: a look that tells what is known may be wanted again. */
const looksMax = 20;

/** @param state a copy: it is changed */
export async function planAhead(state: State, { rulesFor, breathe }: PlanAheadOptions): Promise<Ahead> {
  const fold = (event: Event): void => {
    evolve(state, { seq: seq(state.seq + 1), at: state.at, source: 'engine', event }, rulesFor);
  };
  const foldLook = (look: Command): void => {
    const end = nothingNewOf(look);
    if (end !== null) fold(end);
  };
  // What is under way is no part of it: it is being done.
  for (const command of [...state.inFlight.values()])
    if (commandEffects[command.type] !== 'reads') fold(predictOutcome(state, command));
  for (const { command } of [state.remote.look, state.local.look]) if (command !== null) foldLook(command);
  for (const { why } of [...state.pauses.values()]) fold({ type: 'Resumed', why, because: 'asked' });

  const toRest = async (): Promise<readonly Command[]> => {
    const done: Command[] = [];
    for (let looks = 0; looks < looksMax; looks += 1) {
      const commands = plan(state, seq(state.seq + 1));
      if (commands.length === 0) return done;
      fold({ type: 'Planned', commands });
      for (const command of commands) {
        const effect = commandEffects[command.type];
        if (effect === 'reads') foldLook(command);
        if (effect !== 'writesDrive' && effect !== 'writesDisk') continue;
        done.push(command);
        looks = 0;
        fold(predictOutcome(state, command));
      }
      await breathe();
    }
    return done;
  };

  const commands = await toRest();
  const status = statusOf(state);
  const held = heldPlan(state);
  if (held === null) return { commands, held: null, status };
  fold({ type: 'DeletionsConfirmed', hash: held.hash });
  return { commands, held: { plan: held, commands: await toRest() }, status };
}

/** A look that tells what is known. Null: of what no known thing can take the place of, as the hash of a file. */
function nothingNewOf(look: Command): Event | null {
  const { id: command } = look;
  if (look.type === 'ReadRemote' && look.cursor !== null)
    return { type: 'RemoteRoundCompleted', command, full: false, cursor: look.cursor, unseen: [] };
  if (look.type !== 'ScanLocal') return null;
  return { type: 'LocalScanCompleted', command, unseen: [], ...(look.folders !== null && { partial: true }) };
}
