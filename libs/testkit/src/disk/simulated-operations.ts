/** Everything of the simulated disk but staging. */
import {
  type Disk,
  localId,
  type LocalId,
  type LocalOddity,
  type LocalRow,
  type NestedMount,
  type ScanBatch,
  type ScanEnd,
  type TrashedVersion,
} from '@tidemark/contracts';
import { quickXorHash } from '@tidemark/quickxor';
import { contains, countFolders, type Inode } from './inodes.ts';
import { createSimulatedLinkScan, followed, inodeAtPath } from './simulated-links.ts';
import { held, refuseMountPoint, refuseYoung, spotOf, thereAt } from './simulated-paths.ts';
import { carryMounts, createSimulatedMountScan, mountHolding, renumber } from './simulated-mounts.ts';
import { identityOf, refuse, rowOf, type Simulation, stampOf } from './simulation.ts';

const relistingsMax = 3;

export function createSimulatedOperations(simulation: Simulation): Omit<Disk, 'stage' | 'close'> {
  const { begin, end, folder: world } = simulation;
  const { inodes } = world;
  const rootId = (): LocalId => identityOf(world.root, localId(''), '');

  return {
    async root({ mark }) {
      begin('root', '');
      // Whoever marks means the folder that was looked at before.
      if (mark && simulation.verified !== null && simulation.verified !== world.root)
        refuse('rootSuspended', 'mark', '', 'it is another folder than before');
      const root = world.root;
      simulation.verified = root;
      if (mark && !simulation.markers.has(root)) {
        const bytes = [...simulation.random.bytes(16)];
        simulation.markers.set(root, bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(''));
        end('root', '');
      }
      return { id: rootId(), marker: simulation.markers.get(root) ?? null, fileSystem: 'simulated' };
    },

    async *scan(options) {
      begin('scan', '');
      if (world.fileSystem.renumbers === true) renumber(world.mounts, inodes, world.root);
      expectMounts(options?.mounts);
      yield* scan(() => options?.signal?.aborted === true);
    },

    async *list(folders, options) {
      begin('scan', '');
      expectMounts(options?.mounts);
      yield* scan(() => options?.signal?.aborted === true, folders);
    },

    async watch(told, { signal }) {
      begin('watch', '');
      if (signal.aborted) return { folders: 0, limit: null };
      const forget = world.watchers.add(told);
      signal.addEventListener('abort', forget, { once: true });
      return { folders: countFolders(world.root), limit: null };
    },

    async stat(path) {
      begin('stat', path);
      const above = inodeAtPath(world, path.slice(0, Math.max(path.lastIndexOf('/'), 0)), true);
      if (above?.kind !== 'folder') return null;
      const spot = spotOf(simulation, 'look at', path);
      const there = thereAt(simulation, path, spot);
      if (there === undefined) return null;
      if (there.kind !== 'file' && there.kind !== 'folder')
        refuse('diskDenied', 'look at', path, 'it is not synced');
      return rowOf(inodes, there, spot.folderId, spot.name, spot.isLink);
    },

    async read(path, expected) {
      begin('read', path);
      await outgrow(fileInode());
      const bytes = fileBytes();
      return {
        sizeBytes: bytes.length,
        async *open(offset) {
          begin('read', path);
          const now = fileBytes();
          // In two pieces, so that somebody may interfere between them.
          const middle = offset + ((now.length - offset) >> 1);
          if (middle > offset) yield now.subarray(offset, middle);
          if (now.length > middle) yield now.subarray(middle);
          fileBytes();
        },
        async finish() {
          begin('read', path);
          fileBytes();
        },
      };
      function fileInode(): Inode {
        const inode = held(simulation, 'read', path, spotOf(simulation, 'read', path), expected);
        if (inode.kind !== 'file') refuse('diskDenied', 'read', path, 'it is no file');
        return inode;
      }
      function fileBytes(): Uint8Array {
        return fileInode().bytes;
      }
    },

    async hash(path, expected, options) {
      begin('hash', path);
      const before = held(simulation, 'read', path, spotOf(simulation, 'read', path), expected);
      await outgrow(before);
      const spot = spotOf(simulation, 'read', path);
      const inode = held(simulation, 'read', path, spot, expected);
      if (inode.kind !== 'file') refuse('diskDenied', 'read', path, 'it is no file');
      if (options?.signal?.aborted === true) refuse('changedMeanwhile', 'read', path, 'it was asked to stop');
      const row = rowOf(inodes, inode, spot.folderId, spot.name);
      return { ...row, stamp: stampOf(inode), hash: quickXorHash(inode.bytes) };
    },

    async createFolder(path) {
      begin('createFolder', path);
      const spot = spotOf(simulation, 'create the folder', path);
      const { folder, folderId, name } = spot;
      let inode = thereAt(simulation, path, spot);
      if (inode !== undefined && inode.kind !== 'folder')
        refuse('nameTaken', 'create the folder', path, 'something else holds the name');
      if (inode === undefined) {
        inode = inodes.create('folder', new Uint8Array(0), world.seconds());
        inodes.add(folder, name, inode);
        end('createFolder', path);
      }
      return rowOf(inodes, inode, folderId, name, spot.isLink);
    },

    async move(path, toPath, expected) {
      begin('move', path);
      const from = spotOf(simulation, 'move', path);
      const to = spotOf(simulation, 'move', toPath);
      const inode = held(simulation, 'move', path, from, expected);
      const there = to.folder.children.get(to.name);
      const moved = from.isLink ? from.folder.children.get(from.name) : inode;
      if (moved === undefined) refuse('localGone', 'move', path, 'it is not there');
      const itself = there === moved && from.folder === to.folder && from.name === to.name;
      if (there !== undefined && !(itself && (moved.kind === 'folder' || moved.links === 1)))
        refuse('nameTaken', 'move', toPath, 'the name is taken');
      if (moved.kind === 'folder' && !itself && contains(moved, to.folder))
        refuse('invalidName', 'move', toPath, 'it lies inside the folder itself');
      if (!itself) {
        refuseMountPoint(simulation, 'move', path, moved);
        if (mountHolding(world.mounts, from.folder) !== mountHolding(world.mounts, to.folder))
          refuse('mountBoundary', 'move', path, 'it would go to another file system');
        const link = movedLink(moved, path, from.folder === to.folder);
        inodes.take(from.folder, from.name);
        inodes.add(to.folder, to.name, link);
        for (const [at, place] of [...world.links]) {
          if (at !== path && !at.startsWith(`${path}/`)) continue;
          world.links.delete(at);
          world.links.set(toPath + at.slice(path.length), place);
        }
        carryMounts(world.mounts, path, toPath);
        end('move', path, toPath);
      }
      return rowOf(inodes, inode, to.folderId, to.name, from.isLink);
    },

    async remove(path, kind, expected) {
      begin('remove', path);
      refuseYoung('delete', path, expected);
      const spot = spotOf(simulation, 'delete', path);
      const inode = held(simulation, 'delete', path, spot, expected);
      if (inode.kind !== kind) refuse('changedMeanwhile', 'delete', path, `it is no ${kind}`);
      refuseMountPoint(simulation, 'delete', path, inode);
      if (inode.children.size > 0 && !spot.isLink)
        refuse('changedMeanwhile', 'delete', path, 'it is not empty');
      const taken = inodes.take(spot.folder, spot.name) ?? inode;
      let trash: string | null = null;
      if (taken.kind === 'folder') inodes.free(taken);
      else {
        trash = `${inodes.tick()}/${spot.name}`;
        world.trash.set(trash, taken);
        world.trashedFrom.set(trash, path);
        taken.links++;
      }
      end('remove', path);
      return { trash };
    },

    async inTrash(paths) {
      begin('inTrash', '');
      const wanted = new Set(paths);
      const found = new Map<string, TrashedVersion[]>();
      for (const [trash, path] of world.trashedFrom) {
        const inode = world.trash.get(trash);
        if (inode === undefined || inode.kind !== 'file' || !wanted.has(path)) continue;
        const { bytes, modifiedAt, changedTick: at } = inode;
        const version = { trash, sizeBytes: bytes.length, modifiedAt, at };
        found.set(path, [version, ...(found.get(path) ?? [])]);
      }
      return found;
    },

    async readTrash(trash) {
      begin('readTrash', trash);
      const bytes = world.trash.get(trash)?.bytes;
      if (bytes === undefined) refuse('localGone', 'read from the trash', trash, 'it is not there any more');
      return {
        sizeBytes: bytes.length,
        async *open(offset) {
          if (offset < bytes.length) yield bytes.subarray(offset);
        },
      };
    },

    async setModifiedAt(path, expected, modifiedAt) {
      begin('setModifiedAt', path);
      refuseYoung('set the time of', path, expected);
      const spot = spotOf(simulation, 'set the time of', path);
      const inode = held(simulation, 'set the time of', path, spot, expected);
      inodes.setModifiedAt(inode, modifiedAt);
      end('setModifiedAt', path);
      return rowOf(inodes, inode, spot.folderId, spot.name);
    },
  };

  /** A relative link is made anew in another folder. */
  function movedLink(moved: Inode, path: string, isSameFolder: boolean): Inode {
    if (moved.kind !== 'symlink' || isSameFolder || moved.target.startsWith('/')) return moved;
    const target = `/${(world.links.get(path)?.names ?? []).slice(1).join('/')}`;
    return inodes.create('symlink', new Uint8Array(0), world.seconds(), target);
  }

  function expectMounts(expected: readonly NestedMount[] | undefined): void {
    world.mounts.expected = expected === undefined ? null : new Map(expected.map((one) => [one.path, one]));
  }

  /** @param only paths of the folders to look into; everything when absent */
  function* scan(stopped: () => boolean, only?: readonly string[]): Generator<ScanBatch | ScanEnd> {
    const unreadable = new Set<LocalId>();
    const oddities = new Map<string, LocalOddity>();
    const mounts = createSimulatedMountScan(world.mounts, (id, path, detail) => {
      unreadable.add(id);
      oddities.set(path, { path, code: 'unreadable', detail });
    });
    const listed = new Map<
      Inode,
      { readonly path: string; readonly id: LocalId; readonly changed: number }
    >();
    const links = createSimulatedLinkScan(
      world,
      only === undefined,
      (oddity) => void oddities.set(oddity.path, oddity),
    );

    if (only === undefined) yield* walk(world.root, rootId(), '');
    else for (const path of new Set(only)) yield* named(path);
    yield* throughLinks();
    for (let round = 0; round < relistingsMax; round++) {
      const changed = [...listed].filter(
        ([inode, { path, changed: then }]) => at(path) !== inode || inode.changedTick !== then,
      );
      if (changed.length === 0 || stopped()) break;
      for (const [inode, { path, id }] of changed) {
        listed.delete(inode);
        if (at(path) === inode) yield* walk(inode, id, path);
        if (round === relistingsMax - 1) unreadable.add(id);
      }
      yield* throughLinks();
    }
    if (stopped()) return;
    if (only === undefined) links.forgetOthers();
    begin('list', '');
    const met = [...mounts.met.values()];
    yield {
      unreadable: [...new Set([...unreadable, ...mounts.unknown()])],
      oddities: [...oddities.values()],
      ...(met.length === 0 ? {} : { mounts: met }),
    };

    function* throughLinks(): Generator<ScanBatch> {
      for (let paths = links.settle(); paths.length > 0 && !stopped(); paths = links.settle())
        for (const path of paths) {
          const inode = at(path);
          const known = inode === null ? undefined : listed.get(inode);
          if (inode !== null && known !== undefined) yield* walk(inode, known.id, path);
        }
    }

    function* named(path: string): Generator<ScanBatch> {
      let inode: Inode = world.root;
      let id = rootId();
      let above = '';
      for (const name of path === '' ? [] : path.split('/')) {
        if (inode.unreadable) return void unreadable.add(id);
        above = above === '' ? name : `${above}/${name}`;
        const entry = inode.children.get(name);
        const next = entry?.kind === 'symlink' ? followed(world, above)?.inode : entry;
        if (next === undefined || next.kind !== 'folder') return;
        const row = rowOf(inodes, next, id, name, entry?.kind === 'symlink');
        if (mounts.judge(above, row, next) !== row) return;
        id = row.id;
        inode = next;
      }
      yield* walk(inode, id, path);
    }

    /** What lies in the place of a mount that is missing is not told, and is not gone. */
    function hide(inode: Inode, id: LocalId): void {
      unreadable.add(id);
      if (inode.unreadable) return;
      for (const [name, child] of inode.children) hide(child, identityOf(child, id, name));
    }

    function* walk(start: Inode, startId: LocalId, startPath: string): Generator<ScanBatch> {
      const todo = [{ inode: start, id: startId, path: startPath }];
      for (let next = todo.pop(); next !== undefined && !stopped(); next = todo.pop()) {
        const { inode, id, path } = next;
        begin('list', path);
        if (at(path) !== inode || inode.unreadable) {
          unreadable.add(id);
          if (inode.unreadable) oddities.set(path, { path, code: 'unreadable', detail: 'EACCES' });
          continue;
        }
        const rows: LocalRow[] = [];
        for (const [name, entry] of inode.children) {
          const childPath = path === '' ? name : `${path}/${name}`;
          const isLink = entry.kind === 'symlink';
          const child = isLink ? links.inodeFor(childPath, entry, { folder: id, name }) : entry;
          if (child === null) continue;
          if (child.kind === 'special') {
            const holds = { folder: id, name };
            oddities.set(childPath, { path: childPath, code: 'special', detail: 'it is not synced', holds });
            continue;
          }
          const found = rowOf(inodes, child, id, name, isLink);
          const row = child.kind === 'folder' ? mounts.judge(childPath, found, child) : found;
          if (row === null) continue;
          if (row.id !== found.id && only === undefined && !world.mounts.covered.has(child))
            hide(child, found.id);
          const stagedAs = isLink ? undefined : world.placed.get(row.id);
          rows.push(stagedAs === undefined ? row : { ...row, stagedAs });
          if (only === undefined && child.kind === 'folder' && row === found && !listed.has(child))
            todo.push({ inode: child, id: row.id, path: childPath });
        }
        for (const row of mounts.absentIn({ path, id }, inode.children)) rows.push(row);
        unreadable.delete(id);
        listed.set(inode, { path, id, changed: inode.changedTick });
        // Each by itself, so that somebody may act between two of them.
        yield { folders: [{ id, rows }] };
      }
    }
  }

  /** Until no other save can get the stamp that was seen. */
  async function outgrow(inode: Inode): Promise<void> {
    const youngMs = inodes.youngMs(inode);
    if (youngMs > 0) await simulation.sleep(youngMs);
  }

  function at(path: string): Inode | null {
    return inodeAtPath(world, path, true) ?? null;
  }
}
