/** What is told of shared folders beside the sync folder: how they are, and which log speaks of a path. */
import { existsSync } from 'node:fs';
import type { StatusReport } from '@tidemark/control';
import { type State, statusOf } from '@tidemark/engine';
import { withLog } from '../open-log.ts';
import { logFolder, type Profile } from '../profile.ts';
import { createRulesFor } from '../rules-for.ts';
import { settingsRules } from '../settings-rules.ts';
import { stateFromLog } from '../state-from-log.ts';
import { keyOfPlace, type KnownPlace, readKnownPlaces } from './known-folders.ts';
import { profileOfShared } from './shared-profile.ts';

export interface InSharedPlace {
  readonly place: KnownPlace;
  /** With its own log. */
  readonly profile: Profile;
  /** Of the path, relative to the place. */
  readonly inside: string;
}

/** The shared folder that holds the path; null for one of the own drive, and for a shared folder itself. Throws Failure. */
export function sharedPlaceAt(profile: Profile, path: string): InSharedPlace | null {
  const found = sharedPlaceFrom(profile, path);
  return found === null || found.inside === '' ? null : found;
}

/** As `sharedPlaceAt`, with a shared folder itself, of which `inside` is empty. Throws Failure. */
export function sharedPlaceFrom(profile: Profile, path: string): InSharedPlace | null {
  const above = readKnownPlaces(profile)
    .filter((place) => `${path}/`.startsWith(`${place.path}/`))
    .sort((one, other) => other.path.length - one.path.length)[0];
  if (above === undefined) return null;
  const inside = path.slice(above.path.length + 1);
  return { place: above, profile: profileOfShared(profile, above), inside };
}

/** The shared folders that are synced and have a log, by their paths. Throws Failure. */
export function sharedPlacesWithLog(profile: Profile): readonly Omit<InSharedPlace, 'inside'>[] {
  return readKnownPlaces(profile)
    .filter((place) => standingOf(place) !== 'left')
    .map((place) => ({ place, profile: profileOfShared(profile, place) }))
    .filter((one) => existsSync(logFolder(one.profile)))
    .sort((one, other) => (one.place.path < other.place.path ? -1 : 1));
}

export type SharedReport = NonNullable<StatusReport['shared']>;

/** `stateOf`: by the key of the place; null while nothing is known. Throws Failure. */
export function sharedReport(profile: Profile, stateOf: (key: string) => State | null): SharedReport {
  return readKnownPlaces(profile).map((place) => {
    const state = stateOf(keyOfPlace(place));
    const status = state === null ? null : statusOf(state);
    const notAtRest = status?.notAtRest ?? [];
    const open = notAtRest.filter(({ standing }) => standing !== 'ignored');
    return {
      path: place.path,
      kind: 'target' in place ? 'folder' : 'files',
      standing: standingOf(place),
      logFolder: logFolder(profileOfShared(profile, place)),
      items: (status?.items ?? 0) - (notAtRest.length - open.length),
      notInSync: open.length,
      notAtRest: open.slice(0, itemsMax).map(({ path, standing, detail, failure }) => ({
        ...{ path: `${place.path}/${path}`, standing, detail },
        failure: failure && { code: failure.code, detail: failure.detail },
      })),
      ...(status?.held != null && { held: status.held }),
    };
  });
}

const itemsMax = 20;

function standingOf(place: KnownPlace): SharedReport[number]['standing'] {
  if ('standing' in place && place.standing === 'left') return 'left';
  return place.isAway === true ? 'unreachable' : 'synced';
}

/** As of the last runs, without a daemon. Throws Failure. */
export async function sharedReportFromLogs(profile: Profile): Promise<SharedReport> {
  const states = new Map<string, State>();
  for (const place of readKnownPlaces(profile)) {
    const shared = profileOfShared(profile, place);
    const folder = logFolder(shared);
    if (!existsSync(folder)) continue;
    const rulesFor = createRulesFor(await settingsRules(shared));
    const { state } = await withLog(folder, (log) => stateFromLog(log, rulesFor));
    states.set(keyOfPlace(place), state);
  }
  return sharedReport(profile, (key) => states.get(key) ?? null);
}
