/** For tests: walks a chart everywhere the events can take it, and tells which arrows were never used. */
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyTransitionDefinition,
  EventFromLogic,
  SnapshotFrom,
} from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';

export interface Walk<Machine extends AnyStateMachine> {
  /** Everything the chart can be in, context included. */
  readonly reached: readonly SnapshotFrom<Machine>[];
  readonly unusedArrows: readonly string[];
}

/** `isFarEnough` ends contexts that would grow for ever. Throws beyond 10,000 steps. */
export function walk<Machine extends AnyStateMachine>(
  machine: Machine,
  events: readonly EventFromLogic<Machine>[],
  isFarEnough: (snapshot: SnapshotFrom<Machine>) => boolean = () => false,
): Walk<Machine> {
  const general: AnyStateMachine = machine;
  const map = getAdjacencyMap(general, {
    events: [...events],
    serializeState: ({ value, context }: AnyMachineSnapshot) => JSON.stringify([value, context]),
    stopWhen: (snapshot) => isFarEnough(snapshot as SnapshotFrom<Machine>),
    limit: 10_000,
  });
  const reached = Object.values(map).map(({ state }) => state);
  const used = new Set(
    reached.flatMap((snapshot) => events.flatMap((event) => general.getTransitionData(snapshot, event))),
  );
  const arrows: AnyTransitionDefinition[] = [general.root, ...Object.values(general.states)].flatMap((node) =>
    [...node.transitions.values()].flat(),
  );
  return {
    reached: reached.map((snapshot) => snapshot as SnapshotFrom<Machine>),
    unusedArrows: arrows.filter((arrow) => !used.has(arrow)).map(describeArrow),
  };
}

function describeArrow({ source, eventType, target }: AnyTransitionDefinition): string {
  return `${source.key} --${eventType}--> ${target?.[0]?.key ?? source.key}`;
}
