/** Draws a chart, so that pictures in the docs are derived and cannot disagree with it. */
import type { AnyStateMachine } from 'xstate';
import type { Arrow } from '../picture.ts';
import { pictureOf } from '../picture.ts';

/** A Mermaid `stateDiagram-v2`. Transitions that hold in every state start at the frame around all of them. */
export function mermaid(machine: AnyStateMachine): string {
  const { name, first, states, arrows } = pictureOf(machine);
  const inner = [
    `[*] --> ${first}`,
    ...states.flatMap((state) => [
      ...(state.notes.length === 0 ? [state.name] : state.notes.map((line) => `${state.name} : ${line}`)),
      ...arrows.filter(({ from }) => from === state.name).map(drawn),
    ]),
  ];
  return [
    'stateDiagram-v2',
    `  state "${name}" as ${name} {`,
    ...inner.map((line) => `    ${line}`),
    '  }',
    ...arrows
      .filter(({ from }) => from === null)
      .map((arrow) => `  ${drawn({ ...arrow, from: name, to: arrow.to ?? name })}`),
    '',
  ].join('\n');
}

const drawn = ({ from, to, label }: Arrow): string => `${from} --> ${to} : ${label}`;
