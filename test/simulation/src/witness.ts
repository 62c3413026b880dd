/**
 * The witness judges deletions at the moment they happen: nothing is removed on one side while the model still has the same
 * item on the other (I-8), neither when the deletion was planned nor when it is done. What the drive truly told to be gone may be
 * removed until it shows the item again: an item that is back a moment later (a drive put back to an earlier state) is no secret
 * that a client could know. Which drive item and which inode are one item is known from what the client recorded: the inode by
 * its identity or, where identities are weak, by its path. One file on disk and one drive item belong together at any time, those
 * that the client took for one last: it may have taken a file for another one until the answer to its command came.
 */
import { hasBirthTime, isSameMounted, localId, rootItem } from '@tidemark/contracts';
import type {
  Command,
  Disk,
  Drive,
  DriveItemId,
  ItemId,
  RecordedEvent,
  RemoteRow,
  RemoteTombstone,
  RemoteUnread,
} from '@tidemark/contracts';
import { depthMax, hasLostIdentity, type ItemEntries, type LocalEntry } from '@tidemark/trees';
import type { DiskToken, SimulatedDisk, SimulatedDrive } from '@tidemark/testkit';
import { LawBroken } from './laws.ts';

/** The part of the client's state that says what belongs together. */
export interface KnownItems {
  readonly trees: {
    readonly items: ReadonlyMap<ItemId, Pick<ItemEntries, 'local' | 'remote' | 'synced'>>;
  };
}

export interface Witness {
  /** Told of each batch once it is durable. */
  learn(events: readonly Pick<RecordedEvent, 'items' | 'event'>[], state: KnownItems): void;
  /** The user is about to delete these on disk, and there alone: they are out of scope. */
  spare(paths: readonly string[]): void;
  disk(disk: Disk): Disk;
  drive(drive: Drive): Drive;
  /** Null while the law holds. */
  readonly broken: LawBroken | null;
}

interface Known {
  readonly token: DiskToken;
  readonly path: string;
  /** The client has seen this very file there. Else a user may have put another one in its place, which no look would follow. */
  readonly isShown: boolean;
}

