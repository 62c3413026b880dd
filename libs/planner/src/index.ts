export type { Agenda } from './agenda.ts';
export { createAgenda } from './agenda.ts';
export { orderOf } from './transfer-order.ts';
export type {
  Decision,
  Draft,
  Gate,
  PlanningView,
  RuleConflict,
  RuleItem,
  Rules,
  ScopeVerdict,
} from './view.ts';
export { needsNothing, planItems } from './plan-items.ts';
export { reconcile } from './reconcile.ts';
export { createNeeded } from './on-the-way.ts';
export { ignoredBy, scopeOf } from './scope.ts';
export type { DriveFull } from './drive-full.ts';
export { attemptsLeft } from './drive-full.ts';
export type { HeldKind } from './gate.ts';
export { heldKinds, isRewritten, isRewrittenAsAnother, wouldLose } from './gate.ts';
export type { LeftOut } from './one-truth.ts';
export { createLeftOut, goesUnagreed, isSpared } from './one-truth.ts';
export { createJudged, sinceAgreed } from './deletable.ts';
export { temporaryName } from './temporary-name.ts';
export { isKeptName, keptName } from './kept-name.ts';
