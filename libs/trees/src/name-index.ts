/**
 * Which item holds which name in which folder, on either side. Lookups fold case and Unicode form, since the drive does.
 * At rest both sides hold the same names, so both are kept in one table: a hundred thousand names weigh.
 */
import type { ItemId } from '@tidemark/contracts';
import { itemId } from '@tidemark/contracts';

/** One side's view. */
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

export function createNameIndexes(): { readonly remote: NameIndex; readonly local: NameIndex } {
  const folders: Folders = new Map();
  return { remote: viewOf(folders, 1), local: viewOf(folders, 2) };
}

type Folders = Map<ItemId, Folder>;

interface Folder {
  /** By folded name. */
  readonly names: Map<string, Holding | Holding[]>;
  /** How many holdings each side has, by its bit. */
  readonly counts: [never: 0, remote: number, local: number];
}

type SideBit = 1 | 2;

/** An item and the sides on which it holds the name, in one number: four times its id, and their bits. */
type Holding = number;

const holdingOf = (item: ItemId, bits: number): Holding => item * 4 + bits;
const itemIn = (holding: Holding): ItemId => itemId(Math.floor(holding / 4));
const isOn = (holding: Holding, side: SideBit): boolean => (holding & side) !== 0;

function viewOf(folders: Folders, side: SideBit): NameIndex {
  return {
    add(parent, name, item) {
      let folder = folders.get(parent);
      if (folder === undefined) folders.set(parent, (folder = { names: new Map(), counts: [0, 0, 0] }));
      const key = foldName(name);
      const held = listOf(folder.names.get(key));
      const known = held.find((holding) => itemIn(holding) === item) ?? holdingOf(item, 0);
      if (isOn(known, side)) return;
      const others = held.filter((holding) => holding !== known);
      folder.counts[side] += 1;
      keep(folder, key, [...others, known + side]);
    },
    remove(parent, name, item) {
      const folder = folders.get(parent);
      if (folder === undefined) return;
      const key = foldName(name);
      const held = listOf(folder.names.get(key));
      const known = held.find((holding) => itemIn(holding) === item && isOn(holding, side));
      if (known === undefined) return;
      const others = held.filter((holding) => holding !== known);
      folder.counts[side] -= 1;
      keep(folder, key, known - side === holdingOf(item, 0) ? others : [...others, known - side]);
      if (folder.names.size === 0) folders.delete(parent);
    },
    holders(parent, name) {
      const held = folders.get(parent)?.names.get(foldName(name));
      if (held === undefined) return none;
      return listOf(held)
        .filter((holding) => isOn(holding, side))
        .map(itemIn);
    },
    *children(parent) {
      for (const held of folders.get(parent)?.names.values() ?? none)
        for (const holding of listOf(held)) if (isOn(holding, side)) yield itemIn(holding);
    },
    isEmpty: (parent) => (folders.get(parent)?.counts[side] ?? 0) === 0,
  };
}

/** Nearly every name has one holder, which needs no list. */
const listOf = (held: Holding | Holding[] | undefined): readonly Holding[] =>
  held === undefined ? none : typeof held === 'number' ? [held] : held;

function keep({ names }: Folder, key: string, held: Holding[]): void {
  const [only, another] = held;
  if (only === undefined) names.delete(key);
  else names.set(key, another === undefined ? only : held.toSorted((one, other) => one - other));
}

const none: readonly never[] = [];

/** Most names are plain lower-case ASCII; folding them again would only cost time. */
function isPlainLower(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if (code > 126 || (code >= 65 && code <= 90)) return false;
  }
  return true;
}
