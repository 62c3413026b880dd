import type { DriveModel } from '../model/drive-model.ts';
import { driveTypeOf, isSharePoint, type Flavour } from '../model/flavour.ts';
import { pathSegments, type PointerTarget, type SimulatedItem } from '../model/simulated-item.ts';
import { cTagOf, eTagOf } from '../model/tags.ts';
import type { Owner } from '../model/sharing.ts';
import type { World } from '../server/world.ts';
import type { LinkOrigin } from '../transfer/links.ts';

/** `delta` rows leave out what the documentation's tables say the feed leaves out. */
export type ItemView = {
  readonly world: World;
  readonly drive: DriveModel;
  readonly at: LinkOrigin;
  /** Names from `$select`; undefined = everything. */
  readonly select: ReadonlySet<string> | undefined;
  readonly form: 'item' | 'delta';
  /** Paths of folders met so far in this answer. */
  readonly paths: Map<SimulatedItem, string>;
};

export type ItemJson = Record<string, unknown>;

/** A driveItem as Graph shows it. */
export function driveItemJson(view: ItemView, item: SimulatedItem): ItemJson {
  const { drive, select, world } = view;
  const { flavour } = drive;
  const wants = (name: string): boolean => select === undefined || select.has(name);
  const isDelta = view.form === 'delta';
  const json: ItemJson = {};
  const url = wantedDownloadUrl(view, item);
  if (url !== undefined) json['@microsoft.graph.downloadUrl'] = url;
  if (wants('createdDateTime')) json['createdDateTime'] = timeText(item.createdAtMs, flavour);
  if (wants('eTag')) json['eTag'] = eTagOf(item, flavour);
  json['id'] = item.id;
  if (wants('lastModifiedDateTime')) json['lastModifiedDateTime'] = timeText(item.modifiedAtMs, flavour);
  if (wants('name')) json['name'] = item.name;
  if (wants('webUrl')) json['webUrl'] = webUrlOf(drive, item);
  const tagless = isSharePoint(flavour) && (isDelta || item.kind !== 'file');
  if (wants('cTag') && !tagless) json['cTag'] = cTagOf(item, flavour);
  if (wants('size')) json['size'] = item.sizeBytes;
  const person = drive.owner === undefined ? personOf(world) : ownerJson(drive.owner);
  if (wants('createdBy')) json['createdBy'] = person;
  if (wants('lastModifiedBy')) json['lastModifiedBy'] = person;
  if (wants('parentReference')) json['parentReference'] = parentReference(view, item);
  if (wants('fileSystemInfo')) {
    json['fileSystemInfo'] = {
      createdDateTime: timeText(item.clientCreatedAtMs, flavour),
      lastModifiedDateTime: timeText(item.clientModifiedAtMs, flavour),
    };
  }
  if (item.kind === 'file' && wants('file')) json['file'] = fileFacet(view, item);
  if (item.kind === 'folder' && wants('folder')) json['folder'] = folderFacet(view, item);
  if (item.kind === 'package' && wants('package')) json['package'] = { type: 'oneNote' };
  if (item.mark?.malware === true && wants('malware')) json['malware'] = { description: 'Virus' };
  if (item.pointsTo !== undefined && wants('remoteItem')) json['remoteItem'] = remoteItem(item.pointsTo);
  if (wants('shared') && drive.sharing.shared()?.includes(item) === true)
    json['shared'] = { scope: 'users', owner: person };
  if (item.parent === undefined && wants('root')) json['root'] = {};
  return json;
}

/** A removed item in the feed: SharePoint leaves out name and cTag, a personal drive cTag and size. */
export function tombstoneJson(view: ItemView, item: SimulatedItem): ItemJson {
  const json = driveItemJson({ ...view, select: undefined }, item);
  delete json['@microsoft.graph.downloadUrl'];
  delete json['cTag'];
  delete json['webUrl'];
  if (isSharePoint(view.drive.flavour)) delete json['name'];
  else delete json['size'];
  if (json['file'] !== undefined) json['file'] = {};
  return { ...json, deleted: { state: 'deleted' } };
}

/** SharePoint shows whole seconds, a personal drive up to milliseconds without trailing zeros. */
export function timeText(timeMs: number, flavour: Flavour): string {
  const text = new Date(timeMs).toISOString();
  if (isSharePoint(flavour) || timeMs % 1000 === 0) return `${text.slice(0, 19)}Z`;
  return text.replace(/0+Z$/, 'Z');
}

