/**
 * The swarm: what one seed's world is like. Which faults there are and how often, how the drive happens to behave, how
 * much the users do. Most seeds have a few kinds of trouble each, so that every kind meets every other one sometime.
 */
import type { DriveInfo, Policy } from '@tidemark/contracts';
import { plainPolicy } from '@tidemark/contracts';
import {
  type DriveLie,
  driveLies,
  type FeedHabits,
  type SeededRandom,
  type SimulatedFileSystem,
} from '@tidemark/testkit';
import type { FaultName } from './faults.ts';
import { type IncidentName, incidentTexts } from './incidents.ts';
import { drawHints, type HintRates } from './hints.ts';

export interface Swarm {
  readonly driveKind: DriveInfo['kind'];
  readonly habits: FeedHabits;
  readonly fileSystem: SimulatedFileSystem;
  /** Rows of a page of the change feed, at most. */
  readonly pageSizeMax: number;
  /** `continuous`: a run goes on until it is ended, as the daemon's does. */
  readonly pace: Policy['pace']['mode'];
  /** Of a run that goes on. */
  readonly hints: HintRates;
  readonly localFirst: boolean;
  /** Until the world heals; then both ways. */
  readonly direction: Policy['direction'];
  readonly keepRemote: boolean;
  readonly cleanupLocal: boolean;
  /** What the client deletes on the drive does not go to the recycle bin. */
  readonly deletesForGood: boolean;
  /** So many deletions are held until the user confirms them. */
  readonly massDeleteMax: number;
  readonly commandsInFlightMax: number;
  /** The service stores documents with other bytes than it was sent. */
  readonly rewritesDocuments: boolean;
  /** A plugin changes the content of all files between disk and drive. */
  readonly changesContent?: boolean;
  /** A plugin's rules have facts that come and go. */
  readonly bringsFacts?: boolean;
  /** What users do before the client runs for the first time, and while it does. */
  readonly actionsBefore: number;
  readonly actions: number;
  /** Chances, per moment, in [0, 1]. */
  readonly actionRate: number;
  readonly interferenceRate: number;
  readonly driveFailRate: number;
  readonly driveFailAfterRate: number;
  readonly diskFailRate: number;
  readonly cutRate: number;
  readonly linkRefusedRate: number;
  readonly linksExpireRate: number;
  readonly killRate: number;
  readonly interruptRate: number;
  readonly busRepeatRate: number;
  readonly busDelayRate: number;
  readonly clockJumpRate: number;
  readonly snapshots: 'never' | 'sometimes';
  /** Of lies and incidents, each time one could come. Absent: this world does not know it. */
  readonly rates: Readonly<Partial<Record<DriveLie | IncidentName, number>>>;
  /** Kills and interruptions, at most. */
  readonly endsMax: number;
}

/** @param also faults that half of the worlds know */
export function drawSwarm(random: SeededRandom, also: readonly FaultName[] = []): Swarm {
  const sometimes = (share: number, rateMax: number): number =>
    random.happens(share) ? random.fraction() * rateMax : 0;
  return {
    driveKind: random.pick(['business', 'business', 'personal', 'documentLibrary'] as const),
    habits: {
      ancestors: random.pick(['included', 'omitted'] as const),
      order: random.pick(['asChanged', 'shuffled'] as const),
      tombstones: random.pick(['all', 'topmost'] as const),
    },
    fileSystem: drawFileSystem(random.fork('file system'), also),
    pageSizeMax: random.pick([1, 2, 5, 200]),
    localFirst: random.happens(0.2),
    commandsInFlightMax: random.pick([1, 3, 20]),
    rewritesDocuments: random.happens(0.15),
    actionsBefore: random.below(12),
    actions: random.below(28),
    actionRate: random.fraction() * 0.2,
    interferenceRate: sometimes(0.5, 0.1),
    driveFailRate: sometimes(0.5, 0.3),
    driveFailAfterRate: sometimes(0.4, 0.3),
    diskFailRate: sometimes(0.3, 0.1),
    cutRate: sometimes(0.3, 0.5),
    linkRefusedRate: drawLinkRefusedRate(random.fork('links of downloads'), also),
    linksExpireRate: sometimes(0.3, 0.01),
    killRate: sometimes(0.5, 0.1),
    interruptRate: sometimes(0.3, 0.02),
    busRepeatRate: sometimes(0.3, 0.3),
    busDelayRate: sometimes(0.3, 0.5),
    clockJumpRate: sometimes(0.3, 0.3),
    snapshots: random.pick(['never', 'sometimes'] as const),
    pace: random.fork('pace').happens(0.25) ? 'continuous' : 'once',
    bringsFacts: random.fork('facts').happens(0.25),
    hints: drawHints(random.fork('hints')),
    ...drawWishes(random.fork('wishes')),
    deletesForGood: random.fork('for good').happens(0.15),
    rates: drawRates(random, also),
    endsMax: random.below(4),
  };
}

/** Most file systems can do everything. */
function drawFileSystem(random: SeededRandom, also: readonly FaultName[]): SimulatedFileSystem {
  const areRenumbered = also.includes('inodes-renumbered');
  const areShared = also.includes('inodes-shared');
  const sharesNumbers = random.fork('shared numbers').happens(0.3) || areShared;
  return {
    ...(random.happens(areRenumbered || areShared ? 0.5 : 0.06) && {
      birthTimes: false,
      renumbers: random.happens(0.5) || areRenumbered,
      sharesNumbers,
    }),
    ...(random.happens(0.06) && { tickSeconds: random.pick([1, 2]) }),
    ...(random.happens(0.06) && { times: { from: 0, to: 2 ** 31 - 1 } }),
  };
}

function drawWishes(
  random: SeededRandom,
): Pick<Swarm, 'direction' | 'keepRemote' | 'cleanupLocal' | 'massDeleteMax'> {
  return {
    direction: random.happens(0.1) ? random.pick(['download', 'upload'] as const) : 'both',
    keepRemote: random.happens(0.5),
    cleanupLocal: random.happens(0.5),
    massDeleteMax: random.pick([plainPolicy.massDeleteMax, plainPolicy.massDeleteMax, 2, 6]),
  };
}

const drawLinkRefusedRate = (random: SeededRandom, also: readonly FaultName[]): number =>
  random.happens(also.includes('download-link-refused-twice') ? 0.5 : 0.1) ? random.fraction() * 0.5 : 0;

/** Most worlds know none or one of them, so that a broken law has few suspects. */
const shareOfWorlds = 0.06;
/** One takes a deleted folder that is not empty, the others a run that goes on and an item at rest. */
const moreOften: Readonly<Partial<Record<DriveLie | IncidentName, number>>> = {
  'full-folder-stays': 0.4,
  'saved-with-gap': 0.3,
  'saved-beside': 0.3,
};
const lieRateMax = 0.3;
const incidentRateMax = 0.15;

function drawRates(random: SeededRandom, also: readonly FaultName[]): Swarm['rates'] {
  const rates: Partial<Record<DriveLie | IncidentName, number>> = {};
  const draw = (name: DriveLie | IncidentName, rateMax: number): void => {
    // A stream of its own for each: a new kind leaves the worlds as they were that do not draw it.
    const own = random.fork(name);
    const isDrawn = own.happens(also.includes(name) ? 0.5 : (moreOften[name] ?? shareOfWorlds));
    if (isDrawn) rates[name] = own.fraction() * rateMax;
  };
  for (const name of Object.keys(driveLies) as DriveLie[]) draw(name, lieRateMax);
  for (const name of Object.keys(incidentTexts) as IncidentName[]) draw(name, incidentRateMax);
  return rates;
}
