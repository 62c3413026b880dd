/** Shapes of the notices that plugins tell: exact and bounded. Those that are not here the daemon tells itself. */
import type { Notice } from '@tidemark/plugin-sdk';
import { z } from '@tidemark/plugin-sdk';

/** Text on one line. */
export const line = (lengthMax: number): z.ZodString =>
  z
    .string()
    .max(lengthMax)
    .regex(/^\P{Cc}*$/u);
const filled = line(1_000).min(1);
const count = z.number().int().nonnegative();

const type = <Type extends Notice['type']>(name: Type): { type: z.ZodLiteral<Type> } => ({
  type: z.literal(name),
});
const notices = [
  z.object({ ...type('listenerStarted'), address: line(300) }),
  z.object({ ...type('listenerStopped') }),
  z.object({ ...type('validationAnswered'), count }),
  z.object({ ...type('subscriptionFound'), id: filled }),
  z.object({ ...type('signalReceived'), count }),
  z.object({ ...type('forged'), count }),
  z.object({ ...type('channelWanted'), isRetry: z.boolean() }),
  z.object({ ...type('channelOpened') }),
  z.object({ ...type('channelFailed'), detail: line(300), retryMs: count }),
  z.object({ ...type('channelClosed'), detail: line(300).exactOptional(), retryMs: count.exactOptional() }),
  z.object({ ...type('channelAlive') }),
  z.object({ ...type('said'), level: z.enum(['debug', 'info', 'warning', 'error']), text: line(1_001) }),
] as const;
/** Words that count for the state of the daemon. */
const daemonNotices = [
  z.object({ ...type('relayConnected'), address: line(300) }),
  z.object({ ...type('relayLost'), detail: line(1_000) }),
  z.object({ ...type('relaySilent'), detail: line(1_000), retryMs: count }),
  z.object({ ...type('refused'), reasons: z.record(line(100), count) }),
  z.object({ ...type('downloadResumed'), path: z.string().max(32_768) }),
  z.object({ ...type('folderWatched'), folders: count, limit: z.string().max(2_000).nullable() }),
] as const;

/** `theirs`: what a plugin that is not ours may tell from another process. */
export const noticeShapes = {
  ours: z.discriminatedUnion('type', [...notices, ...daemonNotices]),
  theirs: z.discriminatedUnion('type', notices),
};

/** The kinds among them. */
export const noticeTypes: ReadonlySet<unknown> = new Set(
  [...notices, ...daemonNotices].map(({ shape }) => shape.type.value),
);
