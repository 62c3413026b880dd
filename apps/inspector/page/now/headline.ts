/** The one sentence that says how things are. */
import type { Now } from '../../src/protocol.ts';
import { plural } from '../words.ts';

export interface Headline {
  readonly tone: 'good' | 'busy' | 'attention' | 'bad' | 'quiet';
  readonly title: string;
  readonly detail: string;
}

export function headlineOf({ status, stateText, held, conflicts }: Now): Headline {
  const { standings, inSync, halted, suspended, daemon, state } = status;
  if (state === 'neverSynced') return { tone: 'quiet', title: 'Nothing has been synced yet', detail: '' };
  if (suspended !== null) return { tone: 'bad', title: 'Suspended', detail: suspended.detail };
  if (halted !== null) return { tone: 'bad', title: 'The last run was stopped', detail: halted.detail };
  const isPaused = status.pauses.length > 0 && daemon !== null;
  const stuck = standings.problem + standings.blocked;
  const asOf = daemon === null ? 'as of the last run' : stateText;
  if (held.length > 0)
    return { tone: 'attention', title: 'Much would be lost at once, and waits for you', detail: asOf };
  if (stuck > 0)
    return { tone: 'attention', title: `${plural(stuck, 'item')} cannot be synced`, detail: asOf };
  if (isPaused) return { tone: 'quiet', title: 'Paused', detail: 'nothing is changed on either side' };
  if (conflicts.length > 0)
    return { tone: 'attention', title: `${plural(conflicts.length, 'conflict')} to look at`, detail: asOf };
  const open = standings.pending + standings.waiting;
  if (open > 0) return { tone: 'busy', title: `${plural(open, 'item')} to go`, detail: asOf };
  if (inSync) return { tone: 'good', title: 'Everything is in sync', detail: asOf };
  return { tone: 'quiet', title: 'Not known to be in sync', detail: asOf };
}
