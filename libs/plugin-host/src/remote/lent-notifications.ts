/**
 * What the service does for the account, asked for by a plugin of ours that has no login of its own: the daemon asks in its name. So the
 * process that strangers can reach holds no token.
 */
import type { Bus, FailureCode, FailureDetails, Notifications } from '@tidemark/contracts';
import { Failure, failureGuide } from '@tidemark/contracts';
import { z } from '@tidemark/plugin-sdk';
import { messageOf } from '../fault.ts';

const id = z.string().min(1).max(1_000);
const lifetimeMs = z.number().int().nonnegative();
const requestIds = z.array(z.string().max(1_000)).max(100);

const askedShape = z.object({
  instance: z.string().max(64),
  asked: z.discriminatedUnion('what', [
    z.strictObject({
      what: z.literal('create'),
      url: z.url({ protocol: /^https?$/ }).max(4_000),
      clientState: z.string().max(128),
      lifetimeMs,
    }),
    z.strictObject({ what: z.literal('renew'), id, lifetimeMs }),
    z.strictObject({ what: z.literal('delete'), id }),
    z.strictObject({ what: z.literal('socketAddress') }),
  ]),
});
type Asked = z.output<typeof askedShape>['asked'];

const granted = z.object({ type: z.literal('granted'), id, expiresAt: z.number(), requestIds });
const answers = {
  create: z.union([granted, z.object({ type: z.literal('exists'), id })]),
  renew: granted,
  delete: z.object({ requestIds }),
  socketAddress: z.object({ url: z.string().max(10_000), expiresAt: z.number().nullable() }),
} as const satisfies Record<Asked['what'], z.ZodType>;

const failedShape = z.object({
  failed: z.object({
    code: z.enum(Object.keys(failureGuide) as [FailureCode, ...FailureCode[]]),
    detail: z.string().max(20_000),
    afterMs: z.number().exactOptional(),
    requestId: z.string().exactOptional(),
    answer: z.object({ status: z.number(), code: z.string(), message: z.string() }).exactOptional(),
  }),
});

/** The service may call the address of the plugin before it answers. */
const askTimeoutMs = 60_000;

/** The daemon's end. Never throws, and takes anything. */
export async function answerNotifications(
  payload: unknown,
  instance: string | null,
  notifications: Notifications,
): Promise<{ readonly done: unknown } | { readonly failed: FailureDetails }> {
  const read = askedShape.safeParse(payload);
  if (!read.success || read.data.instance !== instance)
    return failedAs('pluginAbsent', 'Cannot ask the service for a plugin that has not said hello');
  try {
    return { done: await ask(notifications, read.data.asked) };
  } catch (error) {
    return error instanceof Failure ? { failed: error.details } : failedAs('pluginFault', messageOf(error));
  }
}

function ask(notifications: Notifications, asked: Asked): Promise<unknown> {
  switch (asked.what) {
    case 'create':
      return notifications.create(asked);
    case 'renew':
      return notifications.renew(asked.id, asked.lifetimeMs);
    case 'delete':
      return notifications.delete(asked.id);
    case 'socketAddress':
      return notifications.socketAddress();
  }
}

const failedAs = (code: FailureCode, detail: string): { readonly failed: FailureDetails } => ({
  failed: { code, detail },
});

/** The plugin's end. Every method throws Failure; `offline` when the daemon does not answer. */
export function borrowNotifications(bus: Bus, subject: string, instance: string): Notifications {
  async function borrow<What extends Asked['what']>(
    asked: Extract<Asked, { readonly what: What }>,
  ): Promise<z.output<(typeof answers)[What]>> {
    const answer = await bus.request(subject, { instance, asked }, askTimeoutMs).catch((error: unknown) => {
      throw new Failure({
        code: 'offline',
        detail: `Cannot ask the service: the daemon does not answer: ${messageOf(error)}`,
      });
    });
    const failed = failedShape.safeParse(answer);
    if (failed.success) throw new Failure(failed.data.failed);
    const { done } = z.object({ done: z.unknown() }).parse(answer);
    // The table gives each question the shape of its answer.
    return answers[asked.what].parse(done) as z.output<(typeof answers)[What]>;
  }
  return {
    create: (request) => borrow({ what: 'create', ...request }),
    renew: (subscription, lifetime) => borrow({ what: 'renew', id: subscription, lifetimeMs: lifetime }),
    delete: (subscription) => borrow({ what: 'delete', id: subscription }),
    socketAddress: () => borrow({ what: 'socketAddress' }),
  };
}
