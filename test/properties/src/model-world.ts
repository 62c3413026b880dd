/**
 * A world small enough to search: a drive and a disk as maps, users who change both, and hands that carry out commands with
 * the preconditions that the real adapters check. A ledger remembers every version that a user saved.
 */
import type {
  Command,
  FailureCode,
  LocalId,
  LocalRow,
  Observation,
  RemoteRow,
  RemoteTombstone,
} from '@tidemark/contracts';
import { driveItemId, localId, keptNameAt, stagingKey } from '@tidemark/contracts';

export interface Node {
  readonly id: string;
  parent: string;
  name: string;
  readonly kind: 'file' | 'folder';
  content: string;
  modifiedAt: number;
  version: number;
  /** The key of the bytes that were placed here. */
  stagedAs?: string;
}

export const root = 'root';

/** One side: nodes by id. The drive folds case; the disk does not. */
export class Side {
  readonly nodes = new Map<string, Node>();
  readonly bin = new Set<string>();
  readonly prefix: string;
  readonly foldsCase: boolean;
  private made = 0;
  version = 0;

  constructor(prefix: string, foldsCase: boolean) {
    this.prefix = prefix;
    this.foldsCase = foldsCase;
  }

  private same(a: string, b: string): boolean {
    return this.foldsCase ? a.toLowerCase() === b.toLowerCase() : a === b;
  }
  at(parent: string, name: string): Node | undefined {
    for (const node of this.nodes.values())
      if (node.parent === parent && this.same(node.name, name)) return node;
    return undefined;
  }
  has(parent: string): boolean {
    return parent === root || this.nodes.get(parent)?.kind === 'folder';
  }
  children(parent: string): Node[] {
    return [...this.nodes.values()].filter((node) => node.parent === parent);
  }
  create(parent: string, name: string, kind: Node['kind'], content: string, modifiedAt: number): Node | null {
    if (!this.has(parent) || this.at(parent, name) !== undefined) return null;
    const node: Node = {
      id: `${this.prefix}${++this.made}`,
      parent,
      name,
      kind,
      content,
      modifiedAt,
      version: ++this.version,
    };
    this.nodes.set(node.id, node);
    return node;
  }
  write(node: Node, content: string, modifiedAt: number): void {
    node.content = content;
    node.modifiedAt = modifiedAt;
    node.version = ++this.version;
  }
  move(node: Node, parent: string, name: string): boolean {
    const holder = this.at(parent, name);
    if (!this.has(parent) || (holder !== undefined && holder !== node) || this.isWithin(parent, node.id))
      return false;
    node.parent = parent;
    node.name = name;
    node.version = ++this.version;
    return true;
  }
  remove(node: Node): void {
    for (const child of this.children(node.id)) this.remove(child);
    if (node.kind === 'file') this.bin.add(node.content);
    this.nodes.delete(node.id);
    this.version++;
  }
  isWithin(id: string, folder: string): boolean {
    for (
      let current: string | undefined = id;
      current !== undefined && current !== root;
      current = this.nodes.get(current)?.parent
    )
      if (current === folder) return true;
    return false;
  }
  /** The node itself, and the folders it is in. */
  above(node: Node): Node[] {
    const folder = this.nodes.get(node.parent);
    return folder === undefined ? [node] : [node, ...this.above(folder)];
  }
  path(node: Node): string {
    const above = node.parent === root ? '' : `${this.path(this.nodes.get(node.parent) ?? node)}/`;
    return above + node.name;
  }
  byPath(path: string): Node | undefined {
    let parent = root;
    let found: Node | undefined;
    for (const name of path.split('/')) {
      found = [...this.nodes.values()].find((node) => node.parent === parent && node.name === name);
      if (found === undefined) return undefined;
      parent = found.id;
    }
    return found;
  }
  parentOf(path: string): string | undefined {
    const slash = path.lastIndexOf('/');
    return slash < 0 ? root : this.byPath(path.slice(0, slash))?.id;
  }
  tree(): string[] {
    return [...this.nodes.values()]
      .map((node) => `${this.path(node)}${node.kind === 'folder' ? '/' : `=${node.content}`}`)
      .sort();
  }
}

type Outcome =
  | { ok: true; facts: Omit<Extract<Observation, { type: 'CommandSucceeded' }>, 'type' | 'command'> }
  | { ok: false; code: 'changedMeanwhile' | 'preconditionFailed' | 'nameTaken' | 'notFound' | 'localGone' };

