/** Tells why items are left alone. */
import type { ItemId, RecordedEvent } from '@tidemark/contracts';
import type { HeldPlan, State, Status } from '@tidemark/engine';
import { statusOf } from '@tidemark/engine';
import type { ItemVerdict } from '@tidemark/plugin-sdk';
import type { RunEnd } from './profile-run.ts';

export interface Verdicts {
  /** What a run recorded: items that it touches may be left alone for the first time. */
  recorded(events: readonly RecordedEvent[]): void;
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
  const news = createNews(state);
  let heldTold: string | null = null;
  const tellWhatIsHeld = async ({ held }: Status): Promise<void> => {
    if (held !== null && held.hash !== heldTold) await tellHeld(held);
    heldTold = held?.hash ?? null;
  };
  return {
    recorded: news.recorded,
    async passEnded() {
      const status = statusOf(state);
      const parts = verdictsOf(status, 'interrupted', news).map((verdicts) => {
        const fresh = verdicts.filter(({ path, detail }) => !told.has(`${path}\n${detail}`));
        for (const { path, detail } of fresh) told.add(`${path}\n${detail}`);
        return fresh;
      });
      for (const fresh of parts) if (fresh.length > 0) await tell(fresh);
      await tellWhatIsHeld(status);
    },
    async runEnded(status, cause) {
      for (const verdicts of verdictsOf(status, cause, news)) await tell(verdicts);
      await tellWhatIsHeld(status);
    },
  };
}

/** A thousand at a time. What still waits when a run has finished is a problem for the reader. */
function verdictsOf({ notAtRest }: Status, cause: RunEnd['cause'], news: News): (readonly ItemVerdict[])[] {
  const verdicts: ItemVerdict[] = [];
  for (const { item, path, standing, detail, failure, retained } of notAtRest) {
    const code = {
      ...(failure !== null && { code: failure.code }),
      ...(!news.is(item) && { isNews: false }),
      ...(retained !== undefined && { retained }),
    };
    if (standing === 'ignored' || standing === 'held' || standing === 'problem')
      verdicts.push({ path, standing, detail, ...code });
    else if (standing === 'blocked') verdicts.push({ path, standing: 'ignored', detail, ...code });
    else if (cause === 'finished') verdicts.push({ path, standing: 'problem', detail, ...code });
  }
  const parts = [];
  for (let start = 0; start < verdicts.length; start += 1000) parts.push(verdicts.slice(start, start + 1000));
  return parts;
}

interface News {
  recorded(events: readonly RecordedEvent[]): void;
  /** The item may stand otherwise than at the end of the run before. */
  is(item: ItemId): boolean;
}

/** Other rules, or a comparison from scratch, make news of everything. */
function createNews({ started: before, trees }: State): News {
  const known = before === null ? null : rulesIn(before);
  const touched = new Set<ItemId>();
  let isAll = known === null || trees.items.size === 0;
  return {
    recorded(events) {
      for (const { event, items } of events) {
        if (event.type === 'Started') isAll ||= event.forget !== null || rulesIn(event) !== known;
        if (isAll) return touched.clear();
        for (const item of items) touched.add(item);
      }
    },
    is: (item) => isAll || touched.has(item),
  };
}

const rulesIn = ({ policy, plugins }: NonNullable<State['started']>): string =>
  JSON.stringify([policy.filter, policy.direction, plugins]);
