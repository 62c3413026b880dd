import { generatedContent, heldContent, wholeContent, type Content } from '../model/content.ts';
import type { DriveModel } from '../model/drive-model.ts';
import type { ClientTimes } from '../model/new-item.ts';
import { fingerprint } from '../model/random.ts';
import { invalidRequest, itemNotFound } from '../model/refusal.ts';
import type { Role } from '../model/sharing.ts';
import { pathOf, type ItemKind, type SimulatedItem } from '../model/simulated-item.ts';
import { driveTypeOf } from '../model/flavour.ts';
import { rewriteLikeSharePoint } from '../transfer/after-commit.ts';
import { cTagOf, eTagOf } from '../model/tags.ts';

/** What a file holds: text, bytes in base64, or `sizeBytes` repeatable bytes made from `seed`. */
export type ContentSpec =
  string | Uint8Array | { readonly base64: string } | { readonly sizeBytes: number; readonly seed?: number };

export type MarkSpec = {
  readonly malware?: boolean;
  readonly locked?: boolean;
  readonly download?: ContentSpec;
};

/** A folder when `content` is missing. `path` starts at the root: `/a/b.txt`. */
export type ItemSpec = {
  readonly path: string;
  readonly content?: ContentSpec;
  readonly kind?: 'file' | 'folder' | 'package';
  /** RFC 3339. */
  readonly modifiedAt?: string;
};

export type DumpedItem = {
  readonly path: string;
  readonly id: string;
  readonly kind: ItemKind;
  readonly sizeBytes: number;
  readonly quickXorHash: string | undefined;
  /** Client time, RFC 3339 with milliseconds. */
  readonly modifiedAt: string;
  readonly eTag: string;
  readonly cTag: string;
  readonly versions: number;
  readonly commits: number;
};

/** The hands of another device on one drive. Every method throws a Refusal when the drive says no. */
export type DriveOperations = {
  readonly driveId: string;
  readonly rootId: string;
  readonly model: DriveModel;
  /** Creates folders in between; replaces what exists. */
  readonly seed: (specs: readonly ItemSpec[]) => readonly DumpedItem[];
  readonly create: (path: string, content?: ContentSpec, modifiedAt?: string) => DumpedItem;
  readonly modify: (path: string, content: ContentSpec, modifiedAt?: string) => DumpedItem;
  readonly setModifiedAt: (path: string, modifiedAt: string) => DumpedItem;
  readonly rename: (path: string, name: string) => DumpedItem;
  /** `to` is the new whole path. */
  readonly move: (path: string, to: string) => DumpedItem;
  readonly remove: (path: string) => void;
  readonly restore: (id: string) => DumpedItem;
  /** The drive as it is now can be put back later (`goBack`), as a provider does from a backup. Returns the moment. */
  readonly remember: () => number;
  /** Items are as they were then, under the ids and tags of then, and what came since was never there. */
  readonly goBack: (moment: number) => void;
  /** A shortcut here to an item of another drive. */
  readonly addPointer: (path: string, target: DriveOperations, targetPath: string) => DumpedItem;
  /** The owner lets the account see the item and what is below it, and from then on nothing that is not shared so. */
  readonly share: (path: string, role: Role) => void;
  /** The owner takes that back. */
  readonly unshare: (path: string) => void;
  /** Makes an item infected, locked, or different when downloaded; without a mark it is plain again. */
  readonly mark: (path: string, mark?: MarkSpec) => DumpedItem;
  /** A new eTag and nothing else, as after property promotion. */
  readonly bumpTag: (path: string) => DumpedItem;
  /** Other bytes under the same client time, as SharePoint does to Office files. */
  readonly rewrite: (path: string) => DumpedItem;
  /** Undefined when nothing is there. */
  readonly stat: (path: string) => DumpedItem | undefined;
  readonly read: (path: string) => Buffer;
  readonly dump: () => readonly DumpedItem[];
  readonly recycled: () => readonly DumpedItem[];
};

/** Large generated contents of the same size and seed are one, so that they are hashed once. */
const sharedContentMinBytes = 65_536;

