/** The decisions of one moment in two folds: which item would have been treated otherwise, and why. */
import type { Command, ItemId, Seq } from '@tidemark/contracts';
import { rootItem, ruleTexts } from '@tidemark/contracts';
import type { Draft } from '@tidemark/planner';
import { needsNothing, reconcile } from '@tidemark/planner';
import { isAtRest, shownPath } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import { viewOf } from '../../plan/plan.ts';
import { wishOf } from '../explain/commands.ts';
import { itemStatus } from '../status.ts';
import { itemInOther } from './other-fold.ts';

export interface DecisionDifference {
  readonly seq: Seq;
  /** As the recorded fold numbers it, or the other one when only that knows it. */
  readonly item: ItemId;
  readonly path: string;
  /** Null: nothing was decided. */
  readonly was: Draft | null;
  readonly wouldBe: Draft | null;
  readonly inWords: { readonly was: string; readonly wouldBe: string };
}

export interface Moment {
  readonly recorded: State;
  readonly changed: State;
  readonly at: Seq;
  readonly was: readonly Command[];
  readonly wouldBe: readonly Command[];
}

export interface Comparison {
  readonly differences: readonly DecisionDifference[];
  /** Recorded commands that the other fold would have given as well, or that only look: they go on in it. */
  readonly goOn: readonly Command[];
}

export function compareDecisions(moment: Moment): Comparison {
  const { recorded, changed, was, wouldBe } = moment;
  const others = new Map(wouldBe.map((command) => [keyOf(command, command.item), command]));
  const differences: DecisionDifference[] = [];
  const goOn: Command[] = [];
  for (const command of was) {
    const item = itemInOther(recorded, changed, command.item);
    const key = item === null ? null : keyOf(command, item);
    const other = key === null ? undefined : others.get(key);
    if (key !== null) others.delete(key);
    // The same decision may be made a little later, when there is room for it.
    const decided = other ?? (item === null ? null : decisionAbout(changed, item));
    const agrees = decided !== null && isSame(command, decided);
    if (item !== null && (agrees || item === rootItem))
      goOn.push(item === command.item ? command : { ...command, item });
    if (!agrees) differences.push(differenceOf(moment, command, decided, command.item, item));
  }
  for (const command of others.values()) {
    const item = itemInOther(changed, recorded, command.item);
    const decided = item === null ? null : decisionAbout(recorded, item);
    if (decided !== null && isSame(command, decided)) continue;
    differences.push(differenceOf(moment, null, command, item, command.item));
  }
  return { differences, goOn };
}

/** At most one command for an item; of what concerns no item one of each type. */
const keyOf = ({ type }: Command, item: ItemId): string => (item === rootItem ? type : String(item));

function decisionAbout(state: State, id: ItemId): Draft | null {
  const item = state.trees.items.get(id);
  if (item === undefined || id === rootItem || state.started === null) return null;
  if (needsNothing(state.started.policy, item)) return null;
  const decision = reconcile(viewOf(state), item);
  return decision.type === 'act' ? decision.command : null;
}

function differenceOf(
  { recorded, changed, at }: Moment,
  was: Draft | null,
  wouldBe: Draft | null,
  itemThen: ItemId | null,
  itemOtherwise: ItemId | null,
): DecisionDifference {
  return {
    ...{ seq: at, item: itemThen ?? itemOtherwise ?? rootItem, was, wouldBe },
    path: (was ?? wouldBe)?.path ?? '',
    inWords: {
      was: was === null ? standing(recorded, itemThen) : decisionInWords(was),
      wouldBe: wouldBe === null ? standing(changed, itemOtherwise) : decisionInWords(wouldBe),
    },
  };
}

const decisionInWords = (draft: Draft): string =>
  `${wishOf(draft as Command)}: ${ruleTexts[draft.reason.rule]}${draft.reason.plugin === undefined ? '' : ` (${draft.reason.plugin})`}`;

/** Why nothing is decided about the item. */
function standing(state: State, id: ItemId | null): string {
  const item = id === null ? undefined : state.trees.items.get(id);
  if (item === undefined) return 'nothing: the item is not known';
  if (id === rootItem) return 'nothing: no look is wanted';
  if (isAtRest(item)) return 'nothing: both sides show the same';
  const { standing: how, detail, path } = itemStatus(state, item);
  return `nothing for "${path || shownPath(state.trees, item)}": ${how}, ${detail}`;
}

/** What a command changes and why. Its number and the numbers of the events behind it follow from the order of things. */
const isSame = (one: Draft, other: Draft): boolean => essence(one) === essence(other);

function essence(draft: Draft): string {
  const { reason, item: _item, ...what } = draft;
  const { causes: _causes, ...why } = reason;
  return JSON.stringify([{ ...what, id: null }, why], (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
