/**
 * An event as programs are shown it. Fields are added within a version, and so are types: a program leaves alone what it does not
 * know. What an event means is told in libs/contracts/src/events/event.ts.
 */
import { z } from 'zod';
import { knownCommandSchema } from './command-schema.ts';
import { eventSchemaVersion } from './event-json.ts';

const count = z.int().nonnegative();
/** Milliseconds since 1970. */
const time = z.number();
const none = {};
/** `seq/index` of the plan that made the command. */
const commandId = z.string();
const kind = z.enum(['file', 'folder']);

/** A code of the list in libs/contracts, and what happened in words. */
const failure = z.looseObject({ code: z.string(), detail: z.string() });

const remoteRow = z.looseObject({
  id: z.string(),
  parentId: z.string(),
  name: z.string(),
  kind: z.enum(['file', 'folder', 'opaque']),
  sizeBytes: count,
  /** QuickXorHash, base64. */
  hash: z.nullable(z.string()),
  /** Seconds since 1970. */
  modifiedAt: z.number(),
});
const remoteGone = z.looseObject({ id: z.string(), deleted: z.literal(true) });
const remoteUnread = z.looseObject({ id: z.string(), unread: z.string() });
const localRow = z.looseObject({
  id: z.string(),
  parentId: z.string(),
  name: z.string(),
  kind,
  sizeBytes: count,
  modifiedAt: z.number(),
  hash: z.nullable(z.string()),
  /** Names the version of a drive item that was placed as this file a short while ago. */
  stagedAs: z.optional(z.string()),
});
const localGone = z.looseObject({ id: z.string(), gone: z.literal(true) });

const contentFigures = z.looseObject({ sizeBytes: count, hash: z.string() });

const event = <Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, shape: Shape) =>
  z.looseObject({ type: z.literal(type), ...shape });

const subscription = z.looseObject({ id: z.string() });
const pauseReason = z.enum(['user', 'metered', 'battery']);

const knownEvent = z.discriminatedUnion('type', [
  event('Started', {
    version: z.string(),
    policy: z.looseObject({}),
    drive: z.looseObject({ id: z.string(), kind: z.string(), rootId: z.string() }),
    root: z.looseObject({}),
    plugins: z.array(
      z.looseObject({
        name: z.string(),
        version: z.string(),
        /** What its rules see of its settings. */
        settings: z.optional(z.looseObject({})),
        /** It is not ours, and has rules. */
        rules: z.optional(z.literal(true)),
        /** It reports facts for its rules. */
        facts: z.optional(z.literal(true)),
      }),
    ),
    forget: z.nullable(z.string()),
  }),
  event('RemoteSeen', { rows: z.array(z.union([remoteRow, remoteGone])) }),
  event('RemoteRoundCompleted', {
    command: commandId,
    full: z.boolean(),
    /** `(hidden)`, or null where there is none. */
    cursor: z.nullable(z.string()),
    unseen: z.array(z.string()),
  }),
  event('RemoteItemsRead', {
    command: commandId,
    rows: z.array(z.union([remoteRow, remoteGone, remoteUnread])),
  }),
  event('RemoteCursorLost', { command: commandId, detail: z.string() }),
  event('LocalSeen', { rows: z.array(localRow) }),
  event('LocalScanCompleted', {
    command: commandId,
    unseen: z.array(z.string()),
    oddities: z.optional(z.array(z.looseObject({ path: z.string(), code: z.string(), detail: z.string() }))),
  }),
  event('NothingNew', {
    leftOut: count,
    remote: z.looseObject({ lastAt: z.nullable(time), cursor: z.nullable(z.string()) }),
    local: z.looseObject({ lastAt: z.nullable(time) }),
  }),
  event('HintReceived', {
    side: z.enum(['remote', 'local']),
    source: z.string(),
    folders: z.optional(z.array(z.string())),
  }),
  event('SubscriptionTold', {
    subscriptionId: z.string(),
    told: z.enum(['reauthorizationRequired', 'removed', 'missed']),
  }),
  event('FactsChanged', {
    /** `value` null: it holds no more. */
    facts: z.array(z.looseObject({ key: z.string(), value: z.nullable(z.string()) })),
    complete: z.optional(z.literal(true)),
  }),
  event('StopRequested', none),
  event('DeletionsConfirmed', { hash: z.string() }),
  event('Paused', { why: pauseReason, until: z.nullable(time) }),
  event('Resumed', { why: pauseReason, because: z.enum(['asked', 'over']) }),
  event('Planned', { commands: z.array(knownCommandSchema) }),
  event('PruningPlanned', {
    files: z.array(
      z.looseObject({
        trash: z.string(),
        sizeBytes: count,
        pathKey: z.nullable(z.string()),
        why: z.string(),
      }),
    ),
  }),
  event('SharedFolderTold', { path: z.string(), told: z.string(), toPath: z.optional(z.string()) }),
  event('UserChangesPlanned', {
    asked: z.string(),
    changes: z.array(z.looseObject({ type: z.string(), path: z.string() })),
    unasked: z.optional(z.literal(true)),
  }),
  event('UserChangeEnded', {
    index: count,
    failure: z.optional(failure),
    trash: z.optional(z.string()),
  }),
  event('UserChangesEnded', none),
  event('ContentMatched', {
    command: commandId,
    plugin: z.string(),
    drive: contentFigures,
    disk: contentFigures,
  }),
  event('CommandSucceeded', {
    command: commandId,
    remote: z.optional(z.union([remoteRow, remoteGone])),
    local: z.optional(z.union([localRow, localGone])),
    kept: z.optional(localRow),
    trash: z.optional(z.string()),
    /** The plugin that changed the content on its way. */
    content: z.optional(z.string()),
    transferredBytes: z.optional(count),
    requestIds: z.optional(z.array(z.string())),
    subscription: z.optional(subscription),
  }),
  event('CommandFailed', {
    command: commandId,
    failure,
    remote: z.optional(z.union([remoteRow, remoteGone])),
  }),
  event('Woke', none),
  event('PlanningEnded', none),
  event('Stopped', { cause: z.enum(['finished', 'interrupted', 'failed']) }),
]);

/** One line of `log --json`; the data of a message of `/v1/events`. */
export const eventSchema = z.object({
  schema: z.literal(eventSchemaVersion),
  /** Counts on from event to event, from 1. */
  seq: z.int().positive(),
  at: time,
  /** Who said it: a plugin's name, or `engine`. */
  source: z.string(),
  event: knownEvent,
  /** Numbers of the items that the event touched. */
  items: z.array(count),
});

export type ShownEvent = z.output<typeof eventSchema>;