export function createWitness(disk: SimulatedDisk, drive: SimulatedDrive): Witness {
  const driveIds = new WeakMap<DiskToken, DriveItemId>();
  const tokens = new Map<DriveItemId, Known>();
  /** What the disk showed last of each, and the file that it was at that moment. */
  const shown = new Map<DriveItemId, Pick<LocalEntry, 'id' | 'seq'> & { readonly token: DiskToken | null }>();
  const spared = new Set<DriveItemId>();
  /** The other side of what is to be deleted, as it was when that was planned. */
  const doomed = {
    onDisk: new WeakMap<DiskToken, DriveItemId>(),
    onDrive: new Map<DriveItemId, Known>(),
  };
  const provenGone = new Set<DriveItemId>();
  let broken: LawBroken | null = null;
  const hear = (rows: readonly (RemoteRow | RemoteTombstone | RemoteUnread)[]): void => {
    for (const row of rows) if ('eTag' in row) provenGone.delete(row.id);
    // With a folder all that was in it.
    if (rows.some((row) => 'deleted' in row))
      for (const id of tokens.keys()) if (!drive.user.has(id)) provenGone.add(id);
  };
  const accuse = (detail: string): void => {
    broken ??= new LawBroken('deletion', detail);
  };

  return {
    get broken() {
      return broken;
    },
    learn(events, { trees }) {
      for (const { items, event } of events) {
        for (const id of items) {
          const item = trees.items.get(id);
          if (item === undefined || item.local === null || item.remote === null || item.synced === null)
            continue;
          const path = pathOnDisk(trees, item.local);
          const token = disk.user.tokenOf(item.local, path);
          const last = shown.get(item.remote.id);
          const isNews = last?.id !== item.local.id || last.seq !== item.local.seq;
          if (isNews) shown.set(item.remote.id, { id: item.local.id, seq: item.local.seq, token });
          part(item.remote.id);
          // What the client means is not on disk any more: another file has its place, or none.
          if (token === null || (!isNews && token !== last.token)) continue;
          // One file is one item: the one that the client took it for last.
          const other = driveIds.get(token);
          if (other !== undefined && hasLostIdentity(item.local)) continue;
          part(other);
          driveIds.set(token, item.remote.id);
          const isShown =
            hasBirthTime(item.local.id) || isSameMounted(item.local.id, localId(`${token.number}`));
          tokens.set(item.remote.id, { token, path, isShown });
          spared.delete(item.remote.id);
        }
        if (event.type === 'Planned') event.commands.forEach(doom);
      }
    },
    spare(paths) {
      for (const [id, known] of tokens) {
        // Only where the client has seen it: what was moved out of scope and deleted between two looks is deleted.
        if (held(known) === known.path && paths.includes(known.path)) spared.add(id);
      }
    },
    disk: (port) => ({
      ...port,
      async remove(path, kind, expected) {
        const token = disk.user.tokenOf({ ...expected, kind }, path);
        const outcome = await port.remove(path, kind, expected);
        const id = token === null ? undefined : doomed.onDisk.get(token);
        if (id !== undefined && drive.user.has(id))
          accuse(`"${path}" was deleted on disk while the drive has it: ${id}`);
        return outcome;
      },
    }),
    drive: (port) => ({
      ...port,
      async delta(link, options) {
        const page = await port.delta(link, options);
        hear(page.rows);
        return page;
      },
      async items(ids, options) {
        const rows = await port.items(ids, options);
        hear(rows);
        return rows;
      },
      async delete(id, ifMatch, expected) {
        const wasThere = drive.user.has(id);
        const outcome = await port.delete(id, ifMatch, expected);
        if (wasThere && spared.has(id)) accuse(`${id} was deleted on the drive; on disk it was out of scope`);
        const known = doomed.onDrive.get(id);
        const path = known === undefined ? null : held(known);
        if (wasThere && path !== null)
          accuse(`${id} was deleted on the drive while the disk has it: "${path}"`);
        return outcome;
      },
    }),
  };

  function part(id: DriveItemId | undefined): void {
    const known = id === undefined ? undefined : tokens.get(id);
    if (id === undefined || known === undefined) return;
    tokens.delete(id);
    driveIds.delete(known.token);
  }

  function held({ token, path, isShown }: Known): string | null {
    const at = disk.user.holds(token, path);
    return isShown || at === path ? at : null;
  }

  function doom(command: Command): void {
    if (command.type === 'DeleteLocal') {
      // Only an empty folder is removed. Without a birth time its name alone tells which one it is.
      if (command.kind === 'folder' && !hasBirthTime(command.expected.id)) return;
      const token = disk.user.tokenOf({ ...command.expected, kind: command.kind }, command.path);
      if (token === null) return;
      const id = driveIds.get(token);
      if (id !== undefined && drive.user.has(id) && !provenGone.has(id)) doomed.onDisk.set(token, id);
      else doomed.onDisk.delete(token);
    } else if (command.type === 'DeleteRemote') {
      const known = tokens.get(command.driveItemId);
      const isHere = known !== undefined && held(known) !== null;
      if (isHere) doomed.onDrive.set(command.driveItemId, known);
      else doomed.onDrive.delete(command.driveItemId);
    }
  }
}

/** Where the client takes it to be; without a known folder, or in a circle of folders, it is nowhere. */
function pathOnDisk({ items }: KnownItems['trees'], { parent, name }: LocalEntry): string {
  const names = [name];
  for (let id = parent; id !== rootItem;) {
    const folder = items.get(id)?.local ?? null;
    if (folder === null || names.length > depthMax) return '';
    names.push(folder.name);
    id = folder.parent;
  }
  return names.reverse().join('/');
}