function wantedDownloadUrl(view: ItemView, item: SimulatedItem): string | undefined {
  const { select, world } = view;
  if (item.kind !== 'file' || world.settings.downloadUrlSelect === 'neither') return undefined;
  const isSelected =
    select === undefined ||
    select.has('content.downloadUrl') ||
    (select.has('@microsoft.graph.downloadUrl') && world.settings.downloadUrlSelect === 'both');
  return isSelected ? world.links.downloadUrl(view.drive, item, view.at) : undefined;
}

function parentReference(view: ItemView, item: SimulatedItem): ItemJson {
  const { drive, world } = view;
  const reference: ItemJson = { driveId: shownDriveId(view), driveType: driveTypeOf(drive.flavour) };
  const { parent } = item;
  // What is above a share is not told.
  if (parent !== undefined && drive.sharing.roleAt(parent) !== null) {
    reference['id'] = parent.id;
    if (view.form === 'item') reference['name'] = parent.name;
    if (view.form === 'item' || world.settings.deltaPaths === 'present')
      reference['path'] = pathOf(view, parent);
  }
  if (isSharePoint(drive.flavour))
    reference['siteId'] = world.sites[0]?.id.split(',')[1] ?? world.account.tenantId;
  return reference;
}

/** Personal drive ids have no reliable form in answers (onedrive-api-docs issue 1902, peer issues 3072 and 3336). */
function shownDriveId({ drive, world }: ItemView): string {
  const form = drive.flavour === 'personal' ? world.settings.driveIdForm : 'stable';
  if (form === 'mixed' && world.random.fraction() < 0.5) return drive.driveId.toUpperCase();
  return form === 'shortened' ? drive.driveId.replace(/^0/, '') : drive.driveId;
}

/** The owner's item as a shortcut to it shows it. */
function remoteItem({ driveId, driveType, item }: PointerTarget): ItemJson {
  const facet = item.kind === 'file' ? { file: {} } : { folder: { childCount: item.children?.size ?? 0 } };
  const parentReference = {
    driveId,
    driveType,
    ...(item.parent === undefined ? {} : { id: item.parent.id }),
  };
  return { id: item.id, name: item.name, size: item.sizeBytes, ...facet, parentReference };
}

/** Percent-encoded, `/drives/{id}/root:/a/b`. Siblings share the work. */
function pathOf(view: ItemView, folder: SimulatedItem): string {
  const known = view.paths.get(folder);
  if (known !== undefined) return known;
  const names = pathSegments(folder).map(encodeURIComponent);
  const path = [`/drives/${view.drive.driveId}/root:`, ...names].join('/');
  view.paths.set(folder, path);
  return path;
}

function fileFacet(view: ItemView, item: SimulatedItem): ItemJson {
  const facet: ItemJson = { mimeType: mimeTypeOf(item.name) };
  // A zero-byte file has no hash on the live service.
  const { settings, now } = view.world;
  const isHashed = settings.fileHashes === 'present' && now() >= item.changedAtMs + settings.hashDelayMs;
  if (item.content !== undefined && item.sizeBytes > 0 && isHashed) {
    facet['hashes'] = { quickXorHash: item.content.quickXorHash() };
  }
  return facet;
}

function folderFacet(view: ItemView, item: SimulatedItem): ItemJson {
  // A personal drive's feed always says zero (microsoft-graph-docs issue 19306).
  const isHidden = view.form === 'delta' && view.drive.flavour === 'personal';
  return { childCount: isHidden ? 0 : (item.children?.size ?? 0) };
}

/** The owner of a drive that is shared with the account. */
export const ownerJson = ({ email, displayName }: Owner): ItemJson => ({ user: { email, displayName } });

const people = new WeakMap<World, ItemJson>();

function personOf(world: World): ItemJson {
  let person = people.get(world);
  if (person === undefined) {
    const { account } = world;
    person = {
      application: { id: '00000000-0000-4000-8000-000000000001', displayName: 'Simulated application' },
      user: { email: account.userPrincipalName, id: account.id, displayName: account.displayName },
    };
    people.set(world, person);
  }
  return person;
}

function webUrlOf(drive: DriveModel, item: SimulatedItem): string {
  if (drive.flavour === 'personal') {
    return `https://onedrive.live.com?cid=${drive.driveId}&id=${encodeURIComponent(item.id)}`;
  }
  const path = pathSegments(item).map(encodeURIComponent).join('/');
  return `https://contoso-my.sharepoint.com/personal/user_contoso_com/Documents/${path}`;
}

const mimeTypes: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  md: 'text/markdown',
  html: 'text/html',
  json: 'application/json',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  zip: 'application/zip',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  one: 'application/msonenote',
};

function mimeTypeOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return mimeTypes[name.slice(dot + 1).toLowerCase()] ?? 'application/octet-stream';
}
