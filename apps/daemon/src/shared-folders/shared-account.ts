/** The account as a shared folder sees it: the same login and the same budget, on another drive. */
import type { DriveItemId } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import type { State } from '@tidemark/engine';
import { createSharedFilesDrive } from '@tidemark/graph';
import { itemOf, pathOf } from '@tidemark/trees';
import type { Account } from '../account.ts';
import type { KnownPlace } from './known-folders.ts';

export interface SharedAccountOptions {
  /** Of the run there; null before it is open. */
  readonly state: () => State | null;
  readonly warn: (line: string) => void;
}

export function accountOfShared(
  account: Account,
  place: KnownPlace,
  { state, warn }: SharedAccountOptions,
): Account {
  if ('target' in place) return { ...account, drive: account.sharedFolder(place.target) };
  const drive = createSharedFilesDrive({
    own: account.drive,
    openItem: account.sharedFolder,
    known: () => state()?.trees.byRemoteId.keys() ?? [],
    onGone(id) {
      const path = pathIn(state(), id);
      if (path !== null)
        warn(
          `"${escaped(`${place.path}/${path}`)}" is not shared with you any more, or its owner deleted it. Your copy stays as it is`,
        );
    },
  });
  return { ...account, drive };
}

/** On disk; null when it is not there. */
function pathIn(state: State | null, id: DriveItemId): string | null {
  const item = state?.trees.byRemoteId.get(id);
  if (state === null || item === undefined || itemOf(state.trees, item).local === null) return null;
  return pathOf(state.trees, itemOf(state.trees, item), 'local');
}
