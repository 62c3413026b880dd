import { heldContent } from '../model/content.ts';
import type { DriveModel } from '../model/drive-model.ts';
import { isSharePoint } from '../model/flavour.ts';
import { pathOf, type SimulatedItem } from '../model/simulated-item.ts';
import type { World } from '../server/world.ts';

const rewritten = /\.(?:docx|xlsx|pptx|pdf|html?)$/i;

/** Counts a committed upload, and plays SharePoint's rewriting of some files (onedrive-api-docs issue 935). */
export function afterCommit(world: World, drive: DriveModel, item: SimulatedItem): void {
  world.counters.countCommit(item.id);
  const isRewritten = world.settings.uploadRewrite === 'office' && isSharePoint(drive.flavour);
  const isOther = world.lies.tell('otherBytesStored', pathOf(item)) !== undefined;
  if (isOther || (isRewritten && rewritten.test(item.name))) rewriteLikeSharePoint(drive, item);
}

/** Adds a few bytes of properties, which changes size, hash and tags but not the client time. */
export function rewriteLikeSharePoint(drive: DriveModel, item: SimulatedItem): void {
  if (item.content === undefined) return;
  const pieces = [...item.content.slices(0, item.content.sizeBytes)];
  const properties = Buffer.from(`<!-- properties promoted, version ${item.eTagVersion} -->`);
  drive.rewrite(item, heldContent([...pieces, properties]));
}
