/** Incidents: what happens to a whole side and not to one call, while the client works and while it does not. */
import type { SeededRandom, SimulatedDisk, SimulatedDrive } from '@tidemark/testkit';
import type { Faults } from './faults.ts';
import type { Quota } from './quota.ts';
import { createRootIncidents } from './root-incidents.ts';
import { everything, type Scope, scopes } from './scope.ts';
import type { Saves } from './saves.ts';
import type { Swarm } from './swarm.ts';

/** Every incident by name, and what it is. */
export const incidentTexts = {
  'saved-with-gap': 'a program saves by deleting a file and writing it anew within a second',
  'saved-beside': 'a program saves by writing beside a file and renaming that over it',
  'drive-restored': 'the provider puts the whole drive back to an earlier state, and all links are void',
  'quota-changed': 'the drive takes a few bytes more and then no upload; later it has space again',
  'scope-changed': 'the user changes what is to be synced',
  'root-away': 'nothing is at the path of the sync folder; later it is back',
  'root-bare':
    'another, empty folder is at the path of the sync folder, as a mount point is; later it is back',
  'root-copied': 'a copy takes the place of the sync folder',
  'root-emptied': 'the user removes everything in the sync folder, and copies it back later',
  'backup-restored': 'the user puts back an earlier state of the sync folder from a backup',
  'mount-away': 'what is mounted in the sync folder goes away; later it is back',
  'link-in-the-way': 'a symbolic link takes the name of a file or folder, which lies beside it now',
} as const satisfies Record<string, string>;

export type IncidentName = keyof typeof incidentTexts;

export interface IncidentsOptions {
  readonly random: SeededRandom;
  readonly rates: Swarm['rates'];
  readonly wishes: { scope: Scope };
  /** The daemon notices, and begins another run. */
  readonly noticed: () => void;
  readonly disk: SimulatedDisk;
  readonly drive: SimulatedDrive;
  readonly quota: Quota;
  readonly saves: Pick<Saves, 'begin'>;
  readonly faults: Faults;
  /** Called right before and right after versions vanish that no client could have kept. */
  readonly beforeLoss: () => void;
  readonly afterLoss: () => void;
  /** A user gave these contents up. */
  readonly dismiss: (bytes: Uint8Array) => void;
}

export interface Incidents {
  /** One of them happens, or none. Says what, in words. */
  happen(): string | null;
  /** What is away comes back. */
  end(): void;
  /** The user at the disk finds the sync folder. */
  readonly isFolderThere: boolean;
}

/** Says what happened, in words; null when it cannot happen now. */
export type Incident = () => string | null;

export function createIncidents(options: IncidentsOptions): Incidents {
  const { random, rates, drive, faults, wishes } = options;
  const root = createRootIncidents(options);
  let putBack: (() => void) | null = null;

  const incidents: Readonly<Record<IncidentName, Incident>> = {
    ...root.incidents,
    'drive-restored'() {
      if (putBack === null) {
        putBack = drive.user.remember();
        return null;
      }
      options.beforeLoss();
      putBack();
      options.afterLoss();
      putBack = null;
      return 'the drive is back in an earlier state';
    },
    'saved-with-gap': () => (root.isFolderThere ? options.saves.begin('with a gap') : null),
    'saved-beside': () => (root.isFolderThere ? options.saves.begin('beside') : null),
    'quota-changed': () => options.quota.change(),
    'scope-changed'() {
      wishes.scope = wishes.scope === everything ? random.pick(scopes) : everything;
      options.noticed();
      return `disk user wants to sync ${wordsOf(wishes.scope)}`;
    },
  };

  return {
    happen() {
      for (const name of Object.keys(incidents) as IncidentName[]) {
        const rate = rates[name] ?? 0;
        if (rate === 0 || !random.happens(rate)) continue;
        const said = incidents[name]();
        if (said === null) continue;
        faults.strike(name);
        return said;
      }
      return null;
    },
    end() {
      root.end();
      options.quota.end();
    },
    get isFolderThere() {
      return root.isFolderThere;
    },
  };
}

function wordsOf({ skipFile, skipDir, syncList }: Scope): string {
  if (syncList !== null) return `only ${syncList.trim().replaceAll('\n', ' ')}`;
  const skipped = skipFile === '' ? skipDir : skipFile;
  return skipped === '' ? 'everything' : `all but the ${skipFile === '' ? 'folders' : 'files'} ${skipped}`;
}
