/** Draws a chart, so that pictures in the docs are derived and cannot disagree with it. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** A Mermaid `stateDiagram-v2`. Transitions that hold in every state start at the frame around all of them. */
export function mermaid(machine: AnyStateMachine): string {
  const root = machine.root as AnyStateNode;
  const states = Object.values(root.states);
  const inner = [
    `[*] --> ${root.initial.target?.[0]?.key}`,
    ...states.flatMap((state) => [...notes(state), ...arrows(state, state.key)]),
  ];
  return [
    'stateDiagram-v2',
    `  state "${machine.id}" as ${machine.id} {`,
    ...inner.map((line) => `    ${line}`),
    '  }',
    ...arrows(root, machine.id).map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function notes(state: AnyStateNode): string[] {
  const wants: unknown = state.meta?.wants;
  const lines = [state.description, typeof wants === 'string' ? `wants ${wants}` : undefined].filter(
    (line) => line !== undefined,
  );
  return lines.length === 0 ? [state.key] : lines.map((line) => `${state.key} : ${line}`);
}

function arrows(node: AnyStateNode, from: string): string[] {
  return [...node.transitions.values()].flat().flatMap((transition) => {
    const target = transition.target?.[0]?.key;
    if (target === undefined && transition.actions.length === 0)
      return [`${from} --> ${from} : ${transition.eventType} (nothing)`];
    return [`${from} --> ${target ?? from} : ${label(transition)}`];
  });
}

function label({ eventType, guard, actions }: AnyTransitionDefinition): string {
  const condition = guard === undefined ? '' : ` [${nameOf(guard)}]`;
  const effects = actions.length === 0 ? '' : ` / ${actions.map(nameOf).join(', ')}`;
  return `${eventType}${condition}${effects}`;
}

function nameOf(named: unknown): string {
  if (typeof named === 'string') return named;
  if (typeof named === 'object' && named !== null && 'type' in named) return String(named.type);
  throw new Error('A chart names its guards and actions, so that they can be drawn');
}
