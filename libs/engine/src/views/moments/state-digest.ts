/**
 * The digest of what a state knows: its items with their three entries, and what was decided to be under way or to be held. Two
 * machines that fold the same events get the same one, whatever the shape in which a version keeps its state.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { State } from '../../fold/state.ts';
import { heldPlan } from '../../fold/gate.ts';
import { shownItems } from './shown-items.ts';

export function digestOf(state: State): string {
  const hash = sha256.create();
  const add = (...facts: readonly unknown[]): void => void hash.update(utf8ToBytes(`${text(facts)}\n`));
  add(state.seq, state.phase, heldPlan(state)?.hash ?? null, state.halted?.code ?? null);
  for (const { item, path, entries } of shownItems(state)) add(item, path, entries);
  const underWay = [...state.inFlight.values()].sort((one, other) => one.item - other.item);
  for (const { id, type } of underWay) add(id, type);
  return bytesToHex(hash.digest());
}

/** The same text whatever the order of the keys. */
const text = (facts: unknown): string =>
  JSON.stringify(facts, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
