import type { ItemKind, PointerTarget, SimulatedItem } from './simulated-item.ts';

/** Client times, milliseconds since 1970; what is missing becomes the time of the change. */
export type ClientTimes = {
  readonly createdAtMs?: number | undefined;
  readonly modifiedAtMs?: number | undefined;
};

export type NewItem = {
  readonly id: string;
  readonly guid: string;
  readonly kind: ItemKind;
  readonly name: string;
  readonly parent: SimulatedItem | undefined;
  readonly times: ClientTimes | undefined;
  readonly pointsTo: PointerTarget | undefined;
};

/** An item as it is before its first change: every member is there from the start, so all items have one shape. */
export function newItem(wanted: NewItem, nowMs: number): SimulatedItem {
  const { id, guid, kind, name, parent, times, pointsTo } = wanted;
  return {
    id,
    guid,
    kind,
    name,
    parent,
    children: kind === 'folder' || kind === 'package' ? new Map() : undefined,
    content: undefined,
    sizeBytes: 0,
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
    clientCreatedAtMs: times?.createdAtMs ?? times?.modifiedAtMs ?? nowMs,
    clientModifiedAtMs: times?.modifiedAtMs ?? nowMs,
    eTagVersion: 0,
    cTagVersion: 0,
    changeSeq: 0,
    changedAtMs: nowMs,
    versions: 1,
    older: [],
    olderVersionsBytes: 0,
    commits: 0,
    removed: false,
    mark: undefined,
    pointsTo,
  };
}
