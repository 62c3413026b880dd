/** A chart as data, for those who draw it. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { itemMachine } from './item.machine.ts';
import { lookMachine } from './look.machine.ts';
import { subscriptionMachine } from './subscription.machine.ts';

export interface Arrow {
  /** Null: it holds in every state that does not say otherwise. */
  readonly from: string | null;
  /** Null: it leads back to where it began, wherever that is. */
  readonly to: string | null;
  readonly label: string;
}

export interface Picture {
  readonly name: string;
  readonly first: string;
  readonly states: readonly { readonly name: string; readonly notes: readonly string[] }[];
  readonly arrows: readonly Arrow[];
}

export function pictureOf(machine: AnyStateMachine): Picture {
  const root = machine.root as AnyStateNode;
  const states = Object.values(root.states);
  return {
    name: machine.id,
    first: root.initial.target?.[0]?.key ?? '',
    states: states.map((state) => ({ name: state.key, notes: notesOf(state) })),
    arrows: [...states.flatMap((state) => arrowsOf(state, state.key)), ...arrowsOf(root, null)],
  };
}

/** Of an item that is not at rest, of looking at one side, and of the subscription. */
export const pictures = (): Readonly<Record<'item' | 'look' | 'subscription', Picture>> => ({
  item: pictureOf(itemMachine),
  look: pictureOf(lookMachine),
  subscription: pictureOf(subscriptionMachine),
});

function notesOf(state: AnyStateNode): string[] {
  const wants: unknown = state.meta?.wants;
  return [state.description, typeof wants === 'string' ? `wants ${wants}` : undefined].filter(
    (line) => line !== undefined,
  );
}

function arrowsOf(node: AnyStateNode, from: string | null): Arrow[] {
  return [...node.transitions.values()].flat().map((transition) => {
    const to = transition.target?.[0]?.key ?? from;
    const isIdle = transition.target === undefined && transition.actions.length === 0;
    return { from, to, label: isIdle ? `${transition.eventType} (nothing)` : labelOf(transition) };
  });
}

function labelOf({ eventType, guard, actions }: AnyTransitionDefinition): string {
  const condition = guard === undefined ? '' : ` [${nameOf(guard)}]`;
  const effects = actions.length === 0 ? '' : ` / ${actions.map(nameOf).join(', ')}`;
  return `${eventType}${condition}${effects}`;
}

function nameOf(named: unknown): string {
  if (typeof named === 'string') return named;
  if (typeof named === 'object' && named !== null && 'type' in named) return String(named.type);
  throw new Error('A chart names its guards and actions, so that they can be drawn');
}
