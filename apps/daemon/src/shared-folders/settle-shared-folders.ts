/**
 * Brings the shared folders on disk and their shortcuts online to the same places, between two passes of the sync folder around them. Only
 * folders and shortcuts move here; what is in a shared folder is the matter of its own run.
 */
import type { DriveInfo, DriveItemId, EventOf, ItemId } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { FolderDisk } from '@tidemark/disk';
import { escaped } from '@tidemark/disk';
import type { State } from '@tidemark/engine';
import { heldPlan, localKnown, remoteKnown } from '@tidemark/engine';
import type { Profile } from '../profile.ts';
import { watchedPaths } from '../watched-folders.ts';
import { readFilePointers, writeFilePointers } from './file-pointers.ts';
import { findFolder, type Found } from './find-folder.ts';
import { keyOfTarget, type KnownFolder, noteFolder, readKnownFolders } from './known-folders.ts';
import { nextStep, type Shortcut } from './next-step.ts';
import { type AskedTargets, type ShortcutDrive, shortcutsIn } from './shortcuts.ts';
import { rehearseStep } from './rehearse-step.ts';
import { takeStep } from './take-step.ts';

export interface SettleOptions {
  readonly profile: Profile;
  readonly info: DriveInfo;
  /** Of the sync folder, with nothing under way in it. */
  readonly state: State;
  readonly disk: Pick<FolderDisk, 'isRootThere'>;
  readonly drive: ShortcutDrive;
  readonly asked: AskedTargets;
  /** Items that may be shortcuts; absent: any. */
  readonly candidates?: ReadonlySet<ItemId>;
  /** A rehearsal of a run that forgets what was agreed; the run itself has noted that. */
  readonly isForgotten?: boolean;
  /** Ends the run of a shared folder, by its key, before that folder is moved. */
  readonly endRun?: (key: string) => Promise<void>;
  /** A folder that was on disk already is a shared one now: the run around it has seen it as its own. */
  readonly tookOver?: () => void;
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly tell: TellShared;
}

/** Notes in the log of the sync folder what became of a shared folder. */
export type TellShared = (told: Omit<EventOf<'SharedFolderTold'>, 'type'>) => Promise<void>;

/** Personal accounts sync them as the peer does, others when asked to. */
export const isWanted = ({ settings }: Profile, { kind }: DriveInfo): boolean =>
  kind === 'personal' || settings.sync_business_shared_items;

/** Those to be synced now. In a rehearsal nothing is made, moved or noted. Throws Failure: then none is. */
export async function settleSharedFolders(
  options: SettleOptions,
  mode: 'real' | 'rehearse' = 'real',
): Promise<readonly KnownFolder[]> {
  const { profile, state, info, disk, warn } = options;
  const take = mode === 'real' ? takeStep : rehearseStep;
  if (!isWanted(profile, info) || !remoteKnown(state) || !localKnown(state)) return [];
  const anew = options.isForgotten === true ? { isNew: true } : {};
  const noted = readKnownFolders(profile).map((folder) => ({ ...folder, ...anew }));
  const known = new Map(noted.map((folder) => [keyOfTarget(folder.target), folder]));
  const told = readFilePointers(profile);
  const leading = await shortcutsIn(options, [...known.values()], told);
  const shortcuts = byTarget(options, leading.shortcuts);
  await tellOfFiles(options, leading.toFiles, told, mode);
  const isUpward = !profile.settings.download_only && !profile.settings.no_remote_delete;
  const isHeld = heldPlan(state) !== null;
  const ready: KnownFolder[] = [];
  for (const key of new Set([...known.keys(), ...shortcuts.keys()])) {
    const [before, shortcut] = [known.get(key) ?? null, shortcuts.get(key) ?? null];
    if (!disk.isRootThere()) return [];
    const found = before === null ? 'gone' : await find(options, before);
    const step = nextStep({ known: before, shortcut, found, isDriveKnown: true, isUpward, isHeld });
    const note = (after: KnownFolder | null): void => noteFolder(profile, key, after);
    try {
      const after = await take({ ...options, known: before, shortcut, note }, step);
      if (after) ready.push(after);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      warn(`Shared folder "${escaped(before?.path ?? shortcut?.path ?? '')}": ${escaped(error.message)}`);
    }
  }
  return ready;
}

async function find({ profile, state }: SettleOptions, { folder, path }: KnownFolder): Promise<Found> {
  const found = await findFolder(profile.settings.sync_dir, folder, path);
  // What is not mounted looks like an empty folder; the scan knows better.
  const isAway = state.local.oddities.some(
    (one) => one.code === 'unreadable' && `${escaped(path)}/`.startsWith(`${one.path}/`),
  );
  return found === 'gone' && isAway ? 'unknown' : found;
}

/** Once of each: the peer, for which every shortcut leads to a folder, ends there with a failed assertion. */
async function tellOfFiles(
  { profile, tell, say, warn }: SettleOptions,
  toFiles: ReadonlyMap<DriveItemId, string | null>,
  told: ReadonlySet<string>,
  mode: 'real' | 'rehearse',
): Promise<void> {
  const shown = [...toFiles].filter(([, path]) => path !== null);
  if (shown.every(([id]) => told.has(id))) return;
  for (const [id, path] of shown) {
    if (path === null || told.has(id)) continue;
    if (mode === 'real') await tell({ path, told: 'leadsToFile' });
    say(
      `"${escaped(path)}" leads to a single file that another person shares: it is left alone. To have it here, download it on the web page, or ask its owner to share a folder`,
    );
  }
  if (mode === 'rehearse') return;
  try {
    writeFilePointers(profile, new Set(shown.map(([id]) => id)));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    warn(escaped(error.message));
  }
}

/** Those in scope, by the key of their target. */
function byTarget(
  { profile, warn }: SettleOptions,
  found: readonly Shortcut[],
): ReadonlyMap<string, Shortcut> {
  const isWatched = watchedPaths(profile);
  const shortcuts = new Map<string, Shortcut>();
  for (const shortcut of found) {
    const key = keyOfTarget(shortcut.target);
    const first = shortcuts.get(key);
    if (first !== undefined) {
      const [path, other] = [shortcut.path, first.path].map((place) => escaped(place ?? ''));
      warn(`"${path}" leads to the same shared folder as "${other}", which alone is synced`);
      continue;
    }
    const isLeftOut = shortcut.path !== null && !isWatched(shortcut.path);
    shortcuts.set(key, { ...shortcut, isLeftOut });
  }
  return shortcuts;
}
