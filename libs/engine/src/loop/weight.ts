/** How much waiting observations weigh: in rows, wherever they wait. */
import type { Observation } from '@tidemark/contracts';

/** Rows that may wait before those who bring more do: one page of the drive, or outcomes of many commands. */
export const waitingRowsMax = 200;

/** What an observation weighs: what it says of many items takes many times as long. */
export function rowsIn(observation: Observation): number {
  switch (observation.type) {
    case 'RemotePage':
      return observation.rows.length + 1;
    case 'LocalListing':
      return observation.folders.reduce((sum, { rows }) => sum + rows.length, 1);
    case 'CommandSucceeded':
      return observation.look !== undefined && 'rows' in observation.look
        ? observation.look.rows.length + 1
        : 1;
    default:
      return 1;
  }
}