export function createDriveOperations(drive: DriveModel): DriveOperations {
  const generated = new Map<string, Content>();
  const contentOf = (spec: ContentSpec, path: string): Content => {
    if (typeof spec === 'string') return heldContent([Buffer.from(spec)]);
    if (spec instanceof Uint8Array) return heldContent([Uint8Array.from(spec)]);
    if ('base64' in spec) return heldContent([Buffer.from(spec.base64, 'base64')]);
    const seed = spec.seed ?? fingerprint(path);
    if (spec.sizeBytes < sharedContentMinBytes) return generatedContent(spec.sizeBytes, seed);
    const key = `${spec.sizeBytes};${seed}`;
    const known = generated.get(key) ?? generatedContent(spec.sizeBytes, seed);
    generated.set(key, known);
    return known;
  };
  const show = (item: SimulatedItem): DumpedItem => dumped(drive, item);
  const at = (path: string): SimulatedItem => {
    const item = drive.findByPath(segmentsOf(path));
    if (item === undefined) throw itemNotFound();
    return item;
  };
  const folderAt = (segments: readonly string[]): SimulatedItem => {
    let folder = drive.root;
    for (const name of segments)
      folder = folder.children?.get(name.toLowerCase()) ?? drive.createFolder(folder, name);
    return folder;
  };
  const write = (path: string, content: ContentSpec, modifiedAt?: string): SimulatedItem => {
    const segments = segmentsOf(path);
    const name = segments.at(-1) ?? '';
    const options = { times: timesFrom(modifiedAt) };
    return drive.writeFile(folderAt(segments.slice(0, -1)), name, contentOf(content, path), options).item;
  };
  const create = (spec: ItemSpec): SimulatedItem => {
    if (spec.content !== undefined) return write(spec.path, spec.content, spec.modifiedAt);
    if (spec.kind === 'file') return write(spec.path, '', spec.modifiedAt);
    const segments = segmentsOf(spec.path);
    const existing = drive.findByPath(segments);
    if (existing !== undefined) return existing;
    const options = { times: timesFrom(spec.modifiedAt) };
    return drive.createFolder(folderAt(segments.slice(0, -1)), segments.at(-1) ?? '', options, spec.kind);
  };
  const moments: (() => void)[] = [];
  return {
    driveId: drive.driveId,
    rootId: drive.root.id,
    model: drive,
    seed: (specs) => specs.map((spec) => show(create(spec))),
    create: (path, content, modifiedAt) =>
      show(
        create({
          path,
          ...(content === undefined ? {} : { content }),
          ...(modifiedAt === undefined ? {} : { modifiedAt }),
        }),
      ),
    modify: (path, content, modifiedAt) =>
      show(drive.replaceContent(at(path), contentOf(content, path), { times: timesFrom(modifiedAt) })),
    setModifiedAt: (path, modifiedAt) => show(drive.update(at(path), { times: timesFrom(modifiedAt) })),
    rename: (path, name) => {
      const item = at(path);
      return show(drive.update(item, { name, times: { modifiedAtMs: item.clientModifiedAtMs } }));
    },
    move: (path, to) => {
      const item = at(path);
      const segments = segmentsOf(to);
      const parent = folderAt(segments.slice(0, -1));
      const times = { modifiedAtMs: item.clientModifiedAtMs };
      return show(drive.update(item, { parent, name: segments.at(-1), times }));
    },
    remove: (path) => drive.remove(at(path)),
    restore: (id) => show(drive.restore(id)),
    remember: () => moments.push(drive.remember()) - 1,
    goBack: (moment) => {
      const putBack = moments[moment];
      if (putBack === undefined) throw itemNotFound();
      putBack();
    },
    addPointer: (path, target, targetPath) => {
      const item = target.model.findByPath(segmentsOf(targetPath));
      if (item === undefined) throw itemNotFound();
      const segments = segmentsOf(path);
      const to = { driveId: target.driveId, driveType: driveTypeOf(target.model.flavour), item };
      return show(drive.createPointer(folderAt(segments.slice(0, -1)), segments.at(-1) ?? '', to));
    },
    share: (path, role) => drive.sharing.share(at(path), role),
    unshare: (path) => drive.sharing.unshare(at(path)),
    mark: (path, mark) => {
      const item = at(path);
      const { download, ...flags } = mark ?? {};
      drive.mark(item, download === undefined ? flags : { ...flags, download: contentOf(download, path) });
      return show(item);
    },
    bumpTag: (path) => {
      const item = at(path);
      drive.bumpTag(item);
      return show(item);
    },
    rewrite: (path) => {
      const item = at(path);
      rewriteLikeSharePoint(drive, item);
      return show(item);
    },
    stat: (path) => {
      const item = drive.findByPath(segmentsOf(path));
      return item === undefined ? undefined : show(item);
    },
    read: (path) => {
      const { content } = at(path);
      if (content === undefined) throw invalidRequest('The item has no content');
      return wholeContent(content);
    },
    dump: () => [...drive.items()].filter((item) => item !== drive.root).map(show),
    recycled: () => drive.recycled().map(show),
  };
}

function dumped(drive: DriveModel, item: SimulatedItem): DumpedItem {
  return {
    path: pathOf(item),
    id: item.id,
    kind: item.kind,
    sizeBytes: item.sizeBytes,
    quickXorHash: item.content?.quickXorHash(),
    modifiedAt: new Date(item.clientModifiedAtMs).toISOString(),
    eTag: eTagOf(item, drive.flavour),
    cTag: cTagOf(item, drive.flavour),
    versions: item.versions,
    commits: item.commits,
  };
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function timesFrom(modifiedAt: string | undefined): ClientTimes | undefined {
  if (modifiedAt === undefined) return undefined;
  const modifiedAtMs = Date.parse(modifiedAt);
  if (Number.isNaN(modifiedAtMs)) throw invalidRequest(`'${modifiedAt}' is not a date`);
  return { modifiedAtMs };
}
