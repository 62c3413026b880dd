/**
 * The border: reads what a plugin in another process reports. It gets in with the declared type, the right shape and
 * within bounds, or not at all; what is not expected in it stays outside. Nothing it says can end the run.
 */
import type {
  Command,
  CommandSucceeded,
  CommandType,
  FailureCode,
  HintReceived,
  SubscriptionTold,
} from '@tidemark/contracts';
import { failureGuide, settledStamp } from '@tidemark/contracts';
import type { Notice, SpontaneousObservation, ToldNotice } from '@tidemark/plugin-sdk';
import { z } from '@tidemark/plugin-sdk';
import { hintShapes, isHintType } from '../hint-shapes.ts';
import { line, noticeShapes } from '../notice-shapes.ts';
import { readOwn } from '../speech.ts';
import { type Outcome, readAs, type ReadResult, shown } from './read-result.ts';

/** What it brings by itself. `declared`: the types it said it would bring. */
export function readHint(
  payload: unknown,
  declared: readonly SpontaneousObservation['type'][],
): ReadResult<HintReceived | SubscriptionTold> {
  const type = typeOf(payload);
  if (!isHintType(type))
    return { ok: false, detail: `"${shown(type)}" is nothing a plugin in another process may report` };
  if (!declared.includes(type)) return { ok: false, detail: `it did not declare that it observes "${type}"` };
  return readAs(hintShapes[type], payload) as ReadResult<HintReceived | SubscriptionTold>;
}

/** Of which command an observation speaks, when it claims to end one. */
export function endedCommand(payload: unknown): string | null {
  const read = endOfCommand.safeParse(payload);
  return read.success ? read.data.command : null;
}

const endOfCommand = z.object({
  type: z.enum(['CommandSucceeded', 'CommandFailed']),
  command: z.string().max(100),
});

/** The end of a command that was given to the plugin: facts about what the command was about, and no others. */
export function readOutcome(payload: unknown, command: Command): ReadResult<Outcome> {
  if (typeOf(payload) === 'CommandFailed') return readAs(failed, payload) as ReadResult<Outcome>;
  const shape = outcomes[command.type];
  if (shape === undefined)
    return { ok: false, detail: `${command.type} is not carried out in another process` };
  const result = readAs(shape, payload) as ReadResult<CommandSucceeded>;
  if (!result.ok) return result;
  const { local } = result.value;
  if (command.type === 'HashFile' && local !== undefined && 'stamp' in local) {
    const { id, stamp } = command.expected;
    if (local.id !== id || local.stamp !== settledStamp(stamp))
      return {
        ok: false,
        detail: 'local: it is about another file, or another version of it, than the command',
      };
  }
  return result;
}

/**
 * Only what a view shows; a notice with another shape, or of another instance, is not worth a word. A clock that is more than a day
 * off tells no time: those notices get ours.
 */
export function readNotices(
  payload: unknown,
  plugin: string,
  instance: string | null,
  now: number,
  isOurs: boolean,
): readonly Omit<ToldNotice, 'plugin'>[] {
  const read = toldNotices[isOurs ? 'ours' : 'theirs'].safeParse(payload);
  if (!read.success || read.data.instance !== instance) return [];
  return read.data.notices.flatMap(({ at, notice }) => {
    const known = notice.type.includes('/') ? readOwn(plugin, notice) : (notice as Notice);
    return typeof known === 'string' ? [] : [{ at: Math.abs(at - now) <= dayMs ? at : now, notice: known }];
  });
}

function typeOf(payload: unknown): string {
  const read = ofType.safeParse(payload);
  return read.success ? read.data.type : 'something without a type';
}

const ofType = z.object({ type: z.string() });

const filled = line(1_000).min(1);
const count = z.number().int().nonnegative();
const command = z.string().max(100);

/** Whether the whole run must end is not for one plugin to say. */
const bearable = (Object.keys(failureGuide) as FailureCode[]).filter(
  (code) => failureGuide[code].retry !== 'stop',
);

/** No command about the drive is carried out in another process, so nothing that such a failure says of the drive gets in. */
export const failed = z.object({
  type: z.literal('CommandFailed'),
  command,
  failure: z.object({
    code: z.enum(bearable as [FailureCode, ...FailureCode[]]),
    detail: line(1_000).min(1),
    afterMs: count.max(86_400_000).exactOptional(),
    requestId: line(200).exactOptional(),
    answer: z.object({ status: count.max(999), code: line(200), message: line(1_000) }).exactOptional(),
  }),
});

const ended = {
  type: z.literal('CommandSucceeded'),
  command,
  transferredBytes: count.exactOptional(),
  requestIds: z.array(line(200)).max(50).exactOptional(),
};
const subscribed = z.strictObject({
  ...ended,
  subscription: z.union([
    z.strictObject({ id: filled, expiresAt: count }),
    z.strictObject({ id: filled, gone: z.literal(true) }),
  ]),
});

/** Strict: a fact that a command of this kind cannot establish is refused, not dropped in silence. */
export const outcomes: { readonly [Type in CommandType]?: z.ZodType } = {
  HashFile: z.strictObject({
    ...ended,
    local: z.strictObject({
      id: filled,
      parentId: filled,
      name: z.string().min(1).max(255),
      kind: z.literal('file'),
      sizeBytes: count,
      modifiedAt: z.number().int(),
      stamp: z.string().max(200),
      hash: z.string().regex(/^[A-Za-z0-9+/]{27}=$/, 'is no QuickXorHash in base64'),
    }),
  }),
  CreateSubscription: subscribed,
  RenewSubscription: subscribed,
  DeleteSubscription: z.strictObject({
    ...ended,
    subscription: z.strictObject({ id: filled, gone: z.literal(true) }).exactOptional(),
  }),
};

/** Its name and its bounds are looked at with the plugin's. */
const ownNotice = z.object({ type: z.string().includes('/'), text: z.string(), data: z.unknown() });

const dayMs = 86_400_000;
const told = (notice: z.ZodType<{ readonly type: string }>) =>
  z.object({
    instance: z.string().max(64),
    notices: z.array(z.object({ at: z.number(), notice: z.union([notice, ownNotice]) })).max(50),
  });
export const toldNotices = { ours: told(noticeShapes.ours), theirs: told(noticeShapes.theirs) };
