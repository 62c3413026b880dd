/**
 * The items of a simulated drive: ids that are never used again, names that fold case, tags that move as OneDrive's do, a
 * recycle bin, and the order in which items last changed. Without HTTP, and without a clock or chance of its own.
 */
import {
  Failure,
  type FailureCode,
  driveItemId,
  type DriveInfo,
  type DriveItemId,
} from '@tidemark/contracts';
import { checkDriveName, checkDrivePath } from './drive-names.ts';

/** What a change may alter. */
export type DriveNodeState = Pick<
  DriveNode,
  'name' | 'parent' | 'bytes' | 'hash' | 'modifiedAt' | 'eTagVersion' | 'cTagVersion'
>;

export interface DriveNode {
  readonly id: DriveItemId;
  readonly number: number;
  readonly kind: 'file' | 'folder' | 'opaque';
  name: string;
  /** Null for the root only. What is removed keeps the parent it had. */
  parent: DriveNode | null;
  /** By folded name. */
  readonly children: Map<string, DriveNode>;
  bytes: Uint8Array;
  /** QuickXorHash of the bytes once it was asked for. */
  hash: string | null;
  /** What it held before, oldest first. */
  earlier: readonly EarlierContent[];
  /** Seconds since 1970: the client's time. */
  modifiedAt: number;
  eTagVersion: number;
  cTagVersion: number;
  /** Position of the last change. */
  changedAt: number;
  /** Position of the last change before it was removed. */
  changedBefore: number;
  removed: boolean;
  /** As it was before its last change, and as it is; null before that change. */
  before: DriveNodeState | null;
  now: DriveNodeState | null;
  /** The last version whose tag was given out before the provider put the drive back; versions up to it get their tag again. */
  givenUpTo: number;
  /** The version to which it was put back. */
  putBackTo: number;
}

export interface EarlierContent {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** Seconds since 1970: the service's time. */
  readonly savedAt: number;
}

/** The service does not keep all. */
const earlierMax = 50;

/** The tag named another version before the provider put the drive back. */
export const hasTagGivenTwice = ({ eTagVersion, givenUpTo, putBackTo }: DriveNode): boolean =>
  eTagVersion > putBackTo && eTagVersion <= givenUpTo;

export interface DriveItems {
  readonly info: DriveInfo;
  readonly root: DriveNode;
  /** Position of the newest change. */
  readonly head: number;
  /** Topmost of what was removed, oldest first. */
  readonly recycled: readonly DriveNode[];
  /** Throws Failure `notFound`. */
  get(action: string, id: DriveItemId): DriveNode;
  find(id: DriveItemId): DriveNode | undefined;
  /** What once had that id and is gone. */
  removed(id: DriveItemId): DriveNode | undefined;
  /** What changed last. */
  readonly newest: DriveNode;
  /** Takes the drive as it is now; the answer puts it back to that, as if nothing had happened since. */
  remember(): () => void;
  child(folder: DriveNode, name: string): DriveNode | undefined;
  /** Throws Failure `notFound`, `invalidRequest` (no folder, no name for a drive), `nameTooLong`, `nameTaken`. */
  create(
    action: string,
    parent: DriveNode,
    name: string,
    kind: DriveNode['kind'],
    bytes: Uint8Array,
    modifiedAt: number,
  ): DriveNode;
  write(file: DriveNode, bytes: Uint8Array, modifiedAt: number): void;
  relocate(action: string, node: DriveNode, parent: DriveNode, name: string, modifiedAt: number): void;
  setModifiedAt(node: DriveNode, modifiedAt: number): void;
  /** A new eTag and nothing else, as after property promotion. */
  touch(node: DriveNode): void;
  /** With everything in it: into the recycle bin, or for good. */
  remove(node: DriveNode, how?: { readonly forGood?: boolean }): void;
  /** Throws Failure `notFound`, `nameTaken`. */
  restore(action: string, id: DriveItemId, parent: DriveNode, name: string): DriveNode;
  /** Latest states of what changed in (after, upTo], in that order, at most `limit`. */
  changes(
    after: number,
    upTo: number,
    limit: number,
  ): { readonly nodes: DriveNode[]; readonly position: number; readonly more: boolean };
}

export const foldedName = (name: string): string => name.toLowerCase();

