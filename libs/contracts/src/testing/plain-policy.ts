import type { Policy } from '../policy.ts';
import { paceOnce } from '../policy.ts';

/** Both ways, everything, once: what is left when no setting says otherwise. */
export const plainPolicy: Policy = {
  direction: 'both',
  localFirst: false,
  keepRemote: false,
  cleanupLocal: false,
  bypassPreservation: false,
  hostName: 'host',
  massDeleteMax: 1000,
  massDeletePercent: 50,
  massDeleteWindowMs: 3_600_000,
  massRewritePercent: 50,
  massDeleteConfirmed: false,
  commandsInFlightMax: 100,
  attemptsMax: 5,
  pathLengthMax: 400,
  pace: paceOnce,
  filter: {
    accountKind: 'business',
    skipFile: '',
    skipDir: '',
    skipDirStrictMatch: false,
    skipDotfiles: false,
    skipSymlinks: false,
    checkNosync: false,
    skipSizeBytes: 0,
    syncRootFiles: false,
    syncList: null,
    singleDirectory: null,
  },
};
