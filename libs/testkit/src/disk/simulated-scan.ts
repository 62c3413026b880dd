/** A look at the simulated disk, folder by folder: users may act between any two listings, as on a real disk. */
import {
  localId,
  type LocalId,
  type LocalOddity,
  type LocalRow,
  type ScanBatch,
  type ScanEnd,
} from '@tidemark/contracts';
import type { Inode } from './inodes.ts';
import { createSimulatedLinkScan, followed, inodeAtPath } from './simulated-links.ts';
import { createSimulatedMountScan } from './simulated-mounts.ts';
import { identityOf, rowOf, type Simulation } from './simulation.ts';

/** @param only paths of the folders to look into; everything when absent */
export function* scanSimulated(
  simulation: Simulation,
  stopped: () => boolean,
  only?: readonly string[],
): Generator<ScanBatch | ScanEnd> {
  const { begin, folder: world } = simulation;
  const { inodes } = world;
  const rootId = identityOf(world.root, localId(''), '');
  const unreadable = new Set<LocalId>();
  const oddities = new Map<string, LocalOddity>();
  const mounts = createSimulatedMountScan(world.mounts, (id, path, detail) => {
    unreadable.add(id);
    oddities.set(path, { path, code: 'unreadable', detail });
  });
  const listed = new Map<Inode, { readonly path: string; readonly id: LocalId; readonly changed: number }>();
  const links = createSimulatedLinkScan(
    world,
    only === undefined,
    (oddity) => void oddities.set(oddity.path, oddity),
  );

  if (only === undefined) yield* walk(world.root, rootId, '');
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
    let id = rootId;
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
      // Each by itself, so that users may act between two of them.
      yield { folders: [{ id, rows }] };
    }
  }

  function at(path: string): Inode | null {
    return inodeAtPath(world, path, true) ?? null;
  }
}

const relistingsMax = 3;
