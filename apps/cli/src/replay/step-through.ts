/** `replay --step` in a terminal: one event at a time, forward and back by keys. */
import type { Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { renderStep, type Step } from './event-steps.ts';

export interface StepScreen {
  /** Lines and columns, as they are now. */
  size(): { readonly rows: number; readonly columns: number };
  show(lines: readonly string[]): void;
}

export interface Stepping {
  readonly first: Seq;
  readonly last: Seq;
  /** Reads on from an event. */
  readonly stepsFrom: (from: Seq) => AsyncGenerator<Step>;
  /** Key by key, as a terminal sends them. */
  readonly keys: AsyncIterable<string>;
  readonly screen: StepScreen;
}

type Move = 'next' | 'back' | 'first' | 'last' | 'end';

const moves: ReadonlyMap<string, Move> = new Map<string, Move>([
  ...['n', 'j', ' ', '\r', '\u001b[B', '\u001b[C'].map((key) => [key, 'next'] as const),
  ...['p', 'k', '\u007f', '\u001b[A', '\u001b[D'].map((key) => [key, 'back'] as const),
  ...['g', '\u001b[H'].map((key) => [key, 'first'] as const),
  ...['G', '\u001b[F'].map((key) => [key, 'last'] as const),
  ...['q', '\u0003', '\u0004', '\u001b'].map((key) => [key, 'end'] as const),
]);

/** Resolves when the reader has had enough. */
export async function stepThrough({ first, last, stepsFrom, keys, screen }: Stepping): Promise<void> {
  let steps = stepsFrom(first);
  let at = first;
  /** Null: shown already. */
  let step = await steps.next();
  const show = (): void => {
    if (step.done !== true) screen.show(screenOf(step.value, last, screen.size()));
  };
  show();
  for await (const key of keys) {
    const move = moves.get(key);
    if (move === 'end') break;
    const wanted = move === undefined ? at : seqAfter(move, { at, first, last });
    if (wanted === at) continue;
    if (wanted !== at + 1) {
      await steps.return(undefined);
      steps = stepsFrom(wanted);
    }
    step = await steps.next();
    at = wanted;
    show();
  }
  await steps.return(undefined);
}

function seqAfter(move: Move, { at, first, last }: { at: Seq; first: Seq; last: Seq }): Seq {
  switch (move) {
    case 'next':
      return seq(Math.min(at + 1, last));
    case 'back':
      return seq(Math.max(at - 1, first));
    case 'first':
      return first;
    case 'last':
      return last;
    case 'end':
      return at;
  }
}

/** At most one screen: what does not fit is counted. */
function screenOf(
  step: Step,
  last: Seq,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): string[] {
  const all = renderStep(step).flatMap((line) => wrapped(line, columns));
  const help = `event ${step.recorded.seq} of ${last}   n next   p back   g first   G last   q end`;
  const room = Math.max(1, rows - 2);
  if (all.length <= room) return [...all, '', help];
  const shown = all.slice(0, room - 1);
  return [
    ...shown,
    `… ${all.length - shown.length} more lines: --from ${step.recorded.seq} --json has all`,
    help,
  ];
}

function wrapped(line: string, columns: number): string[] {
  const characters = [...line];
  const pieces: string[] = [];
  for (let begin = 0; begin === 0 || begin < characters.length; begin += columns)
    pieces.push(characters.slice(begin, begin + columns).join(''));
  return pieces;
}
