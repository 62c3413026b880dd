/** Rows whose folder the drive has not shown yet. They wait here, since no entry may be without its parent. */
import type { DriveItemId, RemoteRow } from '@tidemark/contracts';

export interface Orphans {
  /** Replaces what waited under the same id. */
  hold(row: RemoteRow): void;
  /** The rows that waited for the folder, which wait no longer. */
  take(folder: DriveItemId): readonly RemoteRow[];
  find(id: DriveItemId): RemoteRow | undefined;
  /** Something newer is known of the id. */
  drop(id: DriveItemId): void;
  clear(): void;
  /** In the order of their arrival, which decides the order of their items. */
  rows(): RemoteRow[];
}

export function createOrphans(): Orphans {
  const byId = new Map<DriveItemId, RemoteRow>();
  const byFolder = new Map<DriveItemId, Set<DriveItemId>>();
  const drop = (id: DriveItemId): void => {
    const row = byId.get(id);
    if (row === undefined) return;
    byId.delete(id);
    const waiting = byFolder.get(row.parentId);
    waiting?.delete(id);
    if (waiting?.size === 0) byFolder.delete(row.parentId);
  };
  return {
    hold(row) {
      drop(row.id);
      byId.set(row.id, row);
      const waiting = byFolder.get(row.parentId);
      if (waiting === undefined) byFolder.set(row.parentId, new Set([row.id]));
      else waiting.add(row.id);
    },
    take(folder) {
      const rows = [...(byFolder.get(folder) ?? [])]
        .map((id) => byId.get(id))
        .filter((row) => row !== undefined);
      for (const row of rows) byId.delete(row.id);
      byFolder.delete(folder);
      return rows;
    },
    find: (id) => byId.get(id),
    drop,
    clear() {
      byId.clear();
      byFolder.clear();
    },
    rows: () => [...byId.values()],
  };
}
