/**
 * What a part of the log did to each item: as it was agreed before, and after. Any number of decisions about an item make one
 * change, so that undoing them needs no reading of single decisions.
 */
import type {
  Command,
  CommandId,
  DriveItemId,
  ExpectedLocal,
  ItemId,
  Kind,
  RecordedEvent,
} from '@tidemark/contracts';
import type { Item, Trees } from '@tidemark/trees';
import { isAtRest, pathOf } from '@tidemark/trees';
import type { RulesFor } from '../../fold/evolve.ts';
import { evolve } from '../../fold/evolve.ts';
import type { State } from '../../fold/state.ts';

/** An item as both sides agreed on it. */
export interface AgreedItem {
  readonly parent: ItemId;
  readonly name: string;
  readonly path: string;
  readonly kind: Kind;
  readonly sizeBytes: number;
  /** That the content may have, on disk or on the drive. */
  readonly hashes: readonly string[];
  readonly modifiedAt: number;
  readonly driveItemId: DriveItemId | null;
  /** Of the folder that holds it. */
  readonly driveParentId: DriveItemId | null;
  readonly local: ExpectedLocal | null;
  readonly isAtRest: boolean;
}

export interface ItemChange {
  readonly item: ItemId;
  readonly before: AgreedItem | null;
  readonly after: AgreedItem | null;
  /** A conflict made it: it is the only name of a version that was never synced under another one. */
  readonly isKept: boolean;
  /** This client made it on the drive. */
  readonly isOurs: boolean;
  /** Paths that the item had meanwhile. */
  readonly paths: readonly string[];
}

/** Told of each event of the part in turn, and folds it. */
export class ItemChanges {
  readonly #state: State;
  readonly #rulesFor: RulesFor;
  readonly #before = new Map<ItemId, AgreedItem | null>();
  readonly #paths = new Map<ItemId, Set<string>>();
  readonly #kept = new Set<ItemId>();
  readonly #making = new Map<CommandId, Command>();
  readonly #ours = new Set<ItemId>();

  /** @param state as it was before the first of the events; it is folded on */
  constructor(state: State, rulesFor: RulesFor) {
    this.#state = state;
    this.#rulesFor = rulesFor;
  }

  take(recorded: RecordedEvent): void {
    const { trees } = this.#state;
    const { event, items } = recorded;
    for (const item of items) if (!this.#before.has(item)) this.#before.set(item, this.#agreed(item));
    if (event.type === 'Planned')
      for (const command of event.commands)
        if ('establishes' in command) {
          const known = this.#paths.get(command.item) ?? new Set();
          this.#paths.set(command.item, known.add(command.path));
          if (makesOnDrive(command)) this.#making.set(command.id, command);
        }
    evolve(this.#state, recorded, this.#rulesFor);
    if (event.type !== 'CommandSucceeded') return;
    const made = this.#making.get(event.command);
    // A folder may have been there already.
    if (made !== undefined && (made.type === 'UploadFile' || event.made === true)) this.#ours.add(made.item);
    if (event.kept === undefined) return;
    const item = trees.byLocalId.get(event.kept.id);
    if (item !== undefined) this.#kept.add(item);
  }

  #agreed(item: ItemId): AgreedItem | null {
    const { trees, contentFormats } = this.#state;
    return agreedItem(trees, trees.items.get(item), contentFormats.size > 0);
  }

  get changes(): readonly ItemChange[] {
    const changes: ItemChange[] = [];
    for (const [item, before] of this.#before) {
      const after = this.#agreed(item);
      if (isSame(before, after)) continue;
      const paths = [before?.path, after?.path, ...(this.#paths.get(item) ?? [])];
      changes.push({
        ...{ item, before, after, isKept: this.#kept.has(item), isOurs: this.#ours.has(item) },
        paths: [...new Set(paths.filter((path) => path !== undefined))],
      });
    }
    return changes;
  }
}

const makesOnDrive = (command: Command): boolean =>
  command.type === 'CreateRemoteFolder' || (command.type === 'UploadFile' && command.target.as === 'new');

/** Null when nothing is agreed on it. */
export function agreedItem(
  trees: Trees,
  item: Item | undefined,
  /** What a plugin made for the drive is no content to put back. */
  isChangedOnDrive = false,
): AgreedItem | null {
  const synced = item?.synced ?? null;
  if (item === undefined || synced === null) return null;
  const { parent, name, kind, sizeBytes, hash, remoteHash, localModifiedAt } = synced;
  const { local, remote } = item;
  return {
    ...{ parent, name, kind, sizeBytes, modifiedAt: localModifiedAt },
    path: pathOf(trees, item, 'synced') ?? name,
    hashes: kind === 'folder' ? [] : hashesOf(sizeBytes, hash, isChangedOnDrive ? null : remoteHash),
    driveItemId: remote?.id ?? null,
    driveParentId: trees.items.get(parent)?.remote?.id ?? null,
    local: local === null ? null : { id: local.id, stamp: local.stamp },
    isAtRest: isAtRest(item),
  };
}

const hashesOf = (sizeBytes: number, ...hashes: readonly (string | null)[]): readonly string[] =>
  sizeBytes === 0 ? [emptyHash] : [...new Set(hashes.filter((hash) => hash !== null))];

/** QuickXorHash of nothing. */
const emptyHash = 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=';

/** In place and content. Times alone are no change to undo. */
export function isSame(one: AgreedItem | null, other: AgreedItem | null): boolean {
  if (one === null || other === null) return one === other;
  return one.parent === other.parent && one.name === other.name && isSameContent(one, other);
}

export const isSameContent = (one: AgreedItem, other: AgreedItem): boolean =>
  one.kind === other.kind &&
  one.sizeBytes === other.sizeBytes &&
  (one.kind === 'folder' || one.hashes.some((hash) => other.hashes.includes(hash)));