export class ModelWorld {
  readonly drive = new Side('R', true);
  readonly disk = new Side('L', false);
  /** Tombstones and versions for the change feed. */
  private readonly deleted = new Map<string, number>();
  /** What moved since it was made is reported one by one when it goes with a folder; its old place says nothing. */
  readonly moved = new Set<string>();
  /** The service will refuse the next cursor. */
  cursorIsLost = false;
  /** While it does not, the drive answers 423 when it is asked about single items. */
  tellsOfItems = true;
  /** What a side makes of a time that it is given. */
  readonly keepsTime = { drive: (given: number): number => given, disk: (given: number): number => given };
  /** Folders that some scan could not read. */
  readonly unreadable = new Set<string>();
  /** Contents of files that were in them at that time. */
  readonly hidden = new Set<string>();

  row(node: Node): RemoteRow {
    return {
      id: driveItemId(node.id),
      parentId: driveItemId(node.parent),
      name: node.name,
      kind: node.kind,
      sizeBytes: node.kind === 'file' ? node.content.length : 0,
      hash: node.kind === 'file' && node.content.length > 0 ? `h:${node.content}` : null,
      modifiedAt: node.modifiedAt,
      eTag: `e${node.version}`,
      cTag: null,
    };
  }
  localRow(node: Node, hashed = false): LocalRow {
    return {
      id: localId(node.id),
      parentId: localId(node.parent),
      name: node.name,
      kind: node.kind,
      sizeBytes: node.kind === 'file' ? node.content.length : 0,
      modifiedAt: node.modifiedAt,
      stamp: node.kind === 'file' ? `s${node.version}` : '',
      hash: hashed && node.kind === 'file' ? `h:${node.content}` : null,
    };
  }

  deleteRemote(node: Node): void {
    const below = [...this.drive.nodes.values()].filter((other) => this.drive.isWithin(other.id, node.id));
    this.drive.remove(node);
    // The service tells of the folder and may keep silent about what was in it.
    for (const other of below)
      if (other.id === node.id || this.moved.has(other.id)) this.deleted.set(other.id, this.drive.version);
  }

  /** The feed since `cursor` (a version): ids in no particular order, and the cursor to go on from. */
  feed(cursor: string | null): { ids: string[]; cursor: string } {
    const since = cursor === null ? 0 : Number(cursor);
    const ids = [...this.drive.nodes.values()].filter((node) => node.version > since).map((node) => node.id);
    if (cursor !== null)
      for (const [id, version] of this.deleted) if (version > since && !ids.includes(id)) ids.push(id);
    return { ids, cursor: String(this.drive.version) };
  }
  /** It is still there, and no longer as it was at that cursor. */
  changedSince(id: string, cursor: string): boolean {
    return (this.drive.nodes.get(id)?.version ?? 0) > Number(cursor);
  }
  /** What the feed says of the id right now; null when it keeps silent. */
  feedRow(id: string): RemoteRow | RemoteTombstone | null {
    const node = this.drive.nodes.get(id);
    if (node !== undefined) return this.row(node);
    return this.deleted.has(id) ? { id: driveItemId(id), deleted: true } : null;
  }
  hide(folder: string): void {
    this.unreadable.add(folder);
    for (const node of this.disk.nodes.values())
      if (this.disk.isWithin(node.id, folder)) this.hidden.add(node.content);
  }
  wasUnreadable(node: Node): boolean {
    return [...this.unreadable].some((folder) => this.disk.isWithin(node.id, folder));
  }

  /** Everything directly inside a folder of the disk; null when it is not there (any more). */
  listing(id: string, path: string): { id: LocalId; rows: LocalRow[] } | null {
    const folder = this.disk.nodes.get(id);
    if (id !== root && (folder === undefined || this.disk.path(folder) !== path)) return null;
    const rows = this.disk.children(id).map((node) => {
      const row = this.localRow(node);
      return node.stagedAs === undefined ? row : { ...row, stagedAs: node.stagedAs };
    });
    return { id: localId(id), rows };
  }

