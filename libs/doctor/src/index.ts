export { firstFailure, judgementOf, type Finding, type Judgement, type Verdict } from './finding.ts';
export { judgeClock } from './machine/clock-skew.ts';
export { checkSecretFiles } from './machine/secret-files.ts';
export { checkSyncFolder, type SyncFolder } from './machine/sync-folder.ts';
export { judgeWatchLimits, watchLimitsFor, type WatchLimits } from './machine/watch-limits.ts';
export { parseAllowList, type AllowList } from './nginx/allow-list.ts';
export {
  isUnguessable,
  renderHardened,
  renderPlain,
  type ListenerAddress,
  type NginxWanted,
} from './nginx/render-nginx.ts';
export { examine, type Examination } from './webhook/examine.ts';
export type { WebhookFacts, WebhookSetting } from './webhook/facts.ts';
export { judge } from './webhook/judge.ts';
export { problemIn } from './webhook/judge-configuration.ts';
export { isBeingExamined } from './webhook/probe.ts';
