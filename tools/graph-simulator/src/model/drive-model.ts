import { createChangeFeed, type ChangeFeed } from './change-feed.ts';
import type { Content } from './content.ts';
import { isSharePoint, type Flavour } from './flavour.ts';
import { createItemIds, type IdOptions } from './item-ids.ts';
import { checkName, checkPathLength } from './name-rules.ts';
import { DriveSpace, type Quota } from './quota.ts';
import { invalidRequest, itemNotFound, locked, nameAlreadyExists, Refusal, tagMismatch } from './refusal.ts';
import { newItem, type ClientTimes } from './new-item.ts';
import {
  isInside,
  type ItemKind,
  type ItemMark,
  type PointerTarget,
  type SimulatedItem,
} from './simulated-item.ts';
import { createSharing, type Owner } from './sharing.ts';
import { freeName } from './free-name.ts';
import { tagFits } from './tags.ts';

export type DriveOptions = {
  readonly flavour: Flavour;
  readonly seed: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly quotaTotalBytes: number;
  readonly ids?: IdOptions;
  /** Shown as the drive's name. */
  readonly name: string;
  /** Absent: the account owns it, or its organisation. */
  readonly owner?: Owner;
};

export type NameConflict = 'fail' | 'replace' | 'rename';

export type WriteOptions = {
  readonly onConflict?: NameConflict;
  readonly times?: ClientTimes | undefined;
  readonly ifMatch?: string | undefined;
};

export type ItemUpdate = {
  readonly name?: string | undefined;
  readonly parent?: SimulatedItem | undefined;
  readonly times?: ClientTimes | undefined;
};

export type RestoreOptions = {
  readonly parent?: SimulatedItem | undefined;
  readonly name?: string | undefined;
  readonly onConflict?: 'fail' | 'rename';
};

const olderVersionsMax = 100;

/** One drive, without HTTP: who writes here is either a request handler or "another device" of the control API. */
export class DriveModel {
  readonly flavour: Flavour;
  readonly driveId: string;
  readonly name: string;
  readonly root: SimulatedItem;
  readonly feed: ChangeFeed;
  /** Another person. */
  readonly owner: Owner | undefined;
  /** What that person shares with the account. */
  readonly sharing = createSharing();
  /** Called after every change, with the item; used by subscriptions. */
  onChange: (item: SimulatedItem) => void = () => {};

  readonly #now: () => number;
  readonly #ids: ReturnType<typeof createItemIds>;
  readonly #items = new Map<string, SimulatedItem>();
  readonly #recycled = new Map<string, SimulatedItem>();
  readonly #space: DriveSpace;

  constructor(options: DriveOptions) {
    this.flavour = options.flavour;
    this.name = options.name;
    this.owner = options.owner;
    this.#now = options.now;
    this.feed = createChangeFeed(options.now);
    this.#space = new DriveSpace(options.quotaTotalBytes);
    this.#ids = createItemIds(options.flavour, options.seed, options.ids);
    this.driveId = this.#ids.driveId;
    this.root = this.#newItem(undefined, 'root', 'folder', undefined, this.#ids.rootId);
  }

  get itemCount(): number {
    return this.#items.size;
  }

  /** Every item that is not removed, parents before children. */
  *items(folder: SimulatedItem = this.root): Iterable<SimulatedItem> {
    yield folder;
    for (const child of folder.children?.values() ?? []) yield* this.items(child);
  }

  find(id: string): SimulatedItem | undefined {
    if (id === 'root') return this.root;
    return this.#items.get(this.#key(id));
  }

  /** @throws Refusal 404 */
  get(id: string): SimulatedItem {
    const item = this.find(id);
    if (item === undefined) throw itemNotFound();
    return item;
  }

  findByPath(segments: readonly string[], base: SimulatedItem = this.root): SimulatedItem | undefined {
    let current: SimulatedItem | undefined = base;
    for (const segment of segments) current = current?.children?.get(segment.toLowerCase());
    return current;
  }

