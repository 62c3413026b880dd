/**
 * Files that a user moves between drives: into a shared folder, out of one, or from one into another. No request does that, so they
 * are uploaded where they are now and deleted where they were, by two runs that know nothing of each other. Here the deletion waits
 * until the other run has the file on its drive.
 */
import { join } from 'node:path';
import type { AbortSignalLike, Clock, Command } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { folderKey } from '@tidemark/disk';
import type { State } from '@tidemark/engine';
import { definePlugin } from '@tidemark/plugin-sdk';
import { folderOnDisk, isAtRest, isWithin } from '@tidemark/trees';
import type { ArrangedPlugins, ConfiguredPlugin } from '../plugins/arrange-plugins.ts';
import type { Profile } from '../profile.ts';
import { filesBelow, type LookForFiles, traceOf } from './files-below.ts';
import { keyOfPlace, type KnownPlace, readKnownPlaces } from './known-folders.ts';

export interface Border {
  /** Goes before what deletes on the drive, in the run of a shared folder, or of the sync folder (`own`). */
  guard(key: string): ConfiguredPlugin;
  /** The run of that place has begun, and this is what it knows. */
  enter(key: string, state: State): void;
  /** What it knew last; null before its first run. */
  stateOf(key: string): State | null;
  /** Places whose runs kept deletions back since this was last asked. */
  takeHeld(): ReadonlySet<string>;
}

export const own = 'own';

/** Not where a process of its own deletes on the drive: it takes the command from all plugins here. */
export const canGuard = (elsewhere: ArrangedPlugins['elsewhere']): boolean =>
  !elsewhere.some(({ handles }) => handles.includes('DeleteRemote'));

export interface BorderOptions {
  readonly profile: Profile;
  readonly clock: Clock;
  /** A run that ends by itself has another pass; one that goes on waits. */
  readonly monitoring: boolean;
}

/** A folder that is removed file by file is gone as a whole after that, and then its shortcut goes in place of its files. */
export const removalMs = 5_000;
/** While it waits here, it is under way. */
const patienceMs = 20_000;
const retryMs = 300_000;
const beatMs = 1_000;

interface Place {
  readonly key: string;
  readonly root: string;
  readonly path: string;
  readonly state: State | undefined;
  /** Other places in it. */
  readonly but: ReadonlySet<string>;
}

export function createBorder({ profile, clock, monitoring }: BorderOptions): Border {
  const states = new Map<string, State>();
  const held = new Set<string>();

  return {
    guard: (key) => ({ plugin: guardOf(key), ours: true }),
    enter: (key, state) => void states.set(key, state),
    stateOf: (key) => states.get(key) ?? null,
    takeHeld() {
      const keys = new Set(held);
      held.clear();
      return keys;
    },
  };

  function guardOf(key: string): ConfiguredPlugin['plugin'] {
    const files = filesBelow(clock);
    return definePlugin({
      name: 'border',
      version: profile.version,
      handle: {
        DeleteRemote: async (command, { next, signal }) => {
          if (key !== own && monitoring) await clock.sleep(removalMs, signal);
          refuseEarly(key, command.path, signal);
          const until = clock.monotonic() + (monitoring ? patienceMs : 0);
          for (;;) {
            const place = await whereUnproven(key, command, files);
            if (place === null) return next();
            if (signal.aborted || clock.monotonic() >= until) {
              held.add(key);
              throw kept(command.path, place);
            }
            await clock.sleep(beatMs, signal);
          }
        },
      },
    });
  }

  function kept(path: string, place: string): Failure {
    const detail = `Cannot delete "${path}" on the drive yet: it was moved to "${place}", and is not on the drive there`;
    return monitoring
      ? new Failure({ code: 'locked', detail, afterMs: retryMs })
      : new Failure({ code: 'mountBoundary', detail });
  }

  /** A folder that was removed says nothing of what was in it, nor does one whose shortcut went with it. */
  function refuseEarly(key: string, path: string, signal: AbortSignalLike): void {
    if (key === own) return;
    const known = knownOf(key);
    if (known === undefined || folderKey(join(profile.settings.sync_dir, known.path)) !== known.folder) {
      const detail = `Cannot delete "${path}" on the drive: the shared folder that it was in is not there on disk`;
      throw new Failure({ code: 'rootSuspended', detail });
    }
    // Whether all of it goes was not to be seen yet.
    if (signal.aborted)
      throw new Failure({ code: 'locked', detail: `Cannot delete "${path}" on the drive yet: the run ends` });
  }

  function knownOf(key: string): KnownPlace | undefined {
    return readKnownPlaces(profile).find((place) => keyOfPlace(place) === key);
  }

  /** Where a file that goes with the command lies now without being on the drive of that place; null: nowhere. */
  async function whereUnproven(key: string, command: Command, files: LookForFiles): Promise<string | null> {
    const state = states.get(key);
    if (state === undefined) return null;
    const traces = new Set(tracesGone(state, command));
    if (traces.size === 0) return null;
    for (const place of placesBut(key)) {
      const found = await files(place.root, place.but, state.local.lastAt);
      for (const trace of traces)
        for (const path of found.get(trace) ?? [])
          if (!isProven(place.state, path, trace)) return place.path === '' ? path : `${place.path}/${path}`;
    }
    return null;
  }

  function placesBut(key: string): readonly Place[] {
    const { sync_dir: root } = profile.settings;
    const folders = readKnownPlaces(profile);
    const shared = folders.map((known): Place => {
      const { path } = known;
      const other = keyOfPlace(known);
      return { key: other, root: join(root, path), path, state: states.get(other), but: new Set() };
    });
    const but = new Set(folders.map(({ path }) => path));
    const all: Place[] = [{ key: own, root, path: '', state: states.get(own), but }, ...shared];
    return all.filter((place) => place.key !== key);
  }
}

/** What the files were known by that were on disk when both sides agreed. One without bytes has nothing to lose. */
function* tracesGone({ trees }: State, { item: id, ...command }: Command): Iterable<string> {
  const items = 'itemCount' in command && command.itemCount > 1 ? trees.items.keys() : [id];
  for (const one of items) {
    const { synced = null, local = null } = trees.items.get(one) ?? {};
    if (synced === null || local !== null || synced.kind !== 'file' || synced.sizeBytes === 0) continue;
    if (one === id || isWithin(trees, one, id, 'remote'))
      yield traceOf(synced.sizeBytes, synced.localModifiedAt);
  }
}

/** That very file is on the drive, and not another one that it took the place of. */
function isProven(state: State | undefined, path: string, trace: string): boolean {
  if (state === undefined) return false;
  const { trees } = state;
  const names = path.split('/');
  const name = names.pop() ?? '';
  const folder = folderOnDisk(trees, names);
  if (folder === null) return false;
  return trees.names.local.holders(folder.id, name).some((id) => {
    const item = trees.items.get(id);
    if (item?.local?.name !== name || item.remote === null || !isAtRest(item)) return false;
    return traceOf(item.local.sizeBytes, item.local.modifiedAt) === trace;
  });
}
