/** The border of a plugin's own process: reads a command as it comes from the daemon. Checked here once, trusted by every handler. */
import { isPathInside, type Command, type CommandType } from '@tidemark/contracts';
import { z } from '@tidemark/plugin-sdk';
import { readAs, type ReadResult } from './read-result.ts';

export function readCommand(payload: unknown, type: CommandType): ReadResult<Command> {
  const result = readAs(commandShapes[type], payload);
  return result.ok ? { ok: true, value: payload as Command } : result;
}

const text = z.string();
const filled = z.string().min(1);
const count = z.number().int().nonnegative();
const time = z.number().int();
/** A path below the sync folder: never absolute, never with a way out. */
const path = z.string().refine(isPathInside, 'leaves the sync folder');
const mount = z.object({
  path,
  id: z.string(),
  fileSystem: z.string().nullable(),
  target: z.string().optional(),
});
const name = filled.refine((value) => !/[/\0]/.test(value) && value !== '.' && value !== '..', 'is no name');

const expectedLocal = z.object({ id: filled, stamp: text });
const keptName = z.object({ prefix: name, suffix: z.string().regex(/^[^/\0]*$/), from: count });
const expectedRemote = z.object({
  id: filled,
  eTag: text,
  sizeBytes: count,
  hash: text.nullable(),
  modifiedAt: time,
});
const target = z.discriminatedUnion('as', [
  z.object({ as: z.literal('new'), parentId: filled, name }),
  z.object({ as: z.literal('version'), id: filled, ifMatch: filled }),
]);
const onDrive = { driveItemId: filled, ifMatch: filled };

export const commandShapes = {
  CreateRemoteFolder: command('CreateRemoteFolder', { parentId: filled, name }),
  UploadFile: command('UploadFile', { expected: expectedLocal, sizeBytes: count, modifiedAt: time, target }),
  MoveRemote: command('MoveRemote', {
    ...onDrive,
    toParentId: filled,
    toName: name,
    modifiedAt: time,
    provisional: z.boolean(),
  }),
  DeleteRemote: command('DeleteRemote', { ...onDrive, itemCount: count }),
  SetRemoteTime: command('SetRemoteTime', { ...onDrive, modifiedAt: time }),
  CreateLocalFolder: command('CreateLocalFolder', {}),
  DownloadFile: command('DownloadFile', {
    remote: expectedRemote,
    expected: expectedLocal.nullable(),
    keepAs: keptName.nullable(),
  }),
  KeepRemoteCopy: command('KeepRemoteCopy', { remote: expectedRemote, folder: path, keepAs: keptName }),
  KeepLocalCopy: command('KeepLocalCopy', {
    expected: expectedLocal,
    sizeBytes: count,
    modifiedAt: time,
    folder: path,
    keepAs: keptName,
  }),
  MoveLocal: command('MoveLocal', { toPath: path, expected: expectedLocal, provisional: z.boolean() }),
  DeleteLocal: command('DeleteLocal', { kind: z.enum(['file', 'folder']), expected: expectedLocal }),
  SetLocalTime: command('SetLocalTime', { expected: expectedLocal, modifiedAt: time }),
  HashFile: command('HashFile', { expected: expectedLocal }),
  ReadRemote: command('ReadRemote', { cursor: text.nullable() }),
  ReadRemoteItems: command('ReadRemoteItems', { ids: z.array(filled).min(1) }),
  ScanLocal: command('ScanLocal', { folders: z.array(path).nullable(), mounts: z.array(mount).optional() }),
  CreateSubscription: command('CreateSubscription', {
    url: z.url({ protocol: /^https?$/ }),
    lifetimeMs: count,
  }),
  RenewSubscription: command('RenewSubscription', { subscriptionId: filled, lifetimeMs: count }),
  DeleteSubscription: command('DeleteSubscription', { subscriptionId: filled }),
} as const satisfies Record<CommandType, z.ZodType>;

function command<Shape extends z.ZodRawShape>(type: CommandType, shape: Shape): z.ZodType {
  const reason = z.object({ rule: text, differs: text, causes: z.array(z.number()) });
  return z.object({ type: z.literal(type), id: filled, item: count, path, reason, ...shape });
}
