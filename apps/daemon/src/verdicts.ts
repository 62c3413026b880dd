/** Tells why items are left alone. */
import type { HeldPlan, State, Status } from '@tidemark/engine';
import { statusOf } from '@tidemark/engine';
import type { ItemVerdict } from '@tidemark/plugin-sdk';
import type { RunEnd } from './profile-run.ts';

export interface Verdicts {
  /** Between two passes: what came to be left alone since the last one. What waits for another attempt gets it by itself. */
  passEnded(): Promise<void>;
  /** Everything that is left alone when a run ends. */
  runEnded(status: Status, cause: RunEnd['cause']): Promise<void>;
}

export interface Told {
  readonly tell: (verdicts: readonly ItemVerdict[]) => Promise<void>;
  /** What waits for a confirmation, once for each plan. */
  readonly tellHeld: (held: HeldPlan) => Promise<void>;
}

export function createVerdicts(state: State, { tell, tellHeld }: Told): Verdicts {
  const told = new Set<string>();
  let heldTold: string | null = null;
  const tellWhatIsHeld = async ({ held }: Status): Promise<void> => {
    if (held !== null && held.hash !== heldTold) await tellHeld(held);
    heldTold = held?.hash ?? null;
  };
  return {
    async passEnded() {
      const status = statusOf(state);
      const parts = verdictsOf(status, 'interrupted').map((verdicts) => {
        const news = verdicts.filter(({ path, detail }) => !told.has(`${path}\n${detail}`));
        for (const { path, detail } of news) told.add(`${path}\n${detail}`);
        return news;
      });
      for (const news of parts) if (news.length > 0) await tell(news);
      await tellWhatIsHeld(status);
    },
    async runEnded(status, cause) {
      for (const verdicts of verdictsOf(status, cause)) await tell(verdicts);
      await tellWhatIsHeld(status);
    },
  };
}

/** A thousand at a time. What still waits when a run has finished is a problem for the reader. */
function verdictsOf({ notAtRest }: Status, cause: RunEnd['cause']): (readonly ItemVerdict[])[] {
  const verdicts: ItemVerdict[] = [];
  for (const { path, standing, detail, failure } of notAtRest) {
    const code = failure === null ? {} : { code: failure.code };
    if (standing === 'ignored' || standing === 'held' || standing === 'problem')
      verdicts.push({ path, standing, detail, ...code });
    else if (standing === 'blocked') verdicts.push({ path, standing: 'ignored', detail, ...code });
    else if (cause === 'finished') verdicts.push({ path, standing: 'problem', detail, ...code });
  }
  const parts = [];
  for (let start = 0; start < verdicts.length; start += 1000) parts.push(verdicts.slice(start, start + 1000));
  return parts;
}
