/** Status: what is in sync, what is not, and why not. "In sync" is said only when it is true of every item in scope. */
import type { FailureDetails, ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Gate, HeldKind, PlanningView } from '@tidemark/planner';
import { reconcile } from '@tidemark/planner';
import type { Item } from '@tidemark/trees';
import { isAtRest, isWithin, shownPath } from '@tidemark/trees';
import type { HeldPlan } from '../fold/gate.ts';
import { heldKindOf, heldPlan } from '../fold/gate.ts';
import { viewOf } from '../plan/plan.ts';
import { wishOf } from './explain/commands.ts';
import { isRefusedAgain } from '../fold/attempts.ts';
import type { State } from '../fold/state.ts';
import { isPaused } from '../fold/state.ts';

export interface ItemStatus {
  readonly item: ItemId;
  readonly path: string;
  /**
   * `ignored`: a rule, the direction of the sync or the kind of the item leaves it out. `blocked`: it is meant to be synced
   * and cannot be until a user changes something there. A run does not fail because of it.
   */
  readonly standing: 'pending' | 'waiting' | 'problem' | 'ignored' | 'blocked' | 'held';
  /** In words. */
  readonly detail: string;
  readonly failure: FailureDetails | null;
  /** A cleanup leaves it on disk, since rules leave out the folder that it is in. */
  readonly retained?: 'file' | 'folder';
}

export interface Status {
  readonly items: number;
  readonly atRest: number;
  readonly notAtRest: readonly ItemStatus[];
  readonly oddities: State['local']['oddities'];
  /** What waits for a confirmation, with the hash that a confirmation names. */
  readonly held: HeldPlan | null;
  readonly halted: FailureDetails | null;
  /** Plugins that the run waits for: it changes nothing before their rules have all facts. */
  readonly factsAwaited: readonly string[];
  /** Why the last look at a side failed. What is said of items then is how they were before. */
  readonly unseen: readonly FailureDetails[];
}

export function statusOf(state: State): Status {
  const notAtRest: ItemStatus[] = [];
  let atRest = 0;
  // One view for all: the fate of a folder is judged once, not once for everything in it.
  const view = viewOfRun(state);
  for (const item of state.trees.items.values()) {
    if (item.id === rootItem) continue;
    if (isAtRest(item)) atRest++;
    else notAtRest.push(itemStatus(state, item, view));
  }
  notAtRest.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return {
    items: state.trees.items.size - 1,
    atRest,
    notAtRest,
    oddities: state.local.oddities,
    held: heldPlan(state),
    halted: state.halted,
    factsAwaited: [...state.factsAwaited],
    unseen: [state.remote, state.local].flatMap(({ look }) => look.failure ?? []),
  };
}

/** What keeps the item from being at rest. */
export function itemStatus(state: State, item: Item, view = viewOfRun(state)): ItemStatus {
  const [standing, detail, failure = null, isRetained] = standingOf(state, item, view);
  const path = shownPath(state.trees, item);
  const told = { item: item.id, path, standing, detail, failure };
  return isRetained === true && item.local !== null ? { ...told, retained: item.local.kind } : told;
}

const viewOfRun = (state: State): PlanningView | null => (state.started === null ? null : viewOf(state));

type Standing = readonly [
  standing: ItemStatus['standing'],
  detail: string,
  failure?: ItemStatus['failure'],
  isRetained?: boolean,
];

