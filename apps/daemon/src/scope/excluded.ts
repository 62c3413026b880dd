/** What keeps a path out of the sync: asks the settings as they are now, and those of the last run where they were others. */
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Profile } from '../profile.ts';
import { directionFrom, filterFrom } from '../policy.ts';
import { rulesOf } from '@tidemark/plugin-host';
import { pluginsWithRules } from '../settings-rules.ts';
import type { AskedItem, AskedRules } from './exclusions.ts';
import { exclusionsOf } from './exclusions.ts';
import type { Exclusion, SettingsTexts } from './exclusions-in-words.ts';
import { exclusionInWords, placeText } from './exclusions-in-words.ts';
import type { State } from '@tidemark/engine';
import type { ItemId } from '@tidemark/contracts';

export interface Excluded {
  readonly path: string;
  /** `lastRun`: the settings let it in by now. `nextRun`: the last run let it in. */
  readonly since: 'now' | 'lastRun' | 'nextRun';
  /** Of a path that is nowhere: what would be true of such a folder only. */
  readonly as: 'folder' | null;
  /** At least one. Each of them has to change. */
  readonly exclusions: readonly Exclusion[];
}

/** Null when nothing does. `state`: as the log leaves it; null when nothing was ever synced. Throws SetupError. */
export async function exclusionOf(
  profile: Profile,
  path: string,
  state: State | null,
  item: ItemId | null,
): Promise<Excluded | null> {
  const others = await pluginsWithRules(profile);
  const rules = others.length === 0 ? null : rulesOf(others);
  const started = state?.started ?? null;
  const facts = state?.facts ?? new Map<string, never>();
  const plugins = rules?.({ plugins: [], facts }) ?? null;
  const byLog = rules?.({ plugins: started?.plugins ?? [], facts }) ?? null;
  const driveKind = started?.drive.kind ?? 'personal';
  const now: AskedRules = {
    filter: filterFrom({
      ...{ settings: profile.settings, syncList: profile.syncListText, singleDirectory: null, driveKind },
    }),
    direction: directionFrom(profile.settings),
    plugins,
  };
  const last = started === null ? null : { ...started.policy, plugins: byLog };
  const asked = askedItem(
    { root: profile.settings.sync_dir, markers: plugins?.markers ?? [] },
    path,
    state,
    item,
  );
  const texts = textsOf(profile);
  for (const { kind, as } of kindsOf(asked)) {
    const one = { ...asked, kind };
    const [byNow, byLast] = [exclusionsOf(one, now), last === null ? null : exclusionsOf(one, last)];
    const causes = byNow.length > 0 ? byNow : (byLast ?? []);
    if (causes.length === 0) continue;
    const since = byNow.length === 0 ? 'lastRun' : byLast === null || byLast.length > 0 ? 'now' : 'nextRun';
    return { path, since, as, exclusions: causes.map((cause) => exclusionInWords(cause, texts)) };
  }
  return null;
}

export function renderExcluded({ path, since, as, exclusions }: Excluded): readonly string[] {
  const subject = as === null ? `"${path}"` : `A folder "${path}"`;
  const verb = {
    now: 'is not synced',
    lastRun: 'was not synced by the last run',
    nextRun: 'is left alone by the next run',
  };
  const reasons = exclusions.map((one) => `${one.sentence}${placeText(one)}`);
  const [reason, ...more] = reasons;
  const follows =
    since === 'lastRun'
      ? 'The settings let it in by now: the next run takes it in, unless its command line keeps it out'
      : 'The next run takes it in then';
  if (more.length === 0)
    return [
      `${subject} ${verb[since]}, because ${reason}`,
      ...(since === 'lastRun' ? [`  ${follows}`] : [`  To sync it: ${exclusions[0]?.remedy}. ${follows}`]),
    ];
  return [
    `${subject} ${verb[since]}, for ${exclusions.length} reasons, of which each has to change:`,
    ...exclusions.flatMap(({ remedy }, index) => [
      `  ${index + 1}. ${reasons[index]}`,
      ...(since === 'lastRun' ? [] : [`     To sync it: ${remedy}`]),
    ]),
    `  ${follows}`,
  ];
}

/** What is nowhere may become a file or a folder. */
function kindsOf({
  kind,
}: Asked): readonly { readonly kind: AskedItem['kind']; readonly as: Excluded['as'] }[] {
  if (kind !== null) return [{ kind, as: null }];
  return [
    { kind: 'file', as: null },
    { kind: 'folder', as: 'folder' },
  ];
}

type Asked = Omit<AskedItem, 'kind'> & { readonly kind: AskedItem['kind'] | null };

/** `markers`: what rules of plugins look for. */
interface Place {
  readonly root: string;
  readonly markers: readonly string[];
}

function askedItem(place: Place, path: string, state: State | null, id: ItemId | null): Asked {
  const onDisk = lookAt(place, path);
  const item = id === null ? undefined : state?.trees.items.get(id);
  const entry = item?.local ?? item?.remote ?? null;
  if (item === undefined || entry === null || entry.kind === 'opaque')
    return { path, side: 'local', known: false, ...onDisk, only: onDisk.kind === null ? null : 'local' };
  const only = item.remote === null ? 'local' : item.local === null ? 'remote' : null;
  return {
    ...{ path, kind: entry.kind, sizeBytes: entry.sizeBytes, known: item.synced !== null, only },
    isLeft: item.synced === null && only !== null,
    side: item.remote === null ? 'local' : 'remote',
    ...{ nosyncIn: onDisk.nosyncIn, link: onDisk.link, markers: onDisk.markers },
  };
}

function lookAt(
  { root, markers }: Place,
  path: string,
): Pick<Asked, 'kind' | 'sizeBytes' | 'nosyncIn' | 'link'> & { readonly markers: readonly string[] } {
  const names = path.split('/');
  const paths = names.map((_name, index) => names.slice(0, index + 1).join('/'));
  const isLink = (one: string): boolean =>
    lstatSync(join(root, one), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  // The kind is that of what a link leads to.
  const found = existsSync(join(root, path)) ? statSync(join(root, path)) : null;
  return {
    kind: found === null ? null : found.isDirectory() ? 'folder' : 'file',
    sizeBytes: found?.size ?? 0,
    nosyncIn: ['', ...paths].find((one) => existsSync(join(root, one, '.nosync'))) ?? null,
    link: paths.find(isLink) ?? null,
    markers: markers.filter((name) => paths.some((one) => existsSync(join(root, one, name)))),
  };
}

function textsOf({ files, locations, configText, syncListText }: Profile): SettingsTexts {
  const { tidemarkConfig } = locations;
  return {
    config: { file: files.config, text: configText },
    syncList: { file: files.syncList, text: syncListText },
    tidemarkConfig: {
      file: tidemarkConfig,
      text: existsSync(tidemarkConfig) ? readFileSync(tidemarkConfig, 'utf8') : null,
    },
  };
}