/** @throws Failure, always */
export function refuseOnDrive(code: FailureCode, action: string, why: string): never {
  throw new Failure({ code, detail: `Cannot ${action}: ${why}` });
}

export function createDriveItems(kind: DriveInfo['kind'], seconds: () => number): DriveItems {
  const nodes = new Map<DriveItemId, DriveNode>();
  const recycled: DriveNode[] = [];
  const graves = new Map<DriveItemId, DriveNode>();
  const places: { readonly at: number; readonly node: DriveNode }[] = [];
  let head = 0;
  let nextNumber = 0;
  const root = newNode(null, 'root', 'folder', new Uint8Array(0), seconds());
  let newest = root;
  changed(root, 'content');

  return {
    info: { id: kind === 'personal' ? 'd0000000000000a1' : 'b!simulated', kind, rootId: root.id },
    root,
    get head() {
      return head;
    },
    get newest() {
      return newest;
    },
    recycled,
    removed: (id) => graves.get(id),
    remember,
    find: (id) => nodes.get(id),
    get: (action, id) => nodes.get(id) ?? refuseOnDrive('notFound', action, 'the item is gone'),
    child: (folder, name) => folder.children.get(foldedName(name)),
    create(action, parent, name, nodeKind, bytes, modifiedAt) {
      checkPlace(action, parent, name, nodeKind === 'file' ? 'file' : 'folder');
      const node = newNode(parent, name, nodeKind, bytes, modifiedAt);
      changed(node, 'content');
      return node;
    },
    write(file, bytes, modifiedAt) {
      keepEarlier(file);
      file.bytes = bytes;
      file.hash = null;
      file.modifiedAt = modifiedAt;
      changed(file, 'content');
    },
    relocate(action, node, parent, name, modifiedAt) {
      if (node === root) refuseOnDrive('accessDenied', action, 'the root cannot be changed');
      if (isInside(parent, node)) refuseOnDrive('invalidRequest', action, 'it cannot be moved into itself');
      checkPlace(action, parent, name, node.kind === 'file' ? 'file' : 'folder', node);
      node.parent?.children.delete(foldedName(node.name));
      node.parent = parent;
      node.name = name;
      parent.children.set(foldedName(name), node);
      node.modifiedAt = modifiedAt;
      changed(node, 'properties');
    },
    setModifiedAt(node, modifiedAt) {
      // On SharePoint another time is another version.
      if (kind !== 'personal') keepEarlier(node);
      node.modifiedAt = modifiedAt;
      changed(node, 'properties');
    },
    touch: (node) => changed(node, 'properties'),
    remove(node, { forGood = false } = {}) {
      if (node === root || node.parent === null)
        refuseOnDrive('accessDenied', 'delete', 'the root cannot be deleted');
      node.parent.children.delete(foldedName(node.name));
      for (const gone of withDescendants(node)) {
        nodes.delete(gone.id);
        graves.set(gone.id, gone);
        gone.changedBefore = gone.changedAt;
        gone.removed = true;
      }
      if (!forGood) recycled.push(node);
      changed(node, 'content');
      for (const gone of withDescendants(node)) if (gone !== node) place(gone);
    },
    restore(action, id, parent, name) {
      const node = recycled.find((one) => one.id === id);
      if (node === undefined) refuseOnDrive('notFound', action, 'the recycle bin does not hold it');
      checkPlace(action, parent, name, node.kind === 'file' ? 'file' : 'folder');
      recycled.splice(recycled.indexOf(node), 1);
      node.parent = parent;
      node.name = name;
      parent.children.set(foldedName(name), node);
      for (const back of withDescendants(node)) {
        graves.delete(back.id);
        nodes.set(back.id, back);
        back.removed = false;
      }
      changed(node, 'content');
      for (const back of withDescendants(node)) if (back !== node) place(back);
      return node;
    },
    changes(after, upTo, limit) {
      const found: DriveNode[] = [];
      let position = after;
      for (let index = firstAfter(after); index < places.length; index += 1) {
        const next = places[index];
        if (next === undefined || next.at > upTo) break;
        if (next.node.changedAt === next.at) {
          if (found.length === limit) return { nodes: found, position, more: true };
          found.push(next.node);
        }
        position = next.at;
      }
      return { nodes: found, position: Math.max(position, upTo), more: false };
    },
  };

  function newNode(
    parent: DriveNode | null,
    name: string,
    nodeKind: DriveNode['kind'],
    bytes: Uint8Array,
    modifiedAt: number,
  ): DriveNode {
    const number = nextNumber++;
    const node: DriveNode = {
      id: driveItemId(kind === 'personal' ? `D0000000000000A1!s${number}` : `01SIMULATED${number}`),
      number,
      kind: nodeKind,
      name,
      parent,
      children: new Map(),
      bytes,
      hash: null,
      earlier: [],
      modifiedAt,
      eTagVersion: 0,
      cTagVersion: 0,
      changedAt: 0,
      changedBefore: 0,
      removed: false,
      before: null,
      now: null,
      givenUpTo: 0,
      putBackTo: 0,
    };
    nodes.set(node.id, node);
    parent?.children.set(foldedName(name), node);
    return node;
  }

  function keepEarlier(file: DriveNode): void {
    if (file.kind !== 'file') return;
    const { bytes, earlier, cTagVersion, eTagVersion } = file;
    const id = `${cTagVersion}.${eTagVersion}`;
    file.earlier = [...earlier.slice(1 - earlierMax), { id, bytes, savedAt: seconds() }];
  }

  function checkPlace(
    action: string,
    parent: DriveNode,
    name: string,
    nodeKind: 'file' | 'folder',
    itself?: DriveNode,
  ): void {
    if (parent.removed) refuseOnDrive('notFound', action, 'the folder is gone');
    if (parent.kind === 'file') refuseOnDrive('invalidRequest', action, 'the parent is no folder');
    const holder = parent.children.get(foldedName(name));
    if (holder !== undefined && holder !== itself) refuseOnDrive('nameTaken', action, 'the name is taken');
    checkDriveName(action, name, { kind, nodeKind, atRoot: parent === root });
    let length = name.length;
    for (let above = parent; above.parent !== null; above = above.parent) length += above.name.length + 1;
    checkDrivePath(action, length, kind);
  }

  /** A change of content is one of every folder around it, but moves their content tags only. */
  function changed(node: DriveNode, what: 'content' | 'properties'): void {
    node.eTagVersion += 1;
    if (what === 'content') node.cTagVersion += 1;
    for (let folder = node.parent; folder !== null; folder = folder.parent) folder.cTagVersion += 1;
    place(node);
    newest = node;
    node.before = node.now;
    node.now = stateOf(node);
  }

  function place(node: DriveNode): void {
    head += 1;
    node.changedAt = head;
    places.push({ at: head, node });
  }

  function remember(): () => void {
    const then = [...nodes.values()].map((node) => ({
      node,
      state: stateOf(node),
      children: [...node.children],
    }));
    return () => {
      for (const node of nodes.values()) node.removed = true;
      nodes.clear();
      for (const { node, state, children } of then) {
        const putBackTo = state.eTagVersion;
        const givenUpTo = Math.max(node.givenUpTo, node.eTagVersion);
        Object.assign(node, state, { removed: false, before: null, now: state, givenUpTo, putBackTo });
        node.children.clear();
        for (const [name, child] of children) node.children.set(name, child);
        nodes.set(node.id, node);
        graves.delete(node.id);
        place(node);
      }
    };
  }

  function firstAfter(position: number): number {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((places[middle]?.at ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function stateOf(node: DriveNode): DriveNodeState {
  const { name, parent, bytes, hash, modifiedAt, eTagVersion, cTagVersion } = node;
  return { name, parent, bytes, hash, modifiedAt, eTagVersion, cTagVersion };
}

export function isInside(node: DriveNode, folder: DriveNode): boolean {
  for (let current: DriveNode | null = node; current !== null; current = current.parent)
    if (current === folder) return true;
  return false;
}

/** The node itself first, parents before what is in them. */
export function* withDescendants(node: DriveNode): Iterable<DriveNode> {
  yield node;
  for (const child of node.children.values()) yield* withDescendants(child);
}

/** Relative to the root, without a leading slash; empty for the root. */
export function drivePath(node: DriveNode): string {
  const names: string[] = [];
  for (let current = node; current.parent !== null; current = current.parent) names.push(current.name);
  return names.reverse().join('/');
}
