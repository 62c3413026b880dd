export type { SideState, State } from './fold/state.ts';
export {
  commandUnderWay,
  initialState,
  localKnown,
  noRules,
  remoteKnown,
  suspensionOf,
} from './fold/state.ts';
export type { HeldPlan } from './fold/gate.ts';
export { heldPlan } from './fold/gate.ts';
export type { RulesFor } from './fold/evolve.ts';
export { evolve } from './fold/evolve.ts';
export { isQuiet, nextDueAt, plan, viewOf } from './plan/plan.ts';
export type { NewsFilter } from './loop/news.ts';
export { createNewsFilter } from './loop/news.ts';
export type { Inbox, Received } from './loop/inbox.ts';
export { createInbox } from './loop/inbox.ts';
export { lookDueAt } from './plan/look-schedule.ts';
export type { Cause, RunOptions, Turn } from './loop/run.ts';
export { run } from './loop/run.ts';
export type { Divergence, ReplayOptions, ReplayReport } from './loop/replay.ts';
export { replay } from './loop/replay.ts';
export { deserialise, serialise } from './views/snapshot.ts';
export { predictOutcome } from './views/predict.ts';
export type { RootComparison, RootRecognition } from './views/recognise-root.ts';
export { compareRoot } from './views/recognise-root.ts';
export type { ItemStatus, Status } from './views/status.ts';
export { itemStatus, statusOf } from './views/status.ts';
export type { Explained, Explanation, LastDecision, Standing } from './views/explain/explain.ts';
export { explainItems, explainPath } from './views/explain/explain.ts';
export type { DecisionOutcome, TimelineEntry } from './views/explain/timeline.ts';
export { explainOddity } from './views/explain/hidden.ts';
export { renderExplanation } from './views/explain/render-explanation.ts';
