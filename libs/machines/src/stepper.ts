/**
 * Steps a flat chart as a pure function, about ten times cheaper than the public `transition()` of XState 5.33, which
 * builds an actor for every call. Here one actor, never started, lends its scope to all steps, and a snapshot is a
 * prepared one with another context. Both lean on semi-internal behaviour, so no other file does it, and tests hold
 * the result equal to `transition()`.
 */
import { type AnyStateMachine, createActor } from 'xstate';

export interface Step<State, Context> {
  readonly state: State;
  readonly context: Context;
}

/** Returns `from` itself when the event means nothing there. */
export type Stepper<State, Context, Event> = (
  from: Step<State, Context>,
  event: Event,
) => Step<State, Context>;

/** `states`: all states of the chart, none of them nested. */
export function createStepper<State extends string, Context, Event>(
  machine: AnyStateMachine,
  states: readonly State[],
): Stepper<State, Context, Event> {
  const ignore = (): void => {};
  const self = createActor(machine);
  const scope = {
    self,
    system: self.system,
    id: '',
    sessionId: '',
    logger: ignore,
    defer: ignore,
    emit: ignore,
    stopChild: ignore,
    actionExecutor: ignore,
  };
  const snapshots = new Map(
    states.map((value) => [value, machine.resolveState({ value, context: {} })] as const),
  );

  return (from, event) => {
    const prepared = snapshots.get(from.state);
    if (prepared === undefined) throw new Error(`The chart ${machine.id} has no state ${from.state}`);
    const before = { ...prepared, context: from.context };
    const after = machine.transition(before, event, scope);
    return after === before ? from : { state: after.value, context: after.context };
  };
}
