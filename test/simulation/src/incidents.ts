/** Incidents: what happens to a whole side and not to one call, while the client works and while it does not. */
import type { SeededRandom, SimulatedDrive } from '@tidemark/testkit';
import type { Faults } from './faults.ts';
import { everything, type Scope, scopes } from './scope.ts';
import type { Swarm } from './swarm.ts';

/** Every incident by name, and what it is. */
export const incidentTexts = {
  'drive-restored': 'the provider puts the whole drive back to an earlier state, and all links are void',
  'scope-changed': 'the user changes what is to be synced',
} as const satisfies Record<string, string>;

export type IncidentName = keyof typeof incidentTexts;

export interface IncidentsOptions {
  readonly random: SeededRandom;
  readonly rates: Swarm['rates'];
  readonly wishes: { scope: Scope };
  readonly drive: SimulatedDrive;
  readonly faults: Faults;
  /** Called right before and right after versions vanish that no client could have kept. */
  readonly beforeLoss: () => void;
  readonly afterLoss: () => void;
}

export interface Incidents {
  /** One of them happens, or none. Says what, in words. */
  happen(): string | null;
}

export function createIncidents(options: IncidentsOptions): Incidents {
  const { random, rates, drive, faults, wishes } = options;
  let putBack: (() => void) | null = null;

  const incidents: Readonly<Record<IncidentName, () => string | null>> = {
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
    'scope-changed'() {
      wishes.scope = wishes.scope === everything ? random.pick(scopes) : everything;
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
  };
}

function wordsOf({ skipFile, skipDir, syncList }: Scope): string {
  if (syncList !== null) return `only ${syncList.trim().replaceAll('\n', ' ')}`;
  const skipped = skipFile === '' ? skipDir : skipFile;
  return skipped === '' ? 'everything' : `all but the ${skipFile === '' ? 'folders' : 'files'} ${skipped}`;
}
