/** Everything of the simulated disk but staging. */
import { type Disk, localId, type LocalId, type NestedMount, type TrashedVersion } from '@tidemark/contracts';
import { quickXorHash } from '@tidemark/quickxor';
import { contains, countFolders, type Inode } from './inodes.ts';
import { inodeAtPath } from './simulated-links.ts';
import { held, refuseMountPoint, refuseYoung, spotOf, thereAt } from './simulated-paths.ts';
import { carryMounts, mountHolding, renumber } from './simulated-mounts.ts';
import { scanSimulated } from './simulated-scan.ts';
import { identityOf, refuse, rowOf, type Simulation, stampOf } from './simulation.ts';

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
      yield* scanSimulated(simulation, () => options?.signal?.aborted === true);
    },

    async *list(folders, options) {
      begin('scan', '');
      expectMounts(options?.mounts);
      yield* scanSimulated(simulation, () => options?.signal?.aborted === true, folders);
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

  /** Until no other save can get the stamp that was seen. */
  async function outgrow(inode: Inode): Promise<void> {
    const youngMs = inodes.youngMs(inode);
    if (youngMs > 0) await simulation.sleep(youngMs);
  }
}
