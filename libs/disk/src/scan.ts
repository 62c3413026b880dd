/**
 * One complete scan. Folder by folder, parents first, each entered through the descriptor of its parent. Names are read as
 * bytes; what cannot be read is unknown, never gone. A folder that changed between its turn and the end of the scan is
 * listed again: a file that was moved from a folder not yet read into one already read would otherwise be missed.
 * A scan of named folders does the same with these and does not go below them.
 */
import { closeSync, fstatSync, lstatSync, readdirSync, statSync, type BigIntStats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { isUtf8 } from 'node:buffer';
import {
  Failure,
  type AbortSignalLike,
  type LocalId,
  type LocalOddity,
  type LocalRow,
  type ScanBatch,
  type ScanEnd,
} from '@tidemark/contracts';
import { apartError, type IsApart } from './apart.ts';
import { errnoOf, failure } from './errno.ts';
import { type Folder, mountOf } from './folders.ts';
import { identityOf, isFile, isFolder, isLink, rowOf } from './identity.ts';
import type { LinkOptions } from './link-rules.ts';
import { openFolderAt } from './links.ts';
import { identitiesAt } from './hidden.ts';
import { createMountScan } from './nested-mounts.ts';
import { viaDescriptor } from './open-flags.ts';
import { folderNames } from './path-names.ts';
import { escaped, escapedBytes } from './quoted.ts';
import { createLinkScan } from './scan-links.ts';

export interface ScanOptions {
  /** Checked before and after. @throws Failure `rootSuspended` */
  readonly root: () => Folder;
  /** Inodes in the topmost folder of a file system that are ours. */
  readonly own: (top: Folder) => ReadonlySet<bigint>;
  /** Finds out anew where something is mounted. */
  readonly lookAtMounts: () => void;
  readonly links: LinkOptions;
  readonly isApart: IsApart;
  /** The key under which the file was staged, if it was placed a short while ago. */
  readonly keyOf: (id: LocalId) => string | undefined;
  /** Only what is directly inside these, by path; everything when absent. */
  readonly only?: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignalLike;
}

/** What a row says of any folder. */
const expectedName = { kind: 'folder', sizeBytes: 0, modifiedAt: 0, stamp: '', hash: null } as const;

const batchRows = 2000;
/** Rows after which the event loop gets its turn, also within one huge folder. */
const breathRows = 500;
/** Descriptors of the folders on the way down. */
const depthMax = 256;
const relistingsMax = 3;

interface Listing {
  readonly id: LocalId;
  readonly rows: readonly LocalRow[];
}

/** A folder on the way down. */
interface Level {
  readonly folder: Folder;
  readonly todo: LocalRow[];
}

export async function* scan(options: ScanOptions): AsyncGenerator<ScanBatch | ScanEnd, void, undefined> {
  const root = options.root();
  const unreadable = new Map<LocalId, string>();
  const oddities = new Map<string, LocalOddity>();
  const mounts = createMountScan(root.mounts, doubt);
  /** Folders that were listed: path and times at that moment. */
  const listed = new Map<
    LocalId,
    { readonly path: string; readonly times: string; readonly inode: string }
  >();
  /** Where each folder was listed: mounted at two places, it has two identities and one content. */
  const pathOf = new Map<string, string>();
  const links = createLinkScan({
    ...{ allowed: options.links, links: root.mounts.links, mounts, odd, now: options.now },
    ...{ isComplete: options.only === undefined, lookAtMounts: options.lookAtMounts },
  });
  const levels: Level[] = [];
  let batch: Listing[] = [];
  let batchSize = 0;
  let breath = 0;

  const stopped = (): boolean => options.signal?.aborted === true;

  try {
    if (options.only === undefined) yield* walkFrom(root);
    else for (const path of new Set(options.only)) yield* named(path);
    yield* throughLinks();
    for (let round = 0; round < relistingsMax && !stopped(); round++) {
      const changed = [...listed].filter(([, folder]) => hasChanged(root, folder.path, folder.times));
      if (changed.length === 0) break;
      for (const [id, { path }] of changed) {
        yield* again(id, path);
        // The last look still found it changing: what is in it now is reported, what is not may be on its way.
        if (round === relistingsMax - 1) unreadable.set(id, path);
      }
      yield* throughLinks();
    }
    if (stopped()) return;
    if (options.only === undefined) links.forgetOthers();
    options.root();
    if (batch.length > 0) yield { folders: batch };
    const { met } = mounts;
    yield {
      unreadable: [...new Set([...unreadable.keys(), ...mounts.unknown()])],
      oddities: [...oddities.values()],
      ...(met.length === 0 ? {} : { mounts: met }),
    };
  } finally {
    for (const level of levels) leave(level);
  }

  async function* walkFrom(start: Folder): AsyncGenerator<ScanBatch> {
    const base = levels.length;
    await list(start);
    yield* fullBatch();
    while (levels.length > base && !stopped()) {
      const level = levels[levels.length - 1];
      const row = level?.todo.pop();
      if (level === undefined) break;
      if (row === undefined) {
        levels.pop();
        leave(level);
        continue;
      }
      const folder = enter(level.folder, row);
      if (folder !== null) await list(folder);
      yield* fullBatch();
    }
  }

  /** Links that were met: their folders again, with what the links stand for, and what is below. */
  async function* throughLinks(): AsyncGenerator<ScanBatch> {
    for (let folders = links.settle(); folders.length > 0 && !stopped(); folders = links.settle())
      for (const { id, path } of folders) yield* again(id, path);
  }

  async function* fullBatch(): AsyncGenerator<ScanBatch> {
    if (batchSize < batchRows) return;
    yield { folders: batch };
    batch = [];
    batchSize = 0;
    await setImmediate();
  }

  /** Lists one folder that was asked for. What is no path in the sync folder is not there either. */
  async function* named(path: string): AsyncGenerator<ScanBatch> {
    const names = namesOf(path);
    if (names === null || stopped()) return;
    let folder = root;
    try {
      for (const name of names) {
        const above = folder;
        try {
          folder = openChild(above, name);
          const row = { ...expectedName, id: folder.id, parentId: above.id, name };
          if (!root.mounts.links.has(folder.path) && mounts.judge(above, row) !== row) return;
        } catch (error) {
          const errno = errnoOf(error);
          if (errno === null) throw error;
          if (!isAbsence(error)) doubtNamed(above, name, errno);
          return;
        } finally {
          if (above !== root && above !== folder) closeSync(above.fd);
        }
      }
      const last = folder;
      folder = root;
      yield* walkFrom(last);
    } finally {
      if (folder !== root) closeSync(folder.fd);
    }
  }

  /** A folder on the way that cannot be opened; when it cannot even be looked at, the one above it is the unknown. */
  function doubtNamed(above: Folder, name: string, why: string): void {
    try {
      const stats = lstatSync(above.base + name, { bigint: true });
      const path = join(above, name);
      const mount = mountOf(above, stats, path);
      doubt(identityOf(stats, { parentId: above.id, name, mount }), path, why);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === null) throw error;
      if (!isAbsence(error)) doubt(above.id, above.path, errno);
    }
  }

  /** Lists a folder a second time, and what is new below it. */
  async function* again(id: LocalId, path: string): AsyncGenerator<ScanBatch> {
    const opened: Folder[] = [];
    try {
      let folder = root;
      for (const name of path === '' ? [] : path.split('/')) {
        folder = openChild(folder, name);
        opened.push(folder);
      }
      if (folder.id !== id) return;
      const last = opened.pop();
      yield* walkFrom(last ?? root);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === null) throw error;
      // When it is gone by now, the folder above it changed as well and tells.
      pathOf.delete(listed.get(id)?.inode ?? '');
      listed.delete(id);
      if (!isAbsence(error)) doubt(id, path, errno);
    } finally {
      for (const folder of opened) closeSync(folder.fd);
    }
  }

  function enter(parent: Folder, row: LocalRow): Folder | null {
    const path = join(parent, row.name);
    if (levels.length >= depthMax) {
      doubt(row.id, path, 'it is nested too deeply');
      return null;
    }
    try {
      const folder = openChild(parent, row.name);
      if (folder.id === row.id) return folder;
      closeSync(folder.fd);
      unreadable.set(row.id, path);
      return null;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === null) throw error;
      // Gone or replaced since its parent was listed: the parent is listed again at the end.
      if (!isAbsence(error)) doubt(row.id, path, errno);
      else unreadable.set(row.id, path);
      return null;
    }
  }

  function openChild(parent: Folder, name: string): Folder {
    const path = join(parent, name);
    const { fd, link } = openFolderAt(parent, name, path);
    const stats = fstatSync(fd, { bigint: true });
    if (options.isApart(stats)) {
      closeSync(fd);
      throw apartError();
    }
    const mount = link?.mount ?? mountOf(parent, stats, path);
    const id = identityOf(stats, { parentId: parent.id, name, mount });
    const { dev, ino } = stats;
    const mountPath = mount === parent.mount ? parent.mountPath : path;
    return {
      path,
      fd,
      base: `${viaDescriptor(fd)}/`,
      id,
      dev,
      ino,
      rootDev: root.dev,
      mounts: root.mounts,
      mount,
      mountPath,
    };
  }

  async function list(folder: Folder): Promise<void> {
    const level: Level = { folder, todo: [] };
    levels.push(level);
    const inode = `${folder.dev}/${folder.ino}`;
    const known = pathOf.get(inode);
    if (known !== undefined && known !== folder.path) {
      doubt(folder.id, folder.path, 'it is mounted at two places or was moved during the scan');
      return;
    }
    const before = timesOf(fstatSync(folder.fd, { bigint: true }));
    let rows: LocalRow[];
    try {
      rows = await rowsIn(folder);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === null) throw error;
      if (folder.path === '') throw failure('rootSuspended', 'look into', '', errno);
      doubt(folder.id, folder.path, errno);
      return;
    }
    unreadable.delete(folder.id);
    pathOf.set(inode, folder.path);
    listed.set(folder.id, { path: folder.path, times: before, inode });
    batch.push({ id: folder.id, rows });
    batchSize += rows.length + 1;
    if (options.only !== undefined) return;
    for (const row of rows)
      if (row.kind === 'folder' && !listed.has(row.id) && !unreadable.has(row.id)) level.todo.push(row);
    level.todo.reverse();
  }

  /** @throws system errors of the folder and of its entries: a listing is whole or it is none. */
  async function rowsIn(folder: Folder): Promise<LocalRow[]> {
    const rows: LocalRow[] = [];
    const own = folder.mountPath === folder.path ? options.own(folder) : null;
    const names = new Set<string>();
    for (const bytes of readdirSync(folder.base, 'latin1')) {
      if (++breath % breathRows === 0) await setImmediate();
      const name = nameOf(bytes);
      if (name === null) {
        odd({
          path: prefixed(folder, escapedBytes(bytes)),
          code: 'notUtf8',
          detail: 'its name is not valid UTF-8',
        });
        continue;
      }
      const stats = lstatSync(folder.base + name, { bigint: true, throwIfNoEntry: false });
      if (stats === undefined || own?.has(stats.ino) === true || options.isApart(stats)) continue;
      names.add(name);
      const row = rowAt(folder, name, stats);
      if (row !== null) rows.push(row);
    }
    for (const row of mounts.absentIn(folder, names)) rows.push(row);
    return rows;
  }

  function rowAt(folder: Folder, name: string, stats: BigIntStats): LocalRow | null {
    if (isFile(stats)) {
      const row = rowOf(stats, { parentId: folder.id, name, mount: folder.mount }, options.now);
      const stagedAs = options.keyOf(row.id);
      return stagedAs === undefined ? row : { ...row, stagedAs };
    }
    const path = join(folder, name);
    if (isLink(stats)) return links.rowAt(folder, name, stats);
    if (!isFolder(stats)) {
      const holds = { folder: folder.id, name };
      const detail = 'it is neither a file nor a folder, and what is online under its name is left alone';
      odd({ path: escaped(path), code: 'special', detail, holds });
      return null;
    }
    // Mounted since the scan began.
    if (stats.dev !== folder.dev && !root.mounts.points.has(path)) options.lookAtMounts();
    const row = rowOf(stats, { parentId: folder.id, name, mount: mountOf(folder, stats, path) }, options.now);
    const told = mounts.judge(folder, row);
    const isBare = told !== null && told.id !== row.id && !root.mounts.points.has(path);
    if (isBare && options.only === undefined)
      for (const id of identitiesAt(folder, name)) unreadable.set(id, path);
    return told;
  }

  function doubt(id: LocalId, path: string, why: string): void {
    unreadable.set(id, path);
    odd({ path: escaped(path), code: 'unreadable', detail: why });
  }

  function odd(oddity: LocalOddity): void {
    oddities.set(`${oddity.code}/${oddity.path}`, oddity);
  }

  function leave(level: Level): void {
    if (level.folder.fd !== root.fd) closeSync(level.folder.fd);
  }
}

const join = (folder: Folder, name: string): string => (folder.path === '' ? name : `${folder.path}/${name}`);

/** Null when the path cannot lead to anything in the sync folder. */
function namesOf(path: string): readonly string[] | null {
  try {
    return folderNames('list', path);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

const prefixed = (folder: Folder, name: string): string =>
  folder.path === '' ? name : `${escaped(folder.path)}/${name}`;

const timesOf = (stats: BigIntStats): string => `${stats.ino}.${stats.mtimeNs}.${stats.ctimeNs}`;

/** By path: a wrong answer only leads to a second look. A path longer than the system takes is not asked about. */
function hasChanged(root: Folder, path: string, times: string): boolean {
  try {
    const look = root.mounts.links.has(path) ? statSync : lstatSync;
    const stats = look(root.base + path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined || timesOf(stats) !== times;
  } catch (error) {
    if (errnoOf(error) !== 'ENAMETOOLONG') throw error;
    return false;
  }
}

const isAbsence = (error: unknown): boolean =>
  !(error instanceof Failure) && ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '');

/** @param bytes one character a byte; null when they are not UTF-8 */
function nameOf(bytes: string): string | null {
  if (!/\P{ASCII}/u.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : null;
}
