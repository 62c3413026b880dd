/** Does what is next for one shared folder, and notes it. */
import { renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type DriveItemId, Failure, rootItem } from '@tidemark/contracts';
import { asFailure, escaped } from '@tidemark/disk';
import { folderOnDisk, itemOf } from '@tidemark/trees';
import { keyOfTarget, type KnownFolder } from './known-folders.ts';
import { inTheWay, isAnythingAt, makePlace } from './make-place.ts';
import type { Shortcut, Step } from './next-step.ts';
import type { SettleOptions } from './settle-shared-folders.ts';

export interface StepOptions extends SettleOptions {
  readonly known: KnownFolder | null;
  readonly shortcut: Shortcut | null;
  /** Durable when it returns. Null: nothing is known of it any more. */
  readonly note: (known: KnownFolder | null) => void;
}

/** The folder, if what is in it is to be synced now. Throws Failure. */
export async function takeStep(options: StepOptions, step: Step): Promise<KnownFolder | null> {
  const { known, shortcut, note } = options;
  const keep = (change: Partial<KnownFolder>): KnownFolder | null => {
    if (known === null) return null;
    const shown = shortcut === null ? {} : { shortcut: shortcut.id, shownAt: shortcut.path ?? known.shownAt };
    const after = { ...known, ...shown, ...change };
    if (JSON.stringify(after) !== JSON.stringify(known)) note(after);
    return after;
  };
  switch (step.type) {
    case 'wait':
      return null;
    case 'sync':
      return keep({ path: step.at });
    case 'add':
      return add(options, step.path);
    case 'moveFolder':
      if (known !== null) await options.endRun?.(keyOfTarget(known.target));
      moveFolder(options, step);
      await options.tell({ path: step.from, told: 'folderMoved', toPath: step.to });
      return keep({ path: step.to });
    case 'moveShortcut':
      return (await moveShortcut(options, step.to)) ? keep({ path: step.to }) : null;
    case 'removeShortcut':
      await removeShortcut(options);
      note(null);
      return null;
    case 'leave':
      if (known?.standing === 'synced') await options.tell({ path: step.at, told: 'left' });
      keep({ standing: 'left', path: step.at });
      options.warn(leftText(step.at));
      return null;
    case 'forget':
      note(null);
      return null;
  }
}

export const leftText = (path: string): string =>
  `The shared folder "${escaped(path)}" is not shared with you any more, or its shortcut was removed online. Its files stay where they are, and nothing in it is synced: move them out of it to sync them with your own drive`;

async function add(
  { profile, state, shortcut, note, say, tell, tookOver }: StepOptions,
  path: string,
): Promise<KnownFolder | null> {
  if (shortcut === null) return null;
  const { folder, isMade } = makePlace(profile, state, path);
  const { id, target } = shortcut;
  const added: KnownFolder = {
    ...{ shortcut: id, target, path, shownAt: path, folder },
    ...{ standing: 'synced', isNew: true },
  };
  note(added);
  if (!isMade) tookOver?.();
  await tell({ path, told: isMade ? 'added' : 'takenOver' });
  say(`Adding the shared folder: ${escaped(path)}`);
  return added;
}

function moveFolder(
  { profile, say }: StepOptions,
  { from, to }: { readonly from: string; readonly to: string },
): void {
  const [source, target] = [from, to].map((path) => join(profile.settings.sync_dir, path)) as [
    string,
    string,
  ];
  if (isAnythingAt(target)) throw inTheWay(to, 'something else');
  try {
    renameSync(source, target);
  } catch (error) {
    throw asFailure('move the shared folder', from, error);
  }
  say(`Moving the shared folder ${escaped(from)} to ${escaped(to)}`);
}

/** False: the folder that it was moved into is not on the drive, or not yet. */
async function moveShortcut(options: StepOptions, to: string): Promise<boolean> {
  const { drive, state, shortcut, say, warn, known } = options;
  const above = dirname(to) === '.' ? itemOf(state.trees, rootItem) : folderAbove(options, dirname(to));
  const parentId =
    above === null ? null : above.id === rootItem ? options.info.rootId : (above.remote?.id ?? null);
  if (parentId === null || shortcut === null) {
    warn(
      `The shared folder "${escaped(to)}" was moved into a folder that is not on your own drive: it is synced again when it lies in one that is`,
    );
    return false;
  }
  const row = await shownOnDrive(options, shortcut.id);
  if (row === null) return false;
  const name = to.slice(to.lastIndexOf('/') + 1);
  await drive.move(shortcut.id, { parentId, name, modifiedAt: row.modifiedAt }, row.eTag);
  await options.tell({ path: known?.path ?? to, told: 'shortcutMoved', toPath: to });
  say(`Moving the shortcut of the shared folder ${escaped(known?.path ?? '')} to ${escaped(to)}`);
  return true;
}

const folderAbove = ({ state }: StepOptions, path: string): ReturnType<typeof folderOnDisk> => {
  const folder = folderOnDisk(state.trees, path.split('/'));
  return folder?.remote?.kind === 'folder' ? folder : null;
};

/** Only the shortcut, by its own id on the own drive, and only as long as it is one. */
async function removeShortcut(options: StepOptions): Promise<void> {
  const { drive, known, shortcut, say } = options;
  if (shortcut === null || known === null) return;
  const row = await shownOnDrive(options, shortcut.id);
  if (row !== null) await drive.delete(shortcut.id, row.eTag);
  await options.tell({ path: known.path, told: 'shortcutRemoved' });
  say(
    `The shared folder ${escaped(known.path)} was removed on disk: its shortcut is removed online, and nothing of its owner is deleted`,
  );
}

/** The shortcut as it is now; null when it is gone. Throws Failure when the item is something else by now. */
async function shownOnDrive({ drive }: StepOptions, id: DriveItemId) {
  const row = await drive.item(id);
  if (row === null) return null;
  if (row.kind === 'opaque' && (await drive.account.shortcut(id)) !== null) return row;
  throw new Failure({
    code: 'changedMeanwhile',
    detail: `Cannot change "${row.name}": it is no shortcut any more`,
  });
}
