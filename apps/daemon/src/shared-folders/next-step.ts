/**
 * What becomes of one shared folder: pure, from what is noted of it, what the own drive shows, and where it lies on disk. Nothing in
 * it is ever deleted here, neither on disk nor on the drive of its owner.
 */
import type { DriveItemId } from '@tidemark/contracts';
import type { SharedFolder } from '@tidemark/graph';
import type { Found } from './find-folder.ts';
import type { KnownFolder } from './known-folders.ts';

/** A shortcut to a shared folder, as the own drive shows it. */
export interface Shortcut {
  readonly id: DriveItemId;
  readonly target: SharedFolder;
  /** Where it is to lie, relative to the sync folder; null while the folder above is not on disk. */
  readonly path: string | null;
  /** A filter leaves it out: nothing moves, and nothing in it is synced. */
  readonly isLeftOut?: boolean;
}

export type Step =
  /** Nothing to do but to sync it. */
  | { readonly type: 'sync'; readonly at: string }
  /** It is noted, and its folder made where none is. */
  | { readonly type: 'add'; readonly path: string }
  /** The folder follows its shortcut. */
  | { readonly type: 'moveFolder'; readonly from: string; readonly to: string }
  /** The shortcut follows its folder. */
  | { readonly type: 'moveShortcut'; readonly to: string }
  /** A user removed the folder: the shortcut goes, and what it leads to stays with its owner. */
  | { readonly type: 'removeShortcut' }
  /** The shortcut is gone: the folder stays, and is synced no more. */
  | { readonly type: 'leave'; readonly at: string }
  /** Neither is there any more. */
  | { readonly type: 'forget' }
  | { readonly type: 'wait' };

export interface Situation {
  readonly known: KnownFolder | null;
  readonly shortcut: Shortcut | null;
  /** Of the known folder. */
  readonly found: Found;
  /** The drive was listed to the end, so that a shortcut that is not shown is gone. */
  readonly isDriveKnown: boolean;
  /** The way up is open: what a user does on disk is repeated online. */
  readonly isUpward: boolean;
  /** So much is gone from the sync folder that it waits for a confirmation. */
  readonly isHeld: boolean;
}

export function nextStep({ known, shortcut, found, isDriveKnown, isUpward, isHeld }: Situation): Step {
  if (shortcut?.isLeftOut === true) return wait;
  if (known === null) return shortcut?.path == null ? wait : { type: 'add', path: shortcut.path };
  if (found === 'unknown') return wait;
  if (shortcut === null) {
    if (!isDriveKnown) return wait;
    return typeof found === 'string' ? { type: 'forget' } : { type: 'leave', at: found.at };
  }
  if (shortcut.path === null) return wait;
  const isShortcutMoved = shortcut.path !== known.path && shortcut.path !== known.shownAt;
  if (found === 'replaced') return { type: 'add', path: known.path };
  if (found === 'gone') {
    if (isHeld) return wait;
    // What was noted since has not been here yet, and a shortcut that was added since is another decision.
    const wasHere = known.standing === 'synced' && !known.isNew && shortcut.id === known.shortcut;
    return wasHere && isUpward && !isShortcutMoved
      ? { type: 'removeShortcut' }
      : { type: 'add', path: shortcut.path };
  }
  const { at } = found;
  if (known.standing === 'left') return { type: 'add', path: at };
  // The shortcut was moved there, which the drive does not show yet.
  const isOnItsWay = at === known.path && shortcut.path === known.shownAt && known.path !== known.shownAt;
  if (at === shortcut.path || isOnItsWay) return { type: 'sync', at };
  if (isShortcutMoved || !isUpward) return { type: 'moveFolder', from: at, to: shortcut.path };
  return { type: 'moveShortcut', to: at };
}

const wait: Step = { type: 'wait' };
