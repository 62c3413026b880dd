/**
 * V8 lets a heap more than double before it collects it. That is cheap while it is small, and costs hundreds of MiB with
 * many items, so from then on it is collected sooner: a first sync of 100,000 items takes half the memory at its peak,
 * for about a sixth more CPU time. Not from the start: large transfers would take half as much CPU time again, because
 * their buffers then lead to collections of a heap that holds nothing else.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const itemsMin = 10_000;
let isSlow = false;

/** Told how many items there are, as often as convenient. Holds for the whole process. */
export function tuneGc(items: number): void {
  if (isSlow || items < itemsMin) return;
  isSlow = true;
  setFlagsFromString('--heap-growing-percent=10');
  // The next collection is due at a size that was fixed by the last one: one now fixes it anew.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}
