/** Explains paths while a run goes on: the log is folded once more beside it, by little and little. */
import type { EventLog } from '@tidemark/contracts';
import { Busy, type ExplainReport } from '@tidemark/control';
import { explainReport, inShared, type PathTold, tellPath, type Telling } from '../explain-report.ts';
import { beginOfFold } from '../fold-begin.ts';
import { withLog } from '../open-log.ts';
import { logFolder, type Profile } from '../profile.ts';
import { createRulesFor } from '../rules-for.ts';
import { settingsRules } from '../settings-rules.ts';
import { sharedPlaceAt } from '../shared-folders/shared-places.ts';
import { breathe } from './breathe.ts';

export interface ExplainerOptions {
  readonly profile: () => Profile;
  /** Null while none is open. */
  readonly log: () => EventLog | null;
}

type Of = Pick<Telling, 'profile' | 'around'>;

/** A second state takes as much memory as the first one, so there is one at a time. Null: no run has ever seen the path. Throws Busy, and Failure. */
export function createExplainer({
  profile,
  log,
}: ExplainerOptions): (path: string) => Promise<ExplainReport | null> {
  let isBusy = false;
  return async (path) => {
    const open = log();
    if (open === null) throw new Busy('The log is being read; ask again in a moment');
    if (isBusy) throw new Busy('Another path is being explained; ask again in a moment');
    isBusy = true;
    try {
      const own = profile();
      const rulesFor = createRulesFor(await settingsRules(own));
      const tell = async (inside: string, from: EventLog, of: Of): Promise<PathTold | null> =>
        tellPath(inside, { log: from, rulesFor, begin: await beginOfFold(from, rulesFor), breathe, ...of });
      const shared = sharedPlaceAt(own, path);
      const told =
        shared === null
          ? await tell(path, open, { profile: own })
          : await withLog(logFolder(shared.profile), (its) =>
              tell(shared.inside, its, inShared(own, path, shared)),
            );
      return told && explainReport(path, told);
    } finally {
      isBusy = false;
    }
  };
}
