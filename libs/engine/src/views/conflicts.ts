/** Conflicts that are still there: the log tells which copy a conflict kept beside which file, the trees whether both are there. */
import type {
  Command,
  DriveItemId,
  ExpectedLocal,
  ItemId,
  LocalId,
  RecordedEvent,
  UserChange,
} from '@tidemark/contracts';
import type { Item, Trees } from '@tidemark/trees';
import { pathOf } from '@tidemark/trees';

export interface ConflictVersion {
  readonly path: string;
  readonly sizeBytes: number;
  /** Seconds since 1970. */
  readonly modifiedAt: number;
  readonly hash: string | null;
  /** Where it was saved. */
  readonly from: 'disk' | 'drive';
  readonly local: ExpectedLocal;
  /** null: not on the drive yet. */
  readonly driveItemId: DriveItemId | null;
}

export interface Conflict {
  /** What has the name. */
  readonly named: ConflictVersion;
  /** What is kept beside it. */
  readonly kept: ConflictVersion;
  readonly keptId: LocalId;
  /** When it was met, in milliseconds since 1970. */
  readonly at: number;
  readonly isEqual: boolean;
}

interface Met {
  readonly item: ItemId;
  readonly keptId: LocalId;
  readonly keptFrom: 'disk' | 'drive';
  readonly at: number;
}

/** Told of each event of the log in turn. */
export class ConflictFinder {
  readonly #commands = new Map<string, Command>();
  readonly #met = new Map<LocalId, Met>();
  #changes: readonly UserChange[] = [];

  take({ event, at }: RecordedEvent): void {
    if (event.type === 'Planned') {
      for (const command of event.commands)
        if (command.type === 'KeepRemoteCopy' || (command.type === 'DownloadFile' && command.keepAs !== null))
          this.#commands.set(command.id, command);
    } else if (event.type === 'CommandSucceeded' && event.kept !== undefined) {
      const command = this.#commands.get(event.command);
      if (command === undefined || !('item' in command)) return;
      const keptFrom = command.type === 'KeepRemoteCopy' ? 'drive' : 'disk';
      this.#met.set(event.kept.id, { item: command.item, keptId: event.kept.id, keptFrom, at });
    } else if (event.type === 'UserChangesPlanned') {
      this.#changes = event.changes;
      for (const id of event.settled ?? []) this.#met.delete(id);
    } else if (event.type === 'UserChangeEnded' && event.failure === undefined) {
      const change = this.#changes[event.index];
      // When an undo brings it back it is a plain file.
      if (change?.type === 'Remove') this.#met.delete(change.expected.id);
    } else if (event.type === 'Started') this.#commands.clear();
  }

  /** The log says that a conflict about this item kept that file, and it has not been settled since. */
  isOpen(keptId: LocalId, item: ItemId): boolean {
    return this.#met.get(keptId)?.item === item;
  }

  /** The earliest first. One of which a version is gone is none any more. */
  conflictsIn(trees: Trees): readonly Conflict[] {
    return [...this.#met.values()].flatMap(({ item, keptId, keptFrom, at }) => {
      const keptItem = trees.byLocalId.get(keptId);
      const named = versionOf(trees, trees.items.get(item), keptFrom === 'disk' ? 'drive' : 'disk');
      const kept = keptItem === undefined ? null : versionOf(trees, trees.items.get(keptItem), keptFrom);
      if (named === null || kept === null) return [];
      const isEqual = named.sizeBytes === kept.sizeBytes && named.hash !== null && named.hash === kept.hash;
      return [{ named, kept, keptId, at, isEqual }];
    });
  }
}

function versionOf(trees: Trees, item: Item | undefined, from: 'disk' | 'drive'): ConflictVersion | null {
  const local = item?.local ?? null;
  if (item === undefined || local === null || local.kind !== 'file') return null;
  const path = pathOf(trees, item, 'local');
  if (path === null) return null;
  const hash = local.hash ?? (item.synced?.stamp === local.stamp ? item.synced.hash : null);
  const { id, stamp, sizeBytes, modifiedAt } = local;
  return {
    path,
    sizeBytes,
    modifiedAt,
    hash,
    from,
    local: { id, stamp },
    driveItemId: item.remote?.id ?? null,
  };
}

export type Keep = 'local' | 'remote' | 'both' | 'newest';

/** What settles it; in words when that cannot be told. Nothing to change: both stay. */
export function settle({ named, kept, isEqual }: Conflict, keep: Keep): readonly UserChange[] | string {
  if (keep === 'both') return [];
  const dropKept: UserChange = { type: 'Remove', path: kept.path, kind: 'file', expected: kept.local };
  if (isEqual) return [dropKept];
  if (keep === 'newest' && named.modifiedAt === kept.modifiedAt)
    return 'both versions have the same time: say local or remote';
  const wantsKept =
    keep === 'newest'
      ? kept.modifiedAt > named.modifiedAt
      : kept.from === (keep === 'local' ? 'disk' : 'drive');
  if (!wantsKept) return [dropKept];
  if (kept.hash === null) return 'the content of the copy is not known yet: sync first';
  const { sizeBytes, modifiedAt, hash, path, local } = kept;
  return [
    {
      ...{ type: 'PutBack', path: named.path, expected: named.local, sizeBytes, modifiedAt, hashes: [hash] },
      sources: [{ in: 'folder', path, expected: local }],
    },
  ];
}
