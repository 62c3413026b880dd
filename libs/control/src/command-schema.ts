/** Commands as programs are shown them: as they were planned, with what must still hold when they are carried out. */
import { z } from 'zod';

const count = z.int().nonnegative();
const kind = z.enum(['file', 'folder']);
/** Seconds since 1970. */
const seconds = z.number();
const driveItemId = z.string();

/** `rule`: one of the list in libs/contracts/src/commands/reason.ts. `causes`: numbers of events. `plugin`: whose rule it was. */
const reason = z.looseObject({
  rule: z.string(),
  differs: z.string(),
  causes: z.array(count),
  plugin: z.optional(z.string()),
});

const onItem = {
  /** `seq/index` of the plan that made it. */
  id: z.string(),
  item: count,
  /** Relative to the sync folder. */
  path: z.string(),
  reason: reason.meta({ id: 'reason' }),
};

/** Whatever its type is. */
export const commandSchema = z.looseObject({
  ...onItem,
  /** One of the list in libs/contracts/src/commands/command.ts. */
  type: z.string(),
});

/** What the file or folder on disk must still be: identity, and size and times as one text. */
const expectedLocal = z.looseObject({ id: z.string(), stamp: z.string() }).meta({ id: 'expectedLocal' });

/** The drive item that is downloaded. */
const expectedRemote = z
  .looseObject({
    id: driveItemId,
    eTag: z.string(),
    sizeBytes: count,
    /** QuickXorHash, base64. */
    hash: z.nullable(z.string()),
    modifiedAt: seconds,
  })
  .meta({ id: 'expectedRemote' });

/** Names for a version that is kept: `prefix`, four digits, `suffix`. */
const keptName = z
  .looseObject({ prefix: z.string(), suffix: z.string(), from: count })
  .meta({ id: 'keptName' });

const mount = z.looseObject({
  path: z.string(),
  id: z.string(),
  fileSystem: z.nullable(z.string()),
  target: z.optional(z.string()),
});

const looks = <Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, shape: Shape) =>
  z.looseObject({ type: z.literal(type), ...onItem, ...shape });

const changes = <Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, shape: Shape) =>
  looks(type, {
    /** What both sides have in common once it has succeeded. */
    establishes: z.array(z.enum(['version', 'place', 'time', 'gone'])),
    ...shape,
  });

const target = z.discriminatedUnion('as', [
  z.looseObject({ as: z.literal('new'), parentId: driveItemId, name: z.string() }),
  z.looseObject({ as: z.literal('version'), id: driveItemId, ifMatch: z.string() }),
]);

const onDrive = { driveItemId, ifMatch: z.string() };

/** Each with what it says besides. What it means is told in libs/contracts/src/commands/command.ts. */
export const knownCommandSchema = z.discriminatedUnion('type', [
  changes('CreateRemoteFolder', { parentId: driveItemId, name: z.string() }),
  changes('UploadFile', { expected: expectedLocal, sizeBytes: count, modifiedAt: seconds, target }),
  changes('MoveRemote', {
    ...onDrive,
    fromPath: z.optional(z.string()),
    toParentId: driveItemId,
    toName: z.string(),
    modifiedAt: seconds,
    provisional: z.boolean(),
  }),
  changes('DeleteRemote', { ...onDrive, itemCount: count }),
  changes('SetRemoteTime', { ...onDrive, modifiedAt: seconds }),
  changes('CreateLocalFolder', {}),
  changes('DownloadFile', {
    remote: expectedRemote,
    expected: z.nullable(expectedLocal),
    keepAs: z.nullable(keptName),
  }),
  changes('KeepRemoteCopy', { remote: expectedRemote, folder: z.string(), keepAs: keptName }),
  changes('KeepLocalCopy', {
    expected: expectedLocal,
    sizeBytes: count,
    modifiedAt: seconds,
    folder: z.string(),
    keepAs: keptName,
  }),
  changes('MoveLocal', { toPath: z.string(), expected: expectedLocal, provisional: z.boolean() }),
  changes('DeleteLocal', { kind, expected: expectedLocal }),
  changes('SetLocalTime', { expected: expectedLocal, modifiedAt: seconds }),
  looks('HashFile', { expected: expectedLocal }),
  /** `cursor`: `(hidden)`, or null when everything is listed. */
  looks('ReadRemote', { cursor: z.nullable(z.string()) }),
  looks('ReadRemoteItems', { ids: z.array(driveItemId) }),
  looks('ScanLocal', { folders: z.nullable(z.array(z.string())), mounts: z.optional(z.array(mount)) }),
  /** `url`: `(hidden)`. */
  looks('CreateSubscription', { url: z.string(), lifetimeMs: z.number() }),
  looks('RenewSubscription', { subscriptionId: z.string(), lifetimeMs: z.number() }),
  looks('DeleteSubscription', { subscriptionId: z.string() }),
]);

export type KnownCommand = z.output<typeof knownCommandSchema>;
