import type { DriveModel } from '../model/drive-model.ts';
import { invalidRequest, itemNotFound, Refusal } from '../model/refusal.ts';
import type { SimulatedItem } from '../model/simulated-item.ts';
import type { World } from '../server/world.ts';

/** A drive, and what follows it in the path (starting with a slash, or empty). */
export type DrivePath = { readonly drive: DriveModel; readonly rest: string };

/** An item address: a base item, decoded names below it, and the action after it (without slash, or empty). */
export type ItemPath = {
  readonly base: SimulatedItem;
  readonly segments: readonly string[];
  readonly action: string;
};

const drivePath = /^\/(?:me\/drive|users\/[^/]+\/drive|drives\/([^/:]+)|sites\/([^/]+)\/drive)(?=$|\/)/;

/** Undefined when the path does not lead into a drive. @throws Refusal 404 for an unknown drive. */
export function parseDrivePath(world: World, path: string): DrivePath | undefined {
  const match = drivePath.exec(path);
  if (match === null) return undefined;
  return { drive: driveOf(world, match[1], match[2]), rest: path.slice(match[0].length) };
}

function driveOf(world: World, driveId: string | undefined, siteId: string | undefined): DriveModel {
  if (driveId !== undefined) {
    const decoded = decodeSegment(driveId);
    // A personal id of fifteen characters lost its leading zero somewhere; the service refuses it as it is.
    const drive = world.drives.get(decoded.toLowerCase());
    const isExact = drive?.flavour === 'personal' || drive?.driveId === decoded;
    if (drive !== undefined && isExact) return drive;
    throw new Refusal(404, 'itemNotFound', 'The drive was not found');
  }
  if (siteId === undefined) return world.ownDrive;
  const site = world.sites.find(({ id }) => id === decodeSegment(siteId));
  const drive = site?.drives[0];
  if (drive === undefined) throw itemNotFound();
  return drive;
}

/** Undefined when `rest` is no item address (`/root…`, `/items/{id}…`, `/special/{name}…`). */
export function parseItemPath(drive: DriveModel, rest: string): ItemPath | undefined {
  const match = /^\/(?:root|items\/([^/:]+)|special\/([^/:]+))(?=$|[/:])/.exec(rest);
  if (match === null) return undefined;
  const after = rest.slice(match[0].length);
  if (match[2] !== undefined) return atSpecialFolder(drive, decodeSegment(match[2]), after);
  const base = match[1] === undefined ? drive.root : drive.get(decodeSegment(match[1]));
  if (!after.startsWith(':')) return { base, segments: [], action: trimSlashes(after) };
  const second = after.indexOf(':', 1);
  const path = second < 0 ? after.slice(1) : after.slice(1, second);
  const action = second < 0 ? '' : trimSlashes(after.slice(second + 1));
  const segments = trimSlashes(path).split('/').map(decodeSegment);
  if (segments.includes(''))
    throw invalidRequest('The resource path is empty or has an empty segment', 'invalidPath');
  return { base, segments, action };
}

/** @throws Refusal 404 */
export function itemAt(drive: DriveModel, path: ItemPath): SimulatedItem {
  const item = drive.findByPath(path.segments, path.base);
  if (item === undefined) throw itemNotFound();
  return item;
}

/** The folder a new item goes to; missing folders in between are created, as the service does on uploads. */
export function folderFor(drive: DriveModel, path: ItemPath): SimulatedItem {
  let folder = path.base;
  for (const name of path.segments.slice(0, -1)) {
    folder = folder.children?.get(name.toLowerCase()) ?? drive.createFolder(folder, name);
  }
  return folder;
}

export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidRequest('The path is not percent-encoded correctly', 'invalidPath');
  }
}

const specialFolders: Readonly<Record<string, string>> = {
  documents: 'Documents',
  photos: 'Pictures',
  cameraroll: 'Camera Roll',
  approot: 'Apps',
  music: 'Music',
  desktop: 'Desktop',
};

function atSpecialFolder(drive: DriveModel, name: string, after: string): ItemPath {
  const folderName = specialFolders[name.toLowerCase()];
  if (folderName === undefined) throw itemNotFound();
  const base = drive.findByPath([folderName]) ?? drive.createFolder(drive.root, folderName);
  return { base, segments: [], action: trimSlashes(after) };
}

function trimSlashes(text: string): string {
  return text.replace(/^\/+|\/+$/g, '');
}
