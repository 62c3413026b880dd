/**
 * The gate, folded (I-11): deletions, and uploads that replace, are counted together with those that were carried out a short
 * while ago, so that many in small batches are held as many at once are. Times decide here when to hold, never what was seen.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { HeldChanges, ItemId } from '@tidemark/contracts';
import type { HeldKind, LeftOut } from '@tidemark/planner';
import {
  createLeftOut,
  goesUnagreed,
  heldKinds,
  ignoredBy,
  isRewritten,
  isRewrittenAsAnother,
  isSpared,
  sinceAgreed,
  wouldLose,
} from '@tidemark/planner';
import type { Item, Side } from '@tidemark/trees';
import { shownPath } from '@tidemark/trees';
import type { State } from './state.ts';
import { policyOf } from './state.ts';

export type GateState = { readonly [Kind in HeldKind]: Counted };

class Counted {
  /** What asks to go through, without a confirmation. */
  readonly pending = new Set<ItemId>();
  /** What went through unasked and does not ask again, with the time, oldest first. */
  readonly recent = new Map<ItemId, number>();
  /** Of both: files that were rewritten under another extension. */
  readonly disguised = new Set<ItemId>();
  /** What asks to go through, and the user has confirmed. */
  readonly confirmed = new Set<ItemId>();
}

export const openGate = (): GateState => ({
  deletionsOnDrive: new Counted(),
  deletionsOnDisk: new Counted(),
  replacementsOnDrive: new Counted(),
});

const asks: Readonly<Record<HeldKind, (state: State, item: Item, leftOut: LeftOut) => boolean>> = {
  deletionsOnDrive: (state, item, leftOut) => item.local === null && mayGo(state, item, 'remote', leftOut),
  deletionsOnDisk: (state, item, leftOut) => item.remote === null && mayGo(state, item, 'local', leftOut),
  replacementsOnDrive: (_state, item) => isRewritten(item),
};

/** It was agreed on, or only one side is the truth; what was not, or is not as agreed, may be out of scope, or be spared. */
function mayGo(state: State, item: Item, side: Side, leftOut: LeftOut): boolean {
  const { started, trees, rules, local } = state;
  if (started === null || !goesUnagreed(started.policy, item, side)) return item.synced !== null;
  if (sinceAgreed(item, side) === 'same') return true;
  const { policy } = started;
  return (
    item.remote?.kind !== 'opaque' &&
    item.remote?.oddity === undefined &&
    ignoredBy(state, item) === null &&
    !isSpared({ trees, policy, rules, oddities: local.oddities, leftOut }, item, side)
  );
}

/** The item as it is now; undefined: gone on both sides. An upload that replaced counts when its outcome comes. */
export function countAtGate(
  state: State,
  id: ItemId,
  item: Item | undefined,
  leftOut: LeftOut = createLeftOut(),
): void {
  const { gate, at } = state;
  const isGone = item === undefined || (item.remote === null && item.local === null);
  for (const kind of heldKinds) {
    const { pending, recent, disguised, confirmed } = gate[kind];
    if (isGone || !asks[kind](state, item, leftOut)) {
      confirmed.delete(id);
      if (pending.delete(id) && isGone && kind !== 'replacementsOnDrive') recent.set(id, at);
    } else if (!confirmed.has(id)) {
      pending.add(id);
      recent.delete(id);
    }
    if (!pending.has(id) && !recent.has(id)) disguised.delete(id);
    else if (!isGone && isRewrittenAsAnother(item)) disguised.add(id);
  }
}

/** An upload replaced the drive's version. */
export function countReplaced({ gate, at }: State, id: ItemId): void {
  const { confirmed, recent } = gate.replacementsOnDrive;
  if (confirmed.has(id)) return;
  recent.delete(id);
  recent.set(id, at);
}

/** Time passes: what went through long ago counts no more. While something is held the window stands still. */
export function slideWindow(state: State): void {
  for (const kind of heldKinds) {
    const { recent, disguised } = state.gate[kind];
    if (recent.size === 0 || isHeld(state, kind)) continue;
    for (const [id, wentAt] of recent) {
      if (state.at - wentAt <= policyOf(state).massDeleteWindowMs) break;
      recent.delete(id);
      disguised.delete(id);
    }
  }
}

