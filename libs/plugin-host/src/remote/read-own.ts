/**
 * The border for our own plugins: what they report of drive and disk from another process. The shape is exact, and what is said
 * is about the command that it ends: a fact about another item stays outside.
 */
import type { Command, CommandType, FailureCode, Observation } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import { z } from '@tidemark/plugin-sdk';
import {
  contentMatched,
  itemsEnd,
  localGone,
  localListing,
  localRow,
  remotePage,
  remoteRow,
  remoteTombstone,
  roundEnd,
  scanEnd,
  trashPath,
} from './rows.ts';
import { readAs, type Outcome, type ReadResult } from './read-result.ts';
import { strayIn } from './stray.ts';

/** Told while a command is under way: the parts of a look, and what a plugin made of content. */
const besides = {
  RemotePage: { shape: remotePage, of: ['ReadRemote'] },
  LocalListing: { shape: localListing, of: ['ScanLocal'] },
  ContentMatched: { shape: contentMatched, of: ['UploadFile', 'DownloadFile', 'KeepRemoteCopy'] },
} as const satisfies Record<string, { readonly shape: z.ZodType; readonly of: readonly CommandType[] }>;

type Beside = keyof typeof besides;

const besideCommand = z.object({
  type: z.enum(Object.keys(besides) as [Beside, ...Beside[]]),
  command: z.string().max(100),
});
const saysItFailed = z.object({ type: z.literal('CommandFailed') });

/** Null: it is none of them. */
export function partOf(payload: unknown): { readonly command: string; readonly type: Beside } | null {
  const read = besideCommand.safeParse(payload);
  return read.success ? read.data : null;
}

/** What is told of `command` while it is under way. */
export function readPart(payload: unknown, command: Command): ReadResult<Observation> {
  const type = partOf(payload)?.type;
  if (type === undefined || !(besides[type].of as readonly CommandType[]).includes(command.type))
    return { ok: false, detail: `"${type ?? ''}" is not told of ${command.type}` };
  return readAs(besides[type].shape, payload) as ReadResult<Observation>;
}

/** The end of a command that was given to one of our plugins. */
export function readOwnOutcome(payload: unknown, command: Command): ReadResult<Outcome> {
  const isFailure = saysItFailed.safeParse(payload).success;
  const result = readAs(isFailure ? failed : outcomes[command.type], payload) as ReadResult<Outcome>;
  if (!result.ok) return result;
  const detail = strayIn(result.value, command);
  return detail === null ? result : { ok: false, detail };
}

const words = (lengthMax: number): z.ZodString => z.string().max(lengthMax);
const count = z.number().int().nonnegative();

const failed = z.strictObject({
  type: z.literal('CommandFailed'),
  command: words(100),
  failure: z.strictObject({
    code: z.enum(Object.keys(failureGuide) as [FailureCode, ...FailureCode[]]),
    detail: words(20_000).min(1),
    afterMs: z.number().nonnegative().exactOptional(),
    requestId: words(1_000).exactOptional(),
    answer: z
      .strictObject({ status: count.max(999), code: words(1_000), message: words(10_000) })
      .exactOptional(),
  }),
  remote: z.union([remoteRow, remoteTombstone]).exactOptional(),
});

const ended = {
  type: z.literal('CommandSucceeded'),
  command: words(100),
  transferredBytes: z.number().nonnegative().exactOptional(),
  requestIds: z.array(words(1_000)).max(10_000).exactOptional(),
};
const made = z.literal(true).exactOptional();
/** The plugin that changed the bytes on their way. */
const content = words(64).min(1).exactOptional();
const subscribed = z.strictObject({
  ...ended,
  subscription: z.union([
    z.strictObject({ id: words(1_000).min(1), expiresAt: count }),
    z.strictObject({ id: words(1_000).min(1), gone: z.literal(true) }),
  ]),
});

/** Strict: a fact that a command of this kind cannot establish is refused, not dropped in silence. */
const outcomes: { readonly [Type in CommandType]: z.ZodType } = {
  CreateRemoteFolder: z.strictObject({ ...ended, remote: remoteRow, made }),
  UploadFile: z.strictObject({
    ...ended,
    remote: remoteRow,
    local: localRow.exactOptional(),
    unconfirmed: made,
    content,
  }),
  MoveRemote: z.strictObject({ ...ended, remote: remoteRow }),
  DeleteRemote: z.strictObject({ ...ended, remote: remoteTombstone }),
  SetRemoteTime: z.strictObject({ ...ended, remote: remoteRow }),
  CreateLocalFolder: z.strictObject({ ...ended, local: localRow }),
  DownloadFile: z.strictObject({
    ...ended,
    local: localRow,
    kept: localRow.exactOptional(),
    trash: trashPath.exactOptional(),
    unconfirmed: made,
    content,
  }),
  KeepRemoteCopy: z.strictObject({
    ...ended,
    kept: localRow.exactOptional(),
    // What a plugin turned back was on disk already.
    local: localRow.exactOptional(),
    content,
  }),
  KeepLocalCopy: z.strictObject({ ...ended, kept: localRow }),
  MoveLocal: z.strictObject({ ...ended, local: localRow }),
  DeleteLocal: z.strictObject({ ...ended, local: localGone }),
  SetLocalTime: z.strictObject({ ...ended, local: localRow }),
  HashFile: z.strictObject({
    ...ended,
    local: localRow.extend({
      kind: z.literal('file'),
      hash: z.string().regex(/^[A-Za-z0-9+/]{27}=$/, 'is no QuickXorHash in base64'),
    }),
  }),
  ReadRemote: z.strictObject({ ...ended, look: roundEnd }),
  ReadRemoteItems: z.strictObject({ ...ended, look: itemsEnd }),
  ScanLocal: z.strictObject({ ...ended, look: scanEnd }),
  CreateSubscription: subscribed,
  RenewSubscription: subscribed,
  DeleteSubscription: z.strictObject({
    ...ended,
    subscription: z.strictObject({ id: words(1_000).min(1), gone: z.literal(true) }).exactOptional(),
  }),
};