  /** Carries out one item command as the adapters would: precondition first, all or nothing. */
  carryOut(command: Command): Outcome {
    const { drive, disk } = this;
    const fail = (code: Extract<Outcome, { ok: false }>['code']): Outcome => ({ ok: false, code });
    const expectedAt = (path: string, expected: { id: string; stamp: string }): Node | undefined => {
      const node = disk.byPath(path);
      return node !== undefined && node.id === expected.id && this.localRow(node).stamp === expected.stamp
        ? node
        : undefined;
    };
    const remoteAt = (id: string, eTag: string): Node | undefined => {
      const node = drive.nodes.get(id);
      return node !== undefined && `e${node.version}` === eTag ? node : undefined;
    };
    switch (command.type) {
      case 'CreateRemoteFolder': {
        const there = drive.at(command.parentId, command.name);
        if (there?.kind === 'folder') return { ok: true, facts: { remote: this.row(there) } };
        const made = drive.create(command.parentId, command.name, 'folder', '', 0);
        return made === null
          ? fail(drive.has(command.parentId) ? 'nameTaken' : 'notFound')
          : { ok: true, facts: { remote: this.row(made), made: true } };
      }
      case 'UploadFile': {
        const source = expectedAt(command.path, command.expected);
        if (source === undefined) return fail('changedMeanwhile');
        if (command.target.as === 'new') {
          const made = drive.create(
            command.target.parentId,
            command.target.name,
            'file',
            source.content,
            this.keepsTime.drive(source.modifiedAt),
          );
          if (made === null) return fail(drive.has(command.target.parentId) ? 'nameTaken' : 'notFound');
          return { ok: true, facts: { remote: this.row(made), local: this.localRow(source, true) } };
        }
        const target = remoteAt(command.target.id, command.target.ifMatch);
        if (target === undefined) return fail('preconditionFailed');
        drive.write(target, source.content, this.keepsTime.drive(source.modifiedAt));
        return { ok: true, facts: { remote: this.row(target), local: this.localRow(source, true) } };
      }
      case 'MoveRemote': {
        const node = remoteAt(command.driveItemId, command.ifMatch);
        if (node === undefined) return fail('preconditionFailed');
        return drive.move(node, command.toParentId, command.toName)
          ? { ok: true, facts: { remote: this.row(node) } }
          : fail('nameTaken');
      }
      case 'SetRemoteTime': {
        const node = remoteAt(command.driveItemId, command.ifMatch);
        if (node === undefined) return fail('preconditionFailed');
        drive.write(node, node.content, this.keepsTime.drive(command.modifiedAt));
        return { ok: true, facts: { remote: this.row(node) } };
      }
      case 'DeleteRemote': {
        const node = drive.nodes.get(command.driveItemId);
        if (node !== undefined && `e${node.version}` !== command.ifMatch) return fail('preconditionFailed');
        if (node !== undefined) this.deleteRemote(node);
        return { ok: true, facts: { remote: { id: command.driveItemId, deleted: true } } };
      }
      case 'CreateLocalFolder': {
        const parent = disk.parentOf(command.path);
        const name = command.path.slice(command.path.lastIndexOf('/') + 1);
        if (parent === undefined) return fail('localGone');
        const there = disk.at(parent, name);
        const made = there ?? disk.create(parent, name, 'folder', '', 0);
        return made === null || made.kind !== 'folder'
          ? fail('nameTaken')
          : { ok: true, facts: { local: this.localRow(made) } };
      }
      case 'KeepLocalCopy': {
        const node = expectedAt(command.path, command.expected);
        if (node === undefined) return fail('changedMeanwhile');
        const parent = command.folder === '' ? root : disk.byPath(command.folder)?.id;
        if (parent === undefined || !disk.has(parent)) return fail('localGone');
        const copy = this.createKept(parent, command.keepAs, node.content, node.modifiedAt);
        return { ok: true, facts: { kept: this.localRow(copy, true) } };
      }
      case 'DownloadFile':
      case 'KeepRemoteCopy': {
        const source = drive.nodes.get(command.remote.id);
        if (source === undefined) return fail('notFound');
        if (`e${source.version}` !== command.remote.eTag && `h:${source.content}` !== command.remote.hash)
          return fail('preconditionFailed');
        if (command.type === 'KeepRemoteCopy') {
          const parent = command.folder === '' ? root : disk.byPath(command.folder)?.id;
          if (parent === undefined || !disk.has(parent)) return fail('localGone');
          const copy = this.createKept(parent, command.keepAs, source.content, source.modifiedAt);
          copy.stagedAs = stagingKey(command.remote);
          return { ok: true, facts: { kept: this.localRow(copy, true) } };
        }
        const parent = disk.parentOf(command.path);
        if (parent === undefined) return fail('localGone');
        const name = command.path.slice(command.path.lastIndexOf('/') + 1);
        if (command.expected === null) {
          const made = disk.create(
            parent,
            name,
            'file',
            source.content,
            this.keepsTime.disk(command.remote.modifiedAt),
          );
          if (made === null) return fail('nameTaken');
          made.stagedAs = stagingKey(command.remote);
          return { ok: true, facts: { local: this.localRow(made, true) } };
        }
        const there = expectedAt(command.path, command.expected);
        if (there === undefined) return fail('changedMeanwhile');
        if (there.content === source.content)
          return { ok: true, facts: { local: this.localRow(there, true) } };
        let kept: LocalRow | undefined;
        if (command.keepAs === null) disk.remove(there);
        else {
          for (let counter = command.keepAs.from; kept === undefined; counter++) {
            if (disk.move(there, there.parent, keptNameAt(command.keepAs, counter) ?? ''))
              kept = this.localRow(there, true);
          }
        }
        const made = disk.create(
          parent,
          name,
          'file',
          source.content,
          this.keepsTime.disk(command.remote.modifiedAt),
        );
        if (made === null) throw new Error('the name was just freed');
        made.stagedAs = stagingKey(command.remote);
        return {
          ok: true,
          facts: { local: this.localRow(made, true), ...(kept === undefined ? {} : { kept }) },
        };
      }
      case 'MoveLocal': {
        const node = expectedAt(command.path, command.expected);
        const parent = disk.parentOf(command.toPath);
        if (node === undefined) return fail('changedMeanwhile');
        if (parent === undefined) return fail('localGone');
        return disk.move(node, parent, command.toPath.slice(command.toPath.lastIndexOf('/') + 1))
          ? { ok: true, facts: { local: this.localRow(node) } }
          : fail('nameTaken');
      }
      case 'DeleteLocal': {
        const node = expectedAt(command.path, command.expected);
        if (node === undefined || disk.children(node.id).length > 0) return fail('changedMeanwhile');
        disk.remove(node);
        return { ok: true, facts: { local: { id: command.expected.id, gone: true } } };
      }
      case 'SetLocalTime': {
        const node = expectedAt(command.path, command.expected);
        if (node === undefined) return fail('changedMeanwhile');
        disk.write(node, node.content, this.keepsTime.disk(command.modifiedAt));
        return { ok: true, facts: { local: this.localRow(node) } };
      }
      case 'HashFile': {
        const node = expectedAt(command.path, command.expected);
        return node === undefined
          ? fail('changedMeanwhile')
          : { ok: true, facts: { local: this.localRow(node, true) } };
      }
      case 'ReadRemote':
      case 'ReadRemoteItems':
      case 'ScanLocal':
      case 'CreateSubscription':
      case 'RenewSubscription':
      case 'DeleteSubscription':
        throw new Error('looks are played by the run');
    }
  }