/** There is more of it than the policy lets pass without a confirmation. */
export function isHeld(state: State, kind: HeldKind): boolean {
  const { pending, recent, disguised } = state.gate[kind];
  if (state.started === null || pending.size === 0) return false;
  const policy = policyOf(state);
  if (kind !== 'replacementsOnDrive' && isAgainstNothing(state, kind)) return true;
  const total = pending.size + recent.size;
  if (kind === 'replacementsOnDrive') {
    const percent = policy.massRewritePercent;
    // In a tree of any size: no user does this to many files by hand.
    if (percent < 100 && disguised.size >= shareCountsFrom) return true;
    return isLargeShare(total, state.trees.items.size - 1, percent);
  }
  // What is deleted is no part of the tree any more.
  const items = state.trees.items.size - 1 + recent.size;
  return total >= policy.massDeleteMax || isLargeShare(total, items, policy.massDeletePercent);
}

/** What was never agreed on would go because of a side that shows nothing at all: it may be the wrong folder, or the wrong account. */
function isAgainstNothing({ gate, trees, started }: State, kind: HeldKind): boolean {
  const [side, truth] =
    kind === 'deletionsOnDrive'
      ? (['remote', trees.byLocalId] as const)
      : (['local', trees.byRemoteId] as const);
  if (started === null || truth.size > 1) return false;
  for (const id of gate[kind].pending) {
    const item = trees.items.get(id);
    if (item?.synced === null && goesUnagreed(started.policy, item, side)) return true;
  }
  return false;
}

const isLargeShare = (total: number, items: number, percent: number): boolean =>
  percent < 100 && total >= shareCountsFrom && total * 100 > items * percent;

/** A share of few items says nothing. */
const shareCountsFrom = 100;

/** What waits for a confirmation, and the name that the confirmation has to give. */
export interface HeldPlan extends HeldChanges {
  readonly hash: string;
}

/** null: nothing is held. */
export function heldPlan(state: State): HeldPlan | null {
  const counts = { deletionsOnDrive: 0, deletionsOnDisk: 0, replacementsOnDrive: 0 };
  const lines: string[] = [];
  for (const kind of heldKinds)
    for (const item of heldItems(state, kind)) {
      counts[kind] += 1;
      lines.push(JSON.stringify([kind, item.id, shownPath(state.trees, item)]));
    }
  if (lines.length === 0) return null;
  // The platform has no hash for the core, and QuickXorHash is linear: names that a stranger chooses could make two plans look alike.
  const hash = bytesToHex(sha256(utf8ToBytes(lines.join('\n')))).slice(0, hashLength);
  return { hash, ...counts };
}

/** Paths of what is held. */
export const heldPaths = (state: State): readonly string[] =>
  heldKinds.flatMap((kind) => heldItems(state, kind).map((item) => shownPath(state.trees, item)));

/** Digits of the hash that are shown: enough that no attacker finds another plan with the same, and few enough to type. */
const hashLength = 16;

/** Does the item wait for a confirmation? */
export const heldKindOf = (state: State, item: Item): HeldKind | null =>
  heldKinds.find((kind) => isHeld(state, kind) && waits(state, item, kind)) ?? null;

function heldItems(state: State, kind: HeldKind): Item[] {
  if (!isHeld(state, kind)) return [];
  return [...state.gate[kind].pending]
    .sort((a, b) => a - b)
    .flatMap((id) => state.trees.items.get(id) ?? [])
    .filter((item) => waits(state, item, kind));
}

const waits = (state: State, item: Item, kind: HeldKind): boolean =>
  state.gate[kind].pending.has(item.id) && wouldLose(policyOf(state), item, kind);

/** Lets through what the plan with that hash holds, and nothing if the plan is another by now. */
export function confirm(state: State, hash: string): void {
  if (heldPlan(state)?.hash !== hash) return;
  for (const kind of heldKinds) {
    const items = heldItems(state, kind);
    if (items.length === 0) continue;
    const { pending, confirmed, recent, disguised } = state.gate[kind];
    for (const { id } of items) {
      pending.delete(id);
      confirmed.add(id);
      state.touched.add(id);
    }
    recent.clear();
    disguised.clear();
    state.agenda.openGate(kind);
  }
}
