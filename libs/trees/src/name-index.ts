/** Which item holds which name in which folder, for one side. Lookups fold case and Unicode form, since the drive does. */
import type { ItemId } from '@tidemark/contracts';

export interface NameIndex {
  add(parent: ItemId, name: string, item: ItemId): void;
  remove(parent: ItemId, name: string, item: ItemId): void;
  /** Items in the folder whose names are equal after folding, lowest id first. */
  holders(parent: ItemId, name: string): readonly ItemId[];
  children(parent: ItemId): IterableIterator<ItemId>;
  isEmpty(parent: ItemId): boolean;
}

/** The drive compares names without case; look-alikes that differ in composition only would confuse people as much. */
export function foldName(name: string): string {
  return isPlainLower(name) ? name : name.normalize('NFC').toLowerCase();
}

export function createNameIndex(): NameIndex {
  const folders = new Map<ItemId, Map<string, ItemId | ItemId[]>>();
  return {
    add(parent, name, item) {
      let names = folders.get(parent);
      if (names === undefined) folders.set(parent, (names = new Map()));
      const key = foldName(name);
      const held = names.get(key);
      if (held === undefined) names.set(key, item);
      else
        names.set(
          key,
          [...(typeof held === 'number' ? [held] : held), item].sort((a, b) => a - b),
        );
    },
    remove(parent, name, item) {
      const names = folders.get(parent);
      const key = foldName(name);
      const held = names?.get(key);
      if (names === undefined || held === undefined) return;
      const left = typeof held === 'number' ? [] : held.filter((other) => other !== item);
      if (typeof held === 'number' && held !== item) return;
      const [only] = left;
      if (only === undefined) names.delete(key);
      else names.set(key, left.length === 1 ? only : left);
      if (names.size === 0) folders.delete(parent);
    },
    holders(parent, name) {
      const held = folders.get(parent)?.get(foldName(name));
      if (held === undefined) return none;
      return typeof held === 'number' ? [held] : held;
    },
    *children(parent) {
      for (const held of folders.get(parent)?.values() ?? none) {
        if (typeof held === 'number') yield held;
        else yield* held;
      }
    },
    isEmpty: (parent) => !folders.has(parent),
  };
}

const none: readonly ItemId[] = [];

/** Most names are plain lower-case ASCII; folding them again would only cost time. */
function isPlainLower(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if (code > 126 || (code >= 65 && code <= 90)) return false;
  }
  return true;
}
