export { definePlugin } from './define-plugin.ts';
export type { Handler, NoConfig, NoNeeds, Outcome, Plugin, PluginDefinition } from './define-plugin.ts';
export type {
  HandleContext,
  ItemVerdict,
  ObserveContext,
  ReportedObservation,
  SpontaneousObservation,
  TransferProgress,
  WholeHandleContext,
  WholeObserveContext,
} from './context.ts';
export type { DiskReader, DiskWriter, DriveReader, DriveWriter, Granted, Needs } from './needs.ts';
export type { Connect, Connection, Output } from './capabilities.ts';
export type { Notice, ToldNotice } from './notice.ts';
export { throwIfStopping } from './stopping.ts';
export type { RuleConflict, RuleItem, Rules, RuleVersion } from './rules.ts';
export { z } from 'zod';

export { commandEffects, Failure, failureGuide, ruleTexts } from '@tidemark/contracts';
export type {
  AbortSignalLike,
  Answer,
  ByteSink,
  ByteSource,
  Clock,
  Command,
  CommandFailed,
  CommandId,
  CommandOf,
  CommandSucceeded,
  CommandType,
  DeltaPage,
  Disk,
  Drive,
  DriveItemId,
  Event,
  EventOf,
  EventType,
  ExpectedLocal,
  ExpectedRemote,
  FailureCode,
  FailureDetails,
  HintReceived,
  IncomingRequest,
  ItemId,
  KeptName,
  Kind,
  Listen,
  ListenAddress,
  Listening,
  LocalGone,
  LocalId,
  LocalOddity,
  LocalRow,
  Notifications,
  Observation,
  Random,
  Reason,
  RecordedEvent,
  RemoteRow,
  RemoteTombstone,
  RuleId,
  ScanBatch,
  ScanEnd,
  Secrets,
  Seq,
  ServiceAnswer,
  Staged,
  SubscriptionGrant,
  SubscriptionTold,
  TransferOptions,
  Written,
} from '@tidemark/contracts';
