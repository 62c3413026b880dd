export type { Agenda } from './agenda.ts';
export { createAgenda } from './agenda.ts';
export { orderOf } from './transfer-order.ts';
export type {
  Decision,
  Draft,
  DraftOf,
  Gate,
  PlanningView,
  RuleConflict,
  RuleItem,
  Rules,
  ScopeVerdict,
  StuckCode,
} from './view.ts';
export { planItems } from './plan-items.ts';
export { reconcile } from './reconcile.ts';
export { scopeOf } from './scope.ts';
export type { HeldKind } from './gate.ts';
export { heldKinds, isRewritten, isRewrittenAsAnother, wouldLose } from './gate.ts';
export type { Judged } from './deletable.ts';
export { createJudged } from './deletable.ts';
export { keptName } from './kept-name.ts';
export { isTemporaryName } from './names.ts';
