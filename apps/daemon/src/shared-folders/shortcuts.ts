/** The shortcuts of the own drive that lead to folders of others. The log knows of them as of notebooks: items to be left alone. */
import type { DriveItemId, ItemId } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import type { GraphDrive, ShortcutTarget } from '@tidemark/graph';
import { itemOf, pathOf } from '@tidemark/trees';
import { isOpaque, type KnownFolder } from './known-folders.ts';
import type { Shortcut } from './next-step.ts';

/** Where items lead that were asked about, by id and version; null for those that are no shortcuts. */
export type AskedTargets = Map<string, ShortcutTarget | null>;

/** What shortcuts need of the own drive. */
export interface ShortcutDrive extends Pick<GraphDrive, 'item' | 'move' | 'delete'> {
  readonly account: Pick<GraphDrive['account'], 'shortcut'>;
}

export interface ShortcutsOptions {
  readonly state: State;
  readonly drive: Pick<ShortcutDrive, 'account'>;
  readonly asked: AskedTargets;
  /** Items that may be shortcuts; absent: any. */
  readonly candidates?: ReadonlySet<ItemId>;
}

export interface FoundShortcuts {
  /** By their paths. */
  readonly shortcuts: readonly Shortcut[];
  /** Those that lead to a file, with their paths. */
  readonly toFiles: ReadonlyMap<DriveItemId, string | null>;
}

/** @param knownFiles lead to a file. Throws Failure. */
export async function shortcutsIn(
  { state, drive, asked, candidates }: ShortcutsOptions,
  known: readonly KnownFolder[],
  knownFiles: ReadonlySet<string>,
): Promise<FoundShortcuts> {
  const noted = new Map(known.map(({ shortcut, target }) => [shortcut, target]));
  const shortcuts: Shortcut[] = [];
  const toFiles = new Map<DriveItemId, string | null>();
  for (const { id, version, path } of opaqueItems(state, candidates)) {
    const target = noted.get(id) ?? (knownFiles.has(id) ? 'file' : await targetOf(id, version));
    if (target === 'file') toFiles.set(id, path);
    else if (target !== null) shortcuts.push({ id, target, path });
  }
  shortcuts.sort((one, other) => ((one.path ?? '') < (other.path ?? '') ? -1 : 1));
  return { shortcuts, toFiles };

  async function targetOf(id: DriveItemId, version: string): Promise<Shortcut['target'] | 'file' | null> {
    const key = `${id} ${version}`;
    let target = asked.get(key);
    if (target === undefined) asked.set(key, (target = await drive.account.shortcut(id)));
    if (target?.kind === 'file') return 'file';
    if (target === null) return null;
    return { driveId: target.driveId, itemId: target.itemId };
  }
}

interface OpaqueItem {
  readonly id: DriveItemId;
  readonly version: string;
  readonly path: string | null;
}

function* opaqueItems(
  state: State,
  candidates: Iterable<ItemId> = state.trees.items.keys(),
): Iterable<OpaqueItem> {
  const { trees } = state;
  for (const id of candidates) {
    const remote = isOpaque(state, id) ? itemOf(trees, id).remote : null;
    if (remote === null) continue;
    const above = pathOf(trees, itemOf(trees, remote.parent), 'local');
    const path = above === null ? null : above === '' ? remote.name : `${above}/${remote.name}`;
    yield { id: remote.id, version: remote.eTag, path };
  }
}
