/** The keys of the timeline. They do nothing while something is being typed. */
import { chooseCursor, cursor, detail, item, moveCursor, pattern } from '../address.ts';
import { overview } from '../log.ts';
import { ask } from '../session.ts';

export function followKeys(): () => void {
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}

const page = 20;

function onKey(event: KeyboardEvent): void {
  const { target, key, shiftKey } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target instanceof Element && target.closest('input, select, textarea, [role=tablist]') !== null) return;
  const known = overview.value;
  if (known === null) return;
  const at = cursor.value ?? known.last;
  const by = (steps: number): void => {
    const only = shiftKey && item.value !== null ? `item:${item.value}` : pattern.value;
    if (only !== '' && Math.abs(steps) === 1) void stepTo(at, steps, only);
    else moveCursor(Math.min(Math.max(at + steps, known.first), known.last));
  };
  const actions: ReadonlyMap<string, () => void> = new Map([
    ['ArrowLeft', () => by(-1)],
    ['ArrowRight', () => by(1)],
    ['ArrowUp', () => by(-1)],
    ['ArrowDown', () => by(1)],
    ['PageUp', () => by(-page)],
    ['PageDown', () => by(page)],
    ['Home', () => moveCursor(known.first)],
    ['End', () => moveCursor(known.last)],
    ['[', () => void stepTo(at, -1, '')],
    [']', () => void stepTo(at, 1, '')],
    ['e', () => show('item')],
    ['c', () => show('causes')],
    ['d', () => show('diff')],
    ['/', () => document.getElementById('search')?.focus()],
  ]);
  const action = actions.get(key);
  if (action === undefined) return;
  event.preventDefault();
  action();
}

function show(what: string): void {
  detail.value = what;
}

/** `only` empty: to a command or an outcome. */
async function stepTo(from: number, by: number, only: string): Promise<void> {
  const seq = await ask<number | null>('step', { seq: from, by, only });
  if (seq !== null) chooseCursor(seq);
}