function standingOf(state: State, item: Item, view: PlanningView | null): Standing {
  const command = state.inFlight.get(item.id);
  if (command !== undefined) return ['pending', `under way: ${wishOf(command)}`];
  const { state: standing, failure = null } = state.activities.get(item.id) ?? {};
  if (standing === 'problem' && failure !== null)
    return isLeftAlone(state, item.id)
      ? ['blocked', `refused as in an earlier run: ${failure.detail}`, failure]
      : ['problem', failure.detail, failure];
  if (standing === 'waiting' && failure !== null)
    return ['waiting', `waits for another attempt: ${failure.detail}`, failure];
  const detail = item.remote?.oddity;
  if (detail !== undefined) return ['blocked', detail, { code: 'incomplete', detail }];
  if (item.remote?.kind === 'opaque')
    return ['ignored', 'a notebook or a shortcut, and what it leads to is no part of this drive'];
  if (view === null) return ['pending', 'no run has looked at it'];
  if (state.factsAwaited.size > 0)
    return ['waiting', `waits for the facts of ${pluginsInWords(state.factsAwaited)}`];
  const held = heldKindOf(state, item);
  if (held !== null) return ['held', heldDetails[held]];
  const decision = reconcile(view, item);
  switch (decision.type) {
    case 'act':
      return isPaused(state)
        ? ['waiting', `wants to ${wishOf(decision.command)} once syncing goes on: it is paused`]
        : ['pending', `wants to ${wishOf(decision.command)}`];
    case 'stuck':
      return ['problem', decision.detail, { code: decision.code, detail: decision.detail }];
    case 'ignored':
      return ['ignored', `${decision.plugin}: ${decision.detail}`, null, decision.retained === true];
    case 'wait':
      if (decision.for === item.id && state.local.justGone.has(item.id))
        return ['waiting', 'gone from the disk a moment ago, and may be back at once'];
      return (
        leftOutWith(state, item, decision.for, view) ??
        staysWith(state, item, decision.for, view) ??
        waiting(state, decision.for, view)
      );
    case 'rest':
      return [
        'ignored',
        'left as it is by the direction of the sync, or because something out of scope is inside',
      ];
  }
}

const pluginsInWords = (names: Iterable<string>): string =>
  [...names].map((name) => `plugin "${name}"`).join(' and ');

/** What was never synced is left out with the folder that it is in. */
function leftOutWith(state: State, item: Item, what: ItemId | Gate, view: PlanningView): Standing | null {
  if (item.remote !== null || item.synced !== null || what !== item.local?.parent) return null;
  const folder = state.trees.items.get(what);
  if (folder === undefined || standingOf(state, folder, view)[0] !== 'ignored') return null;
  return ['ignored', `is in "${shownPath(state.trees, folder)}", which is left out`];
}

/** A folder that one side alone shows would go, were it not for something in it that stays. */
function staysWith(state: State, item: Item, what: ItemId | Gate, view: PlanningView): Standing | null {
  const inside = typeof what === 'number' ? state.trees.items.get(what) : undefined;
  if (item.synced !== null || inside === undefined || inside.id === item.id) return null;
  const side = item.local === null ? 'remote' : 'local';
  const isInside = isWithin(state.trees, inside.id, item.id, side);
  if (!isInside || standingOf(state, inside, view)[0] !== 'ignored') return null;
  return ['ignored', `holds "${shownPath(state.trees, inside)}", which is left out`];
}

const heldDetails = {
  deletionsOnDrive: 'gone from the disk; its deletion on the drive waits for your confirmation',
  deletionsOnDisk: 'gone from the drive; its deletion on disk waits for your confirmation',
  replacementsOnDrive: 'rewritten on disk; replacing the version on the drive waits for your confirmation',
} as const satisfies Record<HeldKind, string>;

function waiting(state: State, what: ItemId | Gate, { missing }: PlanningView): Standing {
  if (what === 'localKnown' || what === 'remoteKnown')
    return ['waiting', `waits for a complete look at the ${what === 'localKnown' ? 'disk' : 'drive'}`];
  if (what === 'cleanup')
    return ['waiting', 'is not online; it goes to the trash after the next look at the drive that counts'];
  if (what === 'driveSpace') {
    const detail = `waits for space on the drive, which refused ${state.remote.full?.sizeBytes} bytes`;
    return ['waiting', detail, { code: 'quotaReached', detail }];
  }
  if (typeof what !== 'number') return ['waiting', 'waits with others for your confirmation'];
  if (missing.has(what))
    return ['blocked', 'is where something was mounted that is away; nothing happens to it until it is back'];
  const item = state.trees.items.get(what);
  if (item === undefined) return ['waiting', 'waits for an item that is gone'];
  const waits = `waits for "${shownPath(state.trees, item)}"`;
  if (state.trees.unlistable.has(what))
    return ['blocked', `is in a folder that the drive does not list, so it ${waits}`];
  return [isLeftAlone(state, what) ? 'blocked' : 'waiting', waits];
}

/** An earlier run has named it. */
function isLeftAlone(state: State, id: ItemId): boolean {
  const activity = state.activities.get(id);
  const code = activity?.state === 'problem' ? activity.failure?.code : undefined;
  return code !== undefined && isRefusedAgain(state, id, code);
}
