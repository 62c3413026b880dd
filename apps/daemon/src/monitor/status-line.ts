/** What the daemon is doing, in one line for the service manager. */
import type { FailureDetails } from '@tidemark/contracts';
import type { DaemonReport } from '@tidemark/control';
import { readingText } from '@tidemark/control';
import type { State } from '@tidemark/engine';
import type { LiveFacts } from './status-report.ts';

export interface Doing {
  readonly phase: LiveFacts['phase'];
  readonly suspended: FailureDetails | null;
  /** Milliseconds since 1970. */
  readonly offlineSince: number | null;
  readonly reading: DaemonReport['reading'];
}

export function statusLine({ trees, inFlight }: State, doing: Doing): string {
  const items = `${Math.max(0, trees.items.size - 1)} items`;
  switch (doing.phase) {
    case 'offline':
      return `Waiting for the network since ${new Date(doing.offlineSince ?? 0).toISOString()}, ${items}`;
    case 'suspended':
      return `Suspended: ${doing.suspended?.detail ?? ''}`;
    case 'paused':
      return `Paused, ${items}`;
    case 'syncing':
      return `Syncing, ${items}, ${inFlight.size === 0 ? 'looking' : `${inFlight.size} under way`}`;
    case 'idle':
      return `Waiting for changes, ${items}`;
    case 'stopping':
      return 'Stopping';
    case 'starting':
      return doing.reading === null ? 'Starting' : `Starting: ${readingText(doing.reading)}`;
  }
}
