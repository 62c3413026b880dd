/** Mounts inside the sync folder, folded (I-10): what was mounted where is part of the state, since an empty mount point looks like an empty folder. */
import type { ItemId, LocalOddity, NestedMount, ScanEnd } from '@tidemark/contracts';
import { isSameMount, isSameMounted, rootItem } from '@tidemark/contracts';
import type { Item, Trees } from '@tidemark/trees';
import { folderOnDisk, itemOf, pathOf, setLocal } from '@tidemark/trees';
import { wantLocal } from './looks.ts';
import type { State } from './state.ts';

/**
 * What is mounted and not there, as the last scan told, and folders above it that went meanwhile. The disk cannot tell of it, nor
 * act on it: what was agreed there waits until it is back.
 */
export function missingMounts({ local, trees }: State): ReadonlySet<ItemId> {
  const missing = new Set<ItemId>();
  for (const { id, path } of local.mounts) {
    const item = trees.byLocalId.get(id);
    if (item === undefined) continue;
    if (local.oddities.some((one) => one.code === 'unreadable' && one.path === path)) missing.add(item);
    let above = folderOf(trees, item);
    while (above?.local && local.unseen.has(above.local.id) && !missing.has(above.id)) {
      missing.add(above.id);
      above = folderOf(trees, above.id);
    }
  }
  return missing;
}

/** What is mounted and away where two scans did not meet even the folder above: the disk does not name these. */
export function mountsWithoutFolder(
  { local, trees }: State,
  { unreadable, oddities }: ScanEnd,
): LocalOddity[] {
  const detail = 'what was mounted here is missing, and so is the folder above it';
  return local.mounts.flatMap(({ id, path }) => {
    const item = trees.byLocalId.get(id);
    const above = item === undefined ? null : folderOf(trees, item)?.local;
    if (!above || !local.unseen.has(above.id) || !unreadable.includes(id)) return [];
    return oddities.some((one) => one.path === path) ? [] : [{ path, code: 'unreadable', detail }];
  });
}

/**
 * A scan met them for the first time and did not look into them; the next one goes by what is expected from now on. A mount goes
 * where the folder above it went, and what stands there is to be judged by it.
 */
export function mountsMet(state: State, met: readonly NestedMount[]): void {
  const { local, trees } = state;
  const known = local.mounts.map((mount) => ({ ...mount, path: pathNow(trees, mount), was: mount.path }));
  const moved = known.filter(({ path, was }) => path !== was);
  const news = met.filter((mount) => {
    const there = moved.find(({ path }) => path === mount.path);
    return there === undefined || isCarried(there, mount);
  });
  if (news.length === 0 && moved.length === 0) return;
  const others = known.filter(({ path }) => !news.some((mount) => mount.path === path));
  for (const mount of moved) takeBarePlace(state, mount);
  local.mounts = [
    ...others.map(({ was: _was, ...mount }) => mount),
    ...news.map((mount) => expectedAt(state, mount)),
  ];
  wantLocal(state, null, 'look-again');
}

/** The scan took its bare place for a new folder, since it expected the mount where the folder above was before. */
function takeBarePlace({ touched, trees }: State, { id }: NestedMount): void {
  const mounted = trees.items.get(trees.byLocalId.get(id) ?? rootItem);
  if (mounted?.local == null) return;
  const { parent, name } = mounted.local;
  for (const holder of trees.names.local.holders(parent, name)) {
    const item = itemOf(trees, holder);
    const { remote, synced, local } = item;
    const isNew = item !== mounted && remote === null && synced === null && local?.name === name;
    if (!isNew || !trees.names.local.isEmpty(holder)) continue;
    setLocal(trees, item, null);
    touched.add(holder);
  }
}

/** The same one, which is told by its place, and its place has another name now. */
const isCarried = (known: NestedMount, { id, fileSystem }: NestedMount): boolean =>
  fileSystem !== null && known.fileSystem === fileSystem && isSameMounted(known.id, id);

function pathNow(trees: Trees, { id, path }: NestedMount): string {
  const item = trees.items.get(trees.byLocalId.get(id) ?? rootItem);
  return item === undefined || item.id === rootItem ? path : (pathOf(trees, item, 'local') ?? path);
}

/**
 * Over a folder with agreed content: what is under it is not gone, and what was mounted does not belong to it. What is mounted on an
 * empty one takes its place, and goes on as its item, as does one that a folder above took along. A link is no cover: the user removed the folder and put the link there, and
 * what that leads to is compared with what was agreed.
 */
function expectedAt({ touched, trees }: State, mount: NestedMount): NestedMount {
  const item = mount.target === undefined ? folderOnDisk(trees, mount.path.split('/')) : null;
  const entry = item?.local ?? null;
  if (item === null || entry === null) return mount;
  // Met before, by a version that did not keep mounts.
  if (trees.byLocalId.has(mount.id) || isSameMount(entry.id, mount.id)) return mount;
  if (!isSameMounted(entry.id, mount.id) && hasAgreed(trees, item.id))
    return { path: mount.path, id: entry.id, fileSystem: null };
  setLocal(trees, item, { ...entry, id: mount.id });
  touched.add(item.id);
  return mount;
}

const folderOf = ({ items }: Trees, item: ItemId): Item | undefined =>
  items.get(items.get(item)?.local?.parent ?? rootItem);

const hasAgreed = (trees: Trees, folder: ItemId): boolean =>
  [...trees.names.local.children(folder)].some((child) => itemOf(trees, child).synced !== null);
