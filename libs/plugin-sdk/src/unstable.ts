/**
 * `@tidemark/plugin-sdk/unstable`: what our own plugins use besides, for those who replace one of them. It may change in any
 * release, with a line in the changelog.
 */
export { isAlteredBy } from './altered.ts';
export type { ChangedContent, ContentChange, ContentPath } from './content-path.ts';
export { type Grounds, onGrounds } from './contradiction.ts';
export type {
  WholeContentContext,
  WholeHandleContext,
  WholeObserveContext,
  WholeReactContext,
  WholeSetupContext,
} from './context.ts';

export {
  besidePath,
  doubtOf,
  effectOf,
  endedCommand,
  heldChangesText,
  pauseReasonTexts,
  probeParameter,
  probeSecret,
  probeSeenSecret,
  pruneReasonTexts,
  reachesDrive,
  ruleTexts,
  isYoungStamp,
  settledStamp,
  stagingKey,
} from '@tidemark/contracts';
export type {
  Effect,
  HeldChanges,
  PauseReason,
  PrunedFile,
  PruneReason,
  RuleId,
  WebhookProbe,
} from '@tidemark/contracts';
