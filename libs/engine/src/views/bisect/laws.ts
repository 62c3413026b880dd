/** Laws of the core that can be asked of a log. Each says in words how it is broken, or null. */
import type { ItemId, RecordedEvent } from '@tidemark/contracts';
import { rootItem, seq } from '@tidemark/contracts';
import { createAgenda, orderOf } from '@tidemark/planner';
import { localKnown, remoteKnown, type State } from '../../fold/state.ts';
import { plan } from '../../plan/plan.ts';

export interface Law {
  readonly name: string;
  readonly says: string;
  /** Asked of a state after an event. */
  readonly brokenIn?: (state: State) => string | null;
  /** The same as `brokenIn` after an event, when it held before. `items`: what the event touched. */
  readonly brokenBy?: (state: State, items: readonly ItemId[]) => string | null;
  /** Asked before a plan is folded. It plans, as the run did. */
  readonly brokenByPlan?: (state: State, recorded: RecordedEvent) => string | null;
}

export const laws: readonly Law[] = [
  {
    name: 'plans',
    says: 'this version decides what the recorded one did',
    brokenByPlan: (state, { seq: at, event }) => {
      const recorded = event.type === 'Planned' ? event.commands : [];
      const derived = plan(state, at);
      return JSON.stringify(recorded) === JSON.stringify(derived)
        ? null
        : `recorded ${recorded.length} commands, derived ${derived.length}`;
    },
  },
  {
    name: 'agenda',
    says: 'planning from the items worth a look is planning from every item',
    brokenByPlan: (state, { seq: at }) => {
      const { agenda } = state;
      const { started, trees } = state;
      state.agenda = createAgenda(started === null ? null : orderOf(started.policy, trees));
      for (const id of state.trees.items.keys()) if (id !== rootItem) state.agenda.touch(id);
      const everything = plan(state, at);
      state.agenda = agenda;
      const planned = plan(state, at);
      return JSON.stringify(planned) === JSON.stringify(everything)
        ? null
        : `${planned.length} commands, ${everything.length} from every item`;
    },
  },
  {
    name: 'deletions',
    says: 'nothing is deleted while one side is not known as a whole',
    brokenByPlan: (state, { event }) => {
      if (event.type !== 'Planned' || (remoteKnown(state) && localKnown(state))) return null;
      const deletion = event.commands.find(({ type }) => type === 'DeleteRemote' || type === 'DeleteLocal');
      return deletion === undefined ? null : `${deletion.type} "${deletion.path}"`;
    },
  },
  {
    name: 'folders',
    says: 'what a side shows lies in a folder that this side shows',
    brokenIn: (state) => strayAmong(state, state.trees.items.keys()),
    brokenBy: (state, items) => strayAmong(state, withChildren(state, items)),
  },
];

/** An event touches folders; what lies in them is not touched itself. */
function* withChildren({ trees }: State, items: readonly ItemId[]): Iterable<ItemId> {
  for (const id of items) {
    yield id;
    for (const side of ['remote', 'local'] as const) yield* trees.names[side].children(id);
  }
}

function strayAmong(state: State, ids: Iterable<ItemId>): string | null {
  const { items } = state.trees;
  for (const id of ids) {
    if (id === rootItem) continue;
    for (const side of ['remote', 'local'] as const) {
      const entry = items.get(id)?.[side] ?? null;
      // The drive tells of a folder before it tells of what was in it; the end of the round settles it.
      if (entry === null || (side === 'remote' && state.remote.goneFolders.size > 0)) continue;
      if (items.get(entry.parent)?.[side]?.kind !== 'folder')
        return `"${entry.name}" (item ${id}) lies in no folder on ${side === 'remote' ? 'the drive' : 'disk'}`;
    }
  }
  return null;
}

/** What a batch that planned nothing is compared with. */
export const nothingPlanned = (after: RecordedEvent): RecordedEvent => ({
  seq: seq(after.seq + 1),
  at: after.at,
  source: 'engine',
  event: { type: 'PlanningEnded' },
  items: [],
});
