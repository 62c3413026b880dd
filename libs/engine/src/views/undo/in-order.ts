/**
 * The order in which wanted changes of the sync folder can be made, one after the other: a folder before what goes into it, a name
 * free before another item gets it. Items that want each other's names, or each other's folders, go by a temporary name.
 */
import type {
  ContentSource,
  DriveItemId,
  ExpectedLocal,
  ItemId,
  Kind,
  UserChange,
} from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { temporaryName } from '@tidemark/planner';
import type { Place, Trees } from '@tidemark/trees';
import { foldName } from '@tidemark/trees';

export interface WantedContent {
  readonly sizeBytes: number;
  readonly hashes: readonly string[];
  readonly modifiedAt: number;
  readonly sources: readonly ContentSource[];
}

/** One item and what is to become of it. */
export interface Wanted {
  readonly item: ItemId;
  /** For people. */
  readonly path: string;
  readonly kind: Kind;
  /** As it is on disk; null: it is not there. */
  readonly from: ExpectedLocal | null;
  /** null: it is to go. */
  readonly to: Place | null;
  readonly content?: WantedContent;
  /** In the recycle bin of the drive, under this id. */
  readonly inBin?: { readonly driveItemId: DriveItemId; readonly toParentId: DriveItemId } | null;
}

export interface Ordered {
  readonly changes: readonly UserChange[];
  readonly refused: readonly { readonly path: string; readonly why: string }[];
}

export function inOrder(trees: Trees, wanted: readonly Wanted[]): Ordered {
  const model = createModel(trees);
  const changes: UserChange[] = [];
  let left = [...wanted];
  while (left.length > 0) {
    const later: Wanted[] = [];
    for (const one of left) {
      const made = attempt(model, one);
      if (made === null) later.push(one);
      else for (const change of made) changes.push(change);
    }
    if (later.length < left.length) {
      left = later;
      continue;
    }
    const aside = stepAside(model, later);
    if (aside === null) break;
    changes.push(aside);
  }
  return { changes, refused: left.map((one) => ({ path: one.path, why: whyNot(model, one) })) };
}

/** What makes it so; null while something is in the way. */
function attempt(model: Model, one: Wanted): UserChange[] | null {
  const { item, kind, from, to, content, inBin } = one;
  const path = model.pathOf(item);
  if (to === null) {
    if (from === null || path === null) return [];
    if (kind === 'folder' && !model.isEmpty(item)) return null;
    model.take(item);
    return [{ type: 'Remove', path, kind, expected: from }];
  }
  if (obstacle(model, one) !== null) return null;
  const toPath = model.pathAt(to);
  if (toPath === null) return null;
  model.put(item, to);
  const changes: UserChange[] = [];
  if (inBin != null) {
    const unlessOther = content?.hashes ?? null;
    changes.push({ type: 'RestoreOnDrive', path: toPath, ...inBin, name: to.name, unlessOther });
  }
  if (path !== null && from !== null && path !== toPath)
    changes.push({ type: 'Move', path, toPath, expected: from });
  if (content !== undefined) changes.push({ type: 'PutBack', path: toPath, expected: from, ...content });
  if (kind === 'folder' && from === null) changes.push({ type: 'MakeFolder', path: toPath });
  return changes;
}

/** In words; null when the item can go to its place now. */
function obstacle(model: Model, { item, to, kind }: Wanted): string | null {
  if (to === null) return null;
  if (to.parent !== rootItem && !model.isThere(to.parent)) return 'the folder that it was in is not there';
  if (kind === 'folder' && model.isWithin(to.parent, item))
    return 'the folder that it was in lies in it by now';
  const holder = model.holder(to, item);
  return holder === null ? null : `"${model.pathOf(holder) ?? to.name}" has its name`;
}

const whyNot = (model: Model, one: Wanted): string =>
  obstacle(model, one) ?? (one.to === null ? 'something else is in it' : 'something else is in the way');

/** The first of those that wait which can leave its place for another one. It takes a temporary name meanwhile. */
function stepAside(model: Model, waiting: readonly Wanted[]): UserChange | null {
  const wantsAway = new Map(waiting.map((one) => [one.item, one]));
  for (const { item, to, from } of waiting) {
    if (to === null || from === null) continue;
    const holder = model.isThere(to.parent) || to.parent === rootItem ? model.holder(to, item) : null;
    const other = wantsAway.get(holder ?? item);
    if (other?.to == null || other.from === null) continue;
    const path = model.pathOf(other.item);
    const place: Place = { parent: rootItem, name: temporaryName(other.to.name, other.item) };
    const toPath = model.pathAt(place);
    if (path === null || toPath === null || model.isAside(other.item)) continue;
    model.put(other.item, place, true);
    return { type: 'Move', path, toPath, expected: other.from };
  }
  return null;
}

type Model = ReturnType<typeof createModel>;

/** The sync folder as it will be once the changes so far are made. */
function createModel(trees: Trees) {
  const placed = new Map<ItemId, Place | null>();
  const added = new Map<string, ItemId>();
  const inside = new Map<ItemId, Set<ItemId>>();
  const aside = new Set<ItemId>();
  const key = ({ parent, name }: Place): string => `${parent}/${foldName(name)}`;
  const placeOf = (item: ItemId): Place | null => {
    const known = placed.get(item);
    return known === undefined ? (trees.items.get(item)?.local ?? null) : known;
  };
  const take = (item: ItemId): void => {
    const place = placed.get(item);
    if (place != null) {
      if (added.get(key(place)) === item) added.delete(key(place));
      inside.get(place.parent)?.delete(item);
    }
    placed.set(item, null);
  };
  const pathOf = (item: ItemId): string | null => {
    const names: string[] = [];
    for (let current = item; current !== rootItem;) {
      const place = placeOf(current);
      if (place === null || names.length > depthMax) return null;
      names.push(place.name);
      current = place.parent;
    }
    return names.reverse().join('/');
  };
  const stays = (item: ItemId): boolean => !placed.has(item);
  return {
    take,
    pathOf,
    isThere: (item: ItemId): boolean => pathOf(item) !== null,
    isAside: (item: ItemId): boolean => aside.has(item),
    pathAt({ parent, name }: Place): string | null {
      const folder = pathOf(parent);
      return folder === null ? null : folder === '' ? name : `${folder}/${name}`;
    },
    put(item: ItemId, place: Place, isAside = false): void {
      take(item);
      placed.set(item, place);
      added.set(key(place), item);
      const siblings = inside.get(place.parent) ?? new Set();
      inside.set(place.parent, siblings.add(item));
      if (isAside) aside.add(item);
    },
    /** Another item that has the name. */
    holder(place: Place, item: ItemId): ItemId | null {
      const mine = added.get(key(place));
      if (mine !== undefined && mine !== item) return mine;
      const others = trees.names.local.holders(place.parent, place.name);
      return others.find((other) => other !== item && stays(other)) ?? null;
    },
    isEmpty(folder: ItemId): boolean {
      for (const child of trees.names.local.children(folder)) if (stays(child)) return false;
      return (inside.get(folder)?.size ?? 0) === 0;
    },
    isWithin(item: ItemId, folder: ItemId): boolean {
      for (let current: ItemId | null = item, depth = 0; current !== null && depth <= depthMax; depth++) {
        if (current === folder) return true;
        current = current === rootItem ? null : (placeOf(current)?.parent ?? null);
      }
      return false;
    },
  };
}

const depthMax = 512;