  /** What the drive shows of the one item, asked after it has refused the command, as the handlers ask. */
  shownAfter(command: Command, code: FailureCode): RemoteRow | RemoteTombstone | null {
    const shown = (id: string): RemoteRow | RemoteTombstone => {
      const node = this.drive.nodes.get(id);
      return node === undefined ? { id: driveItemId(id), deleted: true } : this.row(node);
    };
    const child = (parent: string, name: string): RemoteRow | null => {
      const node = this.drive.at(parent, name);
      return node === undefined ? null : this.row(node);
    };
    const isName = code === 'nameTaken';
    switch (command.type) {
      case 'CreateRemoteFolder':
        return isName ? child(command.parentId, command.name) : shown(command.parentId);
      case 'UploadFile': {
        const { target } = command;
        if (code === 'changedMeanwhile') return null;
        if (target.as === 'version') return shown(target.id);
        return isName ? child(target.parentId, target.name) : shown(target.parentId);
      }
      case 'MoveRemote':
        if (isName && this.drive.has(command.toParentId)) return child(command.toParentId, command.toName);
        return this.drive.has(command.toParentId) ? shown(command.driveItemId) : shown(command.toParentId);
      case 'SetRemoteTime':
      case 'DeleteRemote':
        return shown(command.driveItemId);
      case 'DownloadFile':
      case 'KeepRemoteCopy':
        return code === 'notFound' || code === 'preconditionFailed' ? shown(command.remote.id) : null;
      default:
        return null;
    }
  }

  private createKept(
    parent: string,
    keepAs: { prefix: string; suffix: string; from: number },
    content: string,
    modifiedAt: number,
  ): Node {
    for (let counter = keepAs.from; ; counter++) {
      const made = this.disk.create(parent, keptNameAt(keepAs, counter) ?? '', 'file', content, modifiedAt);
      if (made !== null) return made;
    }
  }
}