  /** The drive as it is now, to be put back by calling the result. What came since is then in no feed; space is not counted anew. */
  remember(): () => void {
    const items = [...this.#items].map(([key, item]) => ({
      ...{ key, item, fields: { ...item } },
      children: item.children === undefined ? [] : [...item.children],
    }));
    const recycled = [...this.#recycled];
    return () => {
      for (const item of this.#items.values()) {
        item.removed = true;
        item.changeSeq = -1;
      }
      this.#items.clear();
      this.#recycled.clear();
      for (const [key, item] of recycled) this.#recycled.set(key, item);
      for (const { key, item, fields, children } of items) {
        Object.assign(item, fields);
        this.#items.set(key, item);
        item.children?.clear();
        for (const [name, child] of children) item.children?.set(name, child);
      }
    };
  }

  quota(): Quota {
    return this.#space.quota();
  }

  setQuotaTotal(totalBytes: number): void {
    this.#space.totalBytes = totalBytes;
  }

  createFolder(
    parent: SimulatedItem,
    name: string,
    options: WriteOptions = {},
    kind: ItemKind = 'folder',
  ): SimulatedItem {
    const taken = this.#occupant(parent, name);
    if (taken !== undefined && options.onConflict === 'replace' && taken.kind === 'folder') return taken;
    if (taken !== undefined && options.onConflict !== 'rename') throw nameAlreadyExists();
    const unusedName = taken === undefined ? name : freeName(parent, name);
    this.#checkPlace(parent, unusedName, 'folder');
    const folder = this.#newItem(parent, unusedName, kind, options.times);
    this.#changed(folder, 'content');
    return folder;
  }

  /** Creates the file, or treats an existing one as `onConflict` says (default `replace`). */
  writeFile(
    parent: SimulatedItem,
    name: string,
    content: Content,
    options: WriteOptions = {},
  ): { readonly item: SimulatedItem; readonly effect: 'created' | 'replaced' } {
    const taken = this.#occupant(parent, name);
    const onConflict = options.onConflict ?? 'replace';
    if (taken !== undefined && onConflict === 'replace') {
      return { item: this.replaceContent(taken, content, options), effect: 'replaced' };
    }
    if (taken !== undefined && onConflict === 'fail') throw nameAlreadyExists();
    const unusedName = taken === undefined ? name : freeName(parent, name);
    this.#checkPlace(parent, unusedName, 'file');
    this.#space.check(content.sizeBytes);
    const file = this.#newItem(parent, unusedName, 'file', options.times);
    this.#setContent(file, content);
    this.#changed(file, 'content');
    return { item: file, effect: 'created' };
  }

  replaceContent(file: SimulatedItem, content: Content, options: WriteOptions = {}): SimulatedItem {
    this.checkTag(file, options.ifMatch);
    if (file.kind !== 'file') throw nameAlreadyExists();
    this.#space.check(content.sizeBytes);
    this.#addVersion(file);
    this.#setContent(file, content);
    file.clientModifiedAtMs = options.times?.modifiedAtMs ?? this.#now();
    file.clientCreatedAtMs = options.times?.createdAtMs ?? file.clientCreatedAtMs;
    this.#changed(file, 'content');
    return file;
  }

  /** Rename, move or set times. Without new times a rename or move resets the client time, as the service does. */
  update(item: SimulatedItem, update: ItemUpdate, ifMatch?: string): SimulatedItem {
    this.checkTag(item, ifMatch);
    if (item === this.root) throw new Refusal(403, 'accessDenied', 'The root cannot be changed');
    const parent = update.parent ?? item.parent ?? this.root;
    const name = update.name ?? item.name;
    const isRelocated = parent !== item.parent || name !== item.name;
    if (isRelocated) this.#relocate(item, parent, name);
    if (isRelocated || update.times !== undefined) {
      item.clientModifiedAtMs =
        update.times?.modifiedAtMs ?? (isRelocated ? this.#now() : item.clientModifiedAtMs);
      item.clientCreatedAtMs = update.times?.createdAtMs ?? item.clientCreatedAtMs;
    }
    // On SharePoint a change of properties is a version of its own and counts against the quota.
    if (isSharePoint(this.flavour) && item.kind === 'file' && update.times !== undefined)
      this.#addVersion(item);
    this.#changed(item, 'properties');
    return item;
  }

  /** A shortcut to an item of another drive; its content stays there. */
  createPointer(parent: SimulatedItem, name: string, target: PointerTarget): SimulatedItem {
    if (this.#occupant(parent, name) !== undefined) throw nameAlreadyExists();
    this.#checkPlace(parent, name, 'folder');
    const pointer = this.#newItem(parent, name, 'pointer', undefined, undefined, target);
    this.#changed(pointer, 'content');
    return pointer;
  }

  mark(item: SimulatedItem, mark: ItemMark | undefined): void {
    item.mark = mark;
    this.#changed(item, 'properties');
  }

  /** Changes nothing but the eTag: what property promotion and new upload sessions do behind the client's back. */
  bumpTag(item: SimulatedItem): void {
    this.#changed(item, 'properties');
  }

  remove(item: SimulatedItem, ifMatch?: string): void {
    this.checkTag(item, ifMatch);
    const parent = item.parent;
    if (parent === undefined) throw new Refusal(403, 'accessDenied', 'The root cannot be deleted');
    parent.children?.delete(item.name.toLowerCase());
    this.#addToSizes(parent, -item.sizeBytes);
    for (const gone of this.items(item)) {
      this.#items.delete(this.#key(gone.id));
      gone.removed = true;
      this.#space.recycle(gone);
    }
    this.#recycled.set(this.#key(item.id), item);
    this.#changed(item, 'content');
    for (const gone of this.items(item)) if (gone !== item) this.feed.touch(gone);
  }

  /** What SharePoint does to Office files after an upload: other bytes, same client time. */
  rewrite(file: SimulatedItem, content: Content): void {
    this.#setContent(file, content);
    file.commits -= 1;
    this.#changed(file, 'content');
  }

  /** The recycle bin, oldest first. */
  recycled(): readonly SimulatedItem[] {
    return [...this.#recycled.values()];
  }

  /**
   * Puts a removed item back, with its old id, to where it was or to another place. A taken name is refused, or made another
   * one (`rename`).
   */
  restore(id: string, { onConflict = 'rename', ...to }: RestoreOptions = {}): SimulatedItem {
    const item = this.#recycled.get(this.#key(id));
    const parent = to.parent ?? item?.parent;
    if (item === undefined || parent === undefined || parent.removed) throw itemNotFound();
    const name = to.name ?? item.name;
    const isTaken = this.#occupant(parent, name) !== undefined;
    if (isTaken && onConflict === 'fail') throw nameAlreadyExists();
    item.parent = parent;
    item.name = isTaken ? freeName(parent, name) : name;
    this.#recycled.delete(this.#key(id));
    parent.children?.set(item.name.toLowerCase(), item);
    this.#addToSizes(parent, item.sizeBytes);
    for (const back of this.items(item)) {
      this.#items.set(this.#key(back.id), back);
      back.removed = false;
      this.#space.restore(back);
    }
    this.#changed(item, 'content');
    for (const back of this.items(item)) if (back !== item) this.feed.touch(back);
    return item;
  }

  /** Empties one place of the recycle bin. */
  purge(id: string): void {
    const item = this.#recycled.get(this.#key(id));
    if (item === undefined) throw itemNotFound();
    this.#recycled.delete(this.#key(id));
    for (const gone of this.items(item)) this.#space.purge(gone);
  }

  /** @throws Refusal 423 for a locked item, 412 when `ifMatch` is given and fits neither tag. */
  checkTag(item: SimulatedItem, ifMatch: string | undefined): void {
    if (item.mark?.locked === true) throw locked();
    if (ifMatch !== undefined && !tagFits(ifMatch, item, this.flavour)) throw tagMismatch();
  }

  /** Personal item ids are compared without regard to case: the service itself is not consistent. */
  #key(id: string): string {
    return this.flavour === 'personal' ? id.toLowerCase() : id;
  }

  #newItem(
    parent: SimulatedItem | undefined,
    name: string,
    kind: ItemKind,
    times?: ClientTimes,
    rootId?: string,
    pointsTo?: PointerTarget,
  ): SimulatedItem {
    const issued = this.#ids.next();
    const now = this.#now();
    const item = newItem(
      { id: rootId ?? issued.id, guid: issued.guid, kind, name, parent, times, pointsTo },
      now,
    );
    this.#items.set(this.#key(item.id), item);
    parent?.children?.set(name.toLowerCase(), item);
    if (parent === undefined) this.feed.touch(item);
    return item;
  }

  #occupant(parent: SimulatedItem, name: string): SimulatedItem | undefined {
    if (parent.removed) throw itemNotFound();
    if (parent.children === undefined) throw invalidRequest('The parent is not a folder');
    return parent.children.get(name.toLowerCase());
  }

  #checkPlace(parent: SimulatedItem, name: string, kind: 'file' | 'folder'): void {
    checkName(name, this.flavour, parent === this.root ? 'atRoot' : 'below', kind);
    let length = name.length;
    for (let current = parent; current.parent !== undefined; current = current.parent)
      length += current.name.length + 1;
    checkPathLength(length, this.flavour);
  }

  #relocate(item: SimulatedItem, parent: SimulatedItem, name: string): void {
    const taken = this.#occupant(parent, name);
    if (taken !== undefined && taken !== item) throw nameAlreadyExists();
    if (isInside(parent, item)) throw invalidRequest('A folder cannot be moved into itself');
    this.#checkPlace(parent, name, item.kind === 'file' ? 'file' : 'folder');
    item.parent?.children?.delete(item.name.toLowerCase());
    if (item.parent !== undefined) this.#addToSizes(item.parent, -item.sizeBytes);
    item.parent = parent;
    item.name = name;
    parent.children?.set(name.toLowerCase(), item);
    this.#addToSizes(parent, item.sizeBytes);
  }

  #setContent(file: SimulatedItem, content: Content): void {
    const growth = content.sizeBytes - file.sizeBytes;
    this.#space.use(growth);
    file.sizeBytes = content.sizeBytes;
    file.content = content;
    file.commits += 1;
    if (file.parent !== undefined) this.#addToSizes(file.parent, growth);
  }

  #addVersion(file: SimulatedItem): void {
    if (file.content !== undefined) {
      const { content, versions: number, modifiedAtMs } = file;
      file.older = [...file.older.slice(1 - olderVersionsMax), { number, content, modifiedAtMs }];
    }
    file.versions += 1;
    file.olderVersionsBytes += file.sizeBytes;
    this.#space.use(file.sizeBytes);
  }

  #addToSizes(folder: SimulatedItem, growth: number): void {
    if (growth === 0) return;
    for (let current: SimulatedItem | undefined = folder; current !== undefined; current = current.parent) {
      current.sizeBytes += growth;
    }
  }

  #changed(item: SimulatedItem, what: 'content' | 'properties'): void {
    item.modifiedAtMs = this.#now();
    item.eTagVersion += 1;
    if (what === 'content') item.cTagVersion += 1;
    for (let folder = item.parent; folder !== undefined; folder = folder.parent) {
      folder.cTagVersion += 1;
      folder.modifiedAtMs = item.modifiedAtMs;
    }
    this.feed.touch(item);
    this.onChange(item);
  }
}
