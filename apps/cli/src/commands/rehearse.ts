/** A run in which nothing is written: both sides are looked at for real, every change is predicted. */
import { Failure } from '@tidemark/contracts';
import {
  type Confirmation,
  createConfirmation,
  createLookAhead,
  type LookAhead,
  pluginsOfSettings,
  rulesAlone,
  withFilter,
} from '@tidemark/daemon';
import type { Ahead, ArrangedPlugins, KnownPlace, Profile, RunEnd, Wanted } from '@tidemark/daemon';
import type { CommandContext } from '../context.ts';
import { obstacleIn } from '../obstacle.ts';
import type { OneRun } from '../one-run.ts';
import { runOnce } from '../one-run.ts';
import { withRun } from '../open.ts';
import { workers } from '../plugins.ts';
import { prepareShared, rehearseShared, rehearsing, withoutPlaces } from '../shared-folders.ts';

export interface Rehearsed extends RunEnd {
  /** The drive that was looked at. */
  readonly driveId: string;
}

/** What others share, beside the sync folder. */
export interface RehearsedPlaces {
  readonly places: readonly { readonly place: KnownPlace; readonly end: RunEnd }[];
  /** What would become of the folders themselves, a sentence each. */
  readonly lines: readonly string[];
  /** Some could not be looked at, which was said. */
  readonly hasFailed: boolean;
}

/** @throws Failure when a side could not be looked at */
export async function rehearse(
  context: CommandContext,
  wanted: OneRun['wanted'] = wantedBy(context),
): Promise<Rehearsed> {
  return (await rehearseAll(context, wanted, null)).own;
}

interface RehearsedAll {
  readonly own: Rehearsed;
  readonly shared: RehearsedPlaces;
}

const wantedBy = ({ commandLine }: CommandContext): Wanted =>
  commandLine.force === 'yes' ? 'whatIsHeld' : 'nothing';

/** @param confirmationFor null: shared folders are left out. @throws Failure when a side could not be looked at */
export function rehearseAll(
  given: CommandContext,
  wanted: OneRun['wanted'] = wantedBy(given),
  confirmationFor: ((place: KnownPlace) => Confirmation) | null = () => createConfirmation(wantedBy(given)),
): Promise<RehearsedAll> {
  const context = rehearsing(given);
  const { profile } = context;
  return withRun(context, { mode: 'rehearse', resync: profile.settings.resync }, async (opened) => {
    const files =
      confirmationFor === null
        ? null
        : await prepareShared(context, opened, { mode: 'rehearse', json: true });
    const end = await runOnce(context, opened, {
      mode: 'rehearse',
      wanted,
      plugins: (await pluginsFor(profile, opened.state)).here,
    });
    const obstacle = obstacleIn(end.status);
    if (obstacle !== null) throw new Failure(obstacle);
    const own = { ...end, driveId: opened.info.id };
    if (confirmationFor === null || end.cause !== 'finished') return { own, shared: none };
    const pluginsForPlace = (folder: Profile): Promise<ArrangedPlugins> =>
      pluginsFor(folder, { facts: new Map() });
    const shared = await rehearseShared(context, opened, {
      ...{ files, confirmationFor, pluginsFor: pluginsForPlace },
    });
    return { own: { ...own, ...withoutPlaces(own, shared.places) }, shared };
  });
}

const none: RehearsedPlaces = { places: [], lines: [], hasFailed: false };

async function pluginsFor(
  profile: Profile,
  known: Parameters<typeof rulesAlone>[1],
): Promise<ArrangedPlugins> {
  const rules = rulesAlone(await pluginsOfSettings(profile), known);
  return { here: withFilter([...workers(profile), ...rules]), elsewhere: [] };
}

/** What a run would do now, and what is held in it. @throws Failure when a side could not be looked at. Null: interrupted. */
export async function planNow(context: CommandContext): Promise<Ahead | null> {
  return (await planAll(context, 'own'))?.own ?? null;
}

export interface PlannedAll {
  readonly own: Ahead;
  readonly shared: readonly { readonly place: KnownPlace; readonly ahead: Ahead }[];
  readonly lines: RehearsedPlaces['lines'];
  readonly hasFailed: boolean;
}

/** As `planNow`, with shared folders. */
export async function planAll(
  context: CommandContext,
  which: 'all' | 'own' = 'all',
): Promise<PlannedAll | null> {
  // Whatever is held is confirmed, so nothing is.
  const isForced = context.commandLine.force === 'yes';
  const ahead = createLookAhead();
  const aheads = new Map<KnownPlace, LookAhead>();
  const aheadFor = (place: KnownPlace): LookAhead => {
    const its = createLookAhead();
    aheads.set(place, its);
    return its;
  };
  const confirmationFor = isForced ? () => createConfirmation('whatIsHeld') : aheadFor;
  const { own, shared } = await rehearseAll(
    context,
    isForced ? 'whatIsHeld' : ahead,
    which === 'own' ? null : confirmationFor,
  );
  if (own.cause === 'interrupted') return null;
  const { places, lines, hasFailed } = shared;
  return {
    own: isForced ? forced(own) : ahead.found(own),
    shared: places.map(({ place, end }) => ({ place, ahead: aheads.get(place)?.found(end) ?? forced(end) })),
    lines,
    hasFailed,
  };
}

const forced = ({ rehearsed, status }: RunEnd): Ahead => ({ commands: rehearsed, held: null, status });

/** What would not be in sync after everything that is planned. */
export const openItems = ({ notAtRest }: RunEnd['status']): RunEnd['status']['notAtRest'] =>
  notAtRest.filter(({ standing }) => standing !== 'ignored');
