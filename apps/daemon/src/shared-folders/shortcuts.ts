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

/** By their paths. Throws Failure. */
export async function shortcutsIn(
  { state, drive, asked, candidates }: ShortcutsOptions,
  known: readonly KnownFolder[],
): Promise<readonly Shortcut[]> {
  const noted = new Map(known.map(({ shortcut, target }) => [shortcut, target]));
  const found: Shortcut[] = [];
  for (const { id, version, path } of opaqueItems(state, candidates)) {
    const target = noted.get(id) ?? (await targetOf(id, version));
    if (target !== null) found.push({ id, target, path });
  }
  return found.sort((one, other) => ((one.path ?? '') < (other.path ?? '') ? -1 : 1));

  async function targetOf(id: DriveItemId, version: string): Promise<Shortcut['target'] | null> {
    const key = `${id} ${version}`;
    let target = asked.get(key);
    if (target === undefined) asked.set(key, (target = await drive.account.shortcut(id)));
    return target?.kind === 'folder' ? { driveId: target.driveId, itemId: target.itemId } : null;
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
