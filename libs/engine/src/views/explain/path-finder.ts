/** Which items have held a path, on either side, at any moment of a log? A watcher for `replay`. */
import type { DriveItemId, ItemId, LocalId, RecordedEvent, Seq } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { foldName, itemOf } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';

export interface PathMatch {
  readonly item: ItemId;
  /** As it was written then. */
  readonly path: string;
  /** It holds the path still. */
  readonly current: boolean;
  /** The last event after which it held the path. */
  readonly lastSeq: Seq;
  /** Its identities while it held the path. */
  readonly driveIds: readonly DriveItemId[];
  readonly localIds: readonly LocalId[];
}

export interface PathFinder {
  /** Give it to `replay`. */
  watch(recorded: RecordedEvent, state: State): void;
  /**
   * Call once after the replay, with its state. Items that hold the path now come first, then the others, latest first. When
   * no item ever held exactly this path: those that differ in letter case or Unicode form only.
   */
  matches(state: State): readonly PathMatch[];
}

/** `path`: relative to the sync folder. */
export function createPathFinder(path: string): PathFinder {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const found = new Map<ItemId, Holding>();
  const look = (state: State): readonly ItemId[] => {
    const holders = [...holdersOf(state, names, 'local'), ...holdersOf(state, names, 'remote')];
    for (const { item, names: held } of holders) {
      const holding = found.get(item) ?? newHolding();
      found.set(item, holding);
      const { remote, local } = itemOf(state.trees, item);
      if (remote !== null) holding.driveIds.add(remote.id);
      if (local !== null) holding.localIds.add(local.id);
      holding.lastSeq = state.seq;
      const written = held.join('/');
      holding.exact ||= written === names.join('/');
      holding.path = holding.exact ? names.join('/') : written;
    }
    return holders.map(({ item }) => item);
  };
  return {
    watch: (_recorded, state) => void look(state),
    matches(state) {
      const now = new Set(look(state));
      const all = [...found].map(([item, holding]) => ({ item, ...holding, current: now.has(item) }));
      const exact = all.filter((match) => match.exact);
      return (exact.length > 0 ? exact : all)
        .sort((a, b) => Number(b.current) - Number(a.current) || b.lastSeq - a.lastSeq || b.item - a.item)
        .map(({ item, path: held, current, lastSeq, driveIds, localIds }) => ({
          item,
          path: held,
          current,
          lastSeq,
          driveIds: [...driveIds],
          localIds: [...localIds],
        }));
    },
  };
}

interface Holding {
  path: string;
  exact: boolean;
  lastSeq: Seq;
  readonly driveIds: Set<DriveItemId>;
  readonly localIds: Set<LocalId>;
}

const newHolding = (): Holding => ({
  path: '',
  exact: false,
  lastSeq: 0 as Seq,
  driveIds: new Set(),
  localIds: new Set(),
});

/** Items at the path on the side, by folded names; a handful of look-ups, whatever the size of the tree. */
function holdersOf(
  state: State,
  names: readonly string[],
  side: 'remote' | 'local',
): readonly { readonly item: ItemId; readonly names: readonly string[] }[] {
  const index = side === 'remote' ? state.trees.remoteNames : state.trees.localNames;
  let reached: { readonly item: ItemId; readonly names: readonly string[] }[] = [
    { item: rootItem, names: [] },
  ];
  for (const name of names) {
    reached = reached.flatMap((folder) =>
      index.holders(folder.item, name).map((item) => ({
        item,
        names: [...folder.names, itemOf(state.trees, item)[side]?.name ?? foldName(name)],
      })),
    );
    if (reached.length === 0) break;
  }
  return reached;
}
