/**
 * What undoing a part of the log takes, purely: for each item that it changed, the way back, or why there is none. An item that
 * is no longer as that part left it stays as it is.
 */
import type { ContentSource, DriveInfo, ItemId, TrashedVersion, UserChange } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Trees } from '@tidemark/trees';
import type { AgreedItem, ItemChange } from './item-changes.ts';
import { agreedItem, isSame, isSameContent } from './item-changes.ts';
import type { Wanted, WantedContent } from './in-order.ts';
import { inOrder } from './in-order.ts';

/** `shared`: of another person, whose recycle bin takes what is deleted there. */
export type DriveKind = DriveInfo['kind'] | 'shared';

export interface UndoOptions {
  readonly changes: readonly ItemChange[];
  /** As they are now. */
  readonly trees: Trees;
  readonly driveKind: DriveKind;
  /** What the trash holds of the paths of these changes. */
  readonly trashed: ReadonlyMap<string, readonly TrashedVersion[]>;
}

export interface UndoPlan {
  readonly changes: readonly UserChange[];
  /** Items that stay as they are. */
  readonly refused: readonly { readonly path: string; readonly why: string }[];
}

export function planUndo({ changes, trees, driveKind, trashed }: UndoOptions): UndoPlan {
  const refused: { path: string; why: string }[] = [];
  const wanted: Wanted[] = [];
  for (const change of changes) {
    const now = agreedItem(trees, trees.items.get(change.item));
    const back = wayBack(change, now, { trees, driveKind, trashed });
    if (typeof back === 'string') refused.push({ path: shown(change), why: back });
    else wanted.push(back);
  }
  const ordered = inOrder(trees, withoutOtherContent(wanted));
  return { changes: ordered.changes, refused: [...refused, ...ordered.refused] };
}

/**
 * A folder comes out of the recycle bin with what was in it when it was deleted, which may be other content than both sides had
 * agreed on. So it does only for the sake of files of which there is no other copy.
 */
function withoutOtherContent(wanted: readonly Wanted[]): Wanted[] {
  const byItem = new Map(wanted.map((one) => [one.item, one]));
  const needed = new Set<ItemId>();
  for (const { kind, content, inBin, to } of wanted) {
    if (kind !== 'file' || content !== undefined || inBin == null) continue;
    for (
      let above = to?.parent;
      above !== undefined && !needed.has(above);
      above = byItem.get(above)?.to?.parent
    )
      needed.add(above);
  }
  return wanted.map((one) => {
    if (one.inBin == null) return one;
    const folder = one.to === null ? undefined : byItem.get(one.to.parent);
    const isIn = folder === undefined || folder.from !== null || needed.has(folder.item);
    const isMeant = one.kind === 'file' ? isIn : needed.has(one.item);
    return isMeant ? one : { ...one, inBin: null };
  });
}

const shown = ({ before, after }: ItemChange): string => (before ?? after)?.path ?? '';

type World = Omit<UndoOptions, 'changes'>;

/** In words when there is none. */
function wayBack(change: ItemChange, now: AgreedItem | null, world: World): Wanted | string {
  const { item, before, after, isKept, isOurs } = change;
  if (!isSame(now, after)) return changedSinceText;
  if (now !== null && !now.isAtRest) return `${changedSinceText}, and the two sides do not agree yet`;
  if (before === null) {
    if (isKept) return 'it is the copy that a conflict kept: see tidemark conflicts';
    if (world.driveKind === 'shared' && !isOurs) return 'another person made it, and undo leaves it there';
    if (now === null || now.local === null) return 'it is not on disk';
    return { item, path: now.path, kind: now.kind, from: now.local, to: null };
  }
  const place = { parent: before.parent, name: before.name };
  if (now === null) return broughtBack(change, before, place, world);
  if (now.local === null) return 'it is not on disk';
  const common = { item, path: now.path, kind: now.kind, from: now.local, to: place };
  if (isSameContent(before, now)) return common;
  const content = contentOf(change, before, now, world);
  return typeof content === 'string' ? content : { ...common, content };
}

function broughtBack(
  change: ItemChange,
  before: AgreedItem,
  to: NonNullable<Wanted['to']>,
  { driveKind, trashed }: World,
): Wanted | string {
  const { item } = change;
  const { path, kind, driveItemId, driveParentId } = before;
  const inBin =
    driveKind === 'personal' && driveItemId !== null && driveParentId !== null
      ? { driveItemId, toParentId: driveParentId }
      : null;
  if (kind === 'folder') return { item, path, kind, from: null, to, inBin };
  const sources = inTrash(change, before, trashed);
  const content = { ...contentFacts(before), sources };
  if (sources.length > 0 && before.hashes.length > 0)
    return { item, path, kind, from: null, to, inBin, content };
  if (inBin !== null) return { item, path, kind, from: null, to, inBin };
  return driveKind === 'shared'
    ? askOwnerText
    : `Microsoft lets no program restore it from the recycle bin of this drive: ${onWebPageText}`;
}

/** Why an item is left as it is. */
export const changedSinceText = 'it has changed since';

/** Where a person can do what no program may. */
export const onWebPageText = 'restore it from the recycle bin, on the web page of the drive';

export const askOwnerText = 'ask the owner, in whose recycle bin it is';

function contentOf(
  change: ItemChange,
  before: AgreedItem,
  now: AgreedItem,
  { trashed }: World,
): WantedContent | string {
  if (before.hashes.length === 0) return 'no hash of its earlier content is known';
  const versions: ContentSource[] =
    now.driveItemId === null ? [] : [{ in: 'versions', driveItemId: now.driveItemId }];
  const sources = [...inTrash(change, before, trashed), ...versions];
  return sources.length === 0
    ? 'neither the trash nor the drive holds its earlier content'
    : { ...contentFacts(before), sources };
}

const contentFacts = ({ sizeBytes, hashes, modifiedAt }: AgreedItem) => ({ sizeBytes, hashes, modifiedAt });

const inTrash = (
  { paths }: ItemChange,
  { sizeBytes }: AgreedItem,
  trashed: UndoOptions['trashed'],
): ContentSource[] =>
  paths
    .flatMap((path) => trashed.get(path) ?? [])
    .filter((version) => version.sizeBytes === sizeBytes)
    .map(({ trash }) => ({ in: 'trash', trash }));

/** Those of the item at the path, of what is in it, and of the folders that it needs. */
export function changesAt(changes: readonly ItemChange[], path: string): ItemChange[] {
  const isMeant = (at: string | undefined): boolean =>
    at !== undefined && (at === path || at.startsWith(`${path}/`));
  const meant = new Map<ItemId, ItemChange>();
  for (const change of changes)
    if (isMeant(change.before?.path) || isMeant(change.after?.path)) meant.set(change.item, change);
  const byItem = new Map(changes.map((change) => [change.item, change]));
  for (const { before, after } of [...meant.values()]) {
    if (before === null || (after !== null && after.parent === before.parent)) continue;
    let above = before.parent;
    for (
      let change = byItem.get(above);
      above !== rootItem && change !== undefined;
      change = byItem.get(above)
    ) {
      if (change.before === null || change.after !== null) break;
      meant.set(change.item, change);
      above = change.before.parent;
    }
  }
  return changes.filter(({ item }) => meant.has(item));
}
