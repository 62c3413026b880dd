/** The keys of the timeline. They do nothing while something is being typed. */
import { chooseCursor, cursor, detail, moveCursor, rested } from '../address.ts';
import { overview } from '../log.ts';
import { ask } from '../session.ts';

export function followKeys(): () => void {
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}

function onKey(event: KeyboardEvent): void {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
  const known = overview.value;
  if (known === null) return;
  const at = cursor.value ?? known.last;
  const within = (seq: number): number => Math.min(Math.max(seq, known.first), known.last);
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => moveCursor(within(at - 1)),
    ArrowRight: () => moveCursor(within(at + 1)),
    ArrowUp: () => moveCursor(within(at - 1)),
    ArrowDown: () => moveCursor(within(at + 1)),
    PageUp: () => moveCursor(within(at - 20)),
    PageDown: () => moveCursor(within(at + 20)),
    Home: () => moveCursor(known.first),
    End: () => moveCursor(known.last),
    '[': () => void stepTo(at, -1),
    ']': () => void stepTo(at, 1),
    e: () => show('item'),
    d: () => show('diff'),
  };
  const action = actions[key];
  if (action === undefined) return;
  event.preventDefault();
  action();
}

function show(what: string): void {
  detail.value = what;
}

async function stepTo(from: number, by: 1 | -1): Promise<void> {
  const seq = await ask<number | null>('step', { seq: from, by });
  if (seq !== null && rested.value !== null) chooseCursor(seq);
  else if (seq !== null) chooseCursor(seq);
}
