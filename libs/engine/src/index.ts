export type { RulesBasis, State } from './fold/state.ts';
export {
  basisOf,
  eventsFolded,
  initialState,
  isPaused,
  localKnown,
  noRules,
  remoteKnown,
  suspensionOf,
} from './fold/state.ts';
export type { HeldPlan } from './fold/gate.ts';
export { heldPaths, heldPlan } from './fold/gate.ts';
export type { RulesFor } from './fold/evolve.ts';
export { evolve } from './fold/evolve.ts';
export { isQuiet, nextDueAt, plan, viewOf } from './plan/plan.ts';
export { createNewsFilter } from './loop/news.ts';
export type { Inbox, Received } from './loop/inbox.ts';
export { createInbox } from './loop/inbox.ts';
export { rowsIn, waitingRowsMax } from './loop/weight.ts';
export { lookDueAt } from './fold/looks.ts';
export type { Cause, RunOptions, Turn } from './loop/run.ts';
export { run } from './loop/run.ts';
export { replay } from './loop/replay.ts';
export { deserialise, serialise } from './views/snapshot.ts';
export type { Entries, ItemDifference, ShownItem } from './views/moments/shown-items.ts';
export { differencesBetween, entriesOf, shownItems } from './views/moments/shown-items.ts';
export { foldedChanges } from './views/moments/event-changes.ts';
export { digestOf } from './views/moments/state-digest.ts';
export { renderDifference, renderItem } from './views/moments/render-items.ts';
export type { EventPattern } from './views/moments/event-pattern.ts';
export { globToRegExp, matchesPattern, parsePattern, patternForms } from './views/moments/event-pattern.ts';
export type { FirstMoment, Moment } from './views/bisect/first-moment.ts';
export { findFirstMoment } from './views/bisect/first-moment.ts';
export { type Law, laws } from './views/bisect/laws.ts';
export { askState, type Predicate } from './views/bisect/predicate.ts';
export type { DecisionDifference } from './views/what-if/compare-decisions.ts';
export type { EventEdits } from './views/what-if/edits.ts';
export { isEditable, noEdits } from './views/what-if/edits.ts';
export type { WhatIf, WhatIfReport } from './views/what-if/what-if.ts';
export { createWhatIf } from './views/what-if/what-if.ts';
export type { Pseudonyms } from './views/redact/pseudonyms.ts';
export { createPseudonyms } from './views/redact/pseudonyms.ts';
export type { Redaction } from './views/redact/redact.ts';
export { hostsIn, redactChunk, redactEvent, redactValue } from './views/redact/redact.ts';
export type { PlanDifference, PlannedCommand } from './views/plan-identity.ts';
export { comparePlans, createPlanCheck, planHash, planHashDigits } from './views/plan-identity.ts';
export { predictListing, predictOutcome } from './views/predict.ts';
export type { RootRecognition } from './views/recognise-root.ts';
export { compareRoot } from './views/recognise-root.ts';
export type { Status } from './views/status.ts';
export { statusOf } from './views/status.ts';
export type { Explanation } from './views/explain/timeline.ts';
export { explainItems, explainPath } from './views/explain/explain.ts';
export { oddityAt, renderOddity } from './views/explain/conditions.ts';
export type { Standing } from './views/explain/standing.ts';
export { standingOf, standingText } from './views/explain/standing.ts';
export { createPathFinder } from './views/explain/path-finder.ts';
export { renderStory } from './views/explain/render-story.ts';
export type { Story } from './views/explain/story.ts';
export { StoryTeller } from './views/explain/story.ts';
export { userChangeText } from './views/explain/user-changes.ts';
export type { Places } from './views/explain/ways-back.ts';
export { waysBack } from './views/explain/ways-back.ts';
export { renderExplanation } from './views/explain/render-explanation.ts';
export { decidedByText, outcomeOf, wishOf } from './views/explain/commands.ts';
export { eventInWords, toldBy } from './views/explain/event-in-words.ts';
export { createTimeline } from './views/explain/timeline.ts';
export type { Conflict, ConflictVersion, Keep } from './views/conflicts.ts';
export { ConflictFinder, settle } from './views/conflicts.ts';
export type { EqualCopy } from './views/equal-copies.ts';
export { equalCopies, isNamedAsCopy, namedAsCopy } from './views/equal-copies.ts';
export type { AgreedItem, ItemChange } from './views/undo/item-changes.ts';
export { ItemChanges } from './views/undo/item-changes.ts';
export type { UndoSpan, UndoTarget } from './views/undo/span.ts';
export { SpanFinder } from './views/undo/span.ts';
export type { DriveKind, UndoPlan } from './views/undo/undo.ts';
export { changedSinceText, changesAt, planUndo } from './views/undo/undo.ts';
export { missingContent, type MissingContent } from './fold/changed-content.ts';
