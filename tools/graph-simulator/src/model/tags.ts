import { isSharePoint, type Flavour } from './flavour.ts';
import { hyphenated } from './item-ids.ts';
import type { SimulatedItem } from './simulated-item.ts';

/** Metadata-and-content tag. On SharePoint the quotes are part of the value; a personal drive shows base64 text. */
export function eTagOf(item: SimulatedItem, flavour: Flavour): string {
  if (isSharePoint(flavour)) return `"{${hyphenated(item.guid).toUpperCase()}},${item.eTagVersion}"`;
  return Buffer.from(`iD!${item.id}!${item.eTagVersion}.0`).toString('base64url');
}

/** Content tag; of a folder it moves with any descendant. */
export function cTagOf(item: SimulatedItem, flavour: Flavour): string {
  if (isSharePoint(flavour)) return `"c:{${hyphenated(item.guid).toUpperCase()}},${item.cTagVersion}"`;
  return Buffer.from(`iC!${item.id}!${item.cTagVersion}.1`).toString('base64url');
}

/** Either tag may stand in `If-Match` and `If-None-Match`; `*` fits whatever exists. */
export function tagFits(given: string, item: SimulatedItem, flavour: Flavour): boolean {
  return given
    .split(/,\s*(?=["a-zA-Z*])/)
    .some((tag) => tag === '*' || tag === eTagOf(item, flavour) || tag === cTagOf(item, flavour));
}
