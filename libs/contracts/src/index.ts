export { isAlteredByService } from './altered-content.ts';
export type { ItemId, DriveItemId, LocalId, Seq, CommandId } from './identity.ts';
export { isSameStamp, isYoungStamp, linkStamp, settledStamp, youngStamp } from './stamp.ts';
export {
  itemId,
  driveItemId,
  localId,
  seq,
  commandId,
  plannedAt,
  rootItem,
  isSameMount,
  isSameMounted,
  isSameInode,
  isWeakId,
  inodeOf,
  hasBirthTime,
} from './identity.ts';
export { timeRange, withinTimeRange } from './entry.ts';
export type {
  Kind,
  RemoteRow,
  RemoteTombstone,
  RemoteUnread,
  LocalRow,
  LocalOddity,
  HeldName,
} from './entry.ts';
export type { FailureCode, FailureDetails, Retry, ServiceAnswer } from './failure.ts';
export { Failure, failureGuide, isForbiddenUnseen } from './failure.ts';
export type { HeldChanges } from './held-changes.ts';
export { heldChangesText } from './held-changes.ts';
export type { FilterPolicy, Pace, Policy, SubscriptionPolicy } from './policy.ts';
export { paceOnce } from './policy.ts';
export { plainPolicy } from './testing/plain-policy.ts';
export { isPathInside } from './path.ts';
export type { NestedMount, RootIdentity } from './root.ts';
export { isSameRoot } from './root.ts';
export type * from './commands/command.ts';
export { commandEffects } from './commands/command.ts';
export type { KeptName } from './commands/kept-name.ts';
export { keptNameAt, keptNames } from './commands/kept-name.ts';
export { cutStem, splitName } from './name.ts';
export type { Reason, RuleId } from './commands/reason.ts';
export { ruleTexts } from './commands/reason.ts';
export { doubtOf } from './events/doubt.ts';
export type * from './events/event.ts';
export type * from './events/observation.ts';
export type { Clock, Random, AbortSignalLike } from './ports/clock.ts';
export type { EventLog, LogOpening, LogVerdict } from './ports/event-log.ts';
export { SnapshotUnusable } from './ports/event-log.ts';
export type { Bus, BusSubscription } from './ports/bus.ts';
export type {
  Drive,
  DriveInfo,
  DeltaPage,
  ByteSource,
  ByteSink,
  TransferOptions,
  Written,
} from './ports/drive.ts';
export type { Notifications, SubscriptionGrant } from './ports/notifications.ts';
export type { Answer, IncomingRequest, Listen, ListenAddress, Listening } from './ports/listen.ts';
export type {
  Announcement,
  KnownSender,
  OpenRelay,
  RelayedNotification,
  RelayLine,
  RelayListener,
} from './ports/relay.ts';
export type { Secrets } from './ports/secrets.ts';
export type { WebhookProbe } from './webhook-probe.ts';
export { probeParameter, probeSecret, probeSeenSecret } from './webhook-probe.ts';
export type { Disk, ScanBatch, ScanEnd, ScanOptions, Staged, WatchReport } from './ports/disk.ts';
