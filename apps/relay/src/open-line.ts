/** The daemon's end of the line to a relay. */
import type { NatsAccess } from '@tidemark/bus';
import { BusError, connectNatsBus } from '@tidemark/bus';
import type { OpenRelay } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import {
  announcementSubject,
  inboxOf,
  notificationSubject,
  readNotification,
  stream,
  written,
} from './protocol.ts';

export interface LineOptions {
  /** `tls://host:port` of the NATS server. */
  readonly server: string;
  /** The name under which the relay knows this drive. */
  readonly drive: string;
  readonly access: NatsAccess;
}

const answerWithinMs = 5_000;
/** Many clients, one small host, and connections that cost: a lost one is noticed without it. */
const heartbeatMs = 15_000;

export function createOpenRelay({ server, drive, access }: LineOptions): OpenRelay {
  return async ({ take, changed }) => {
    /** What the server refuses is told beside the request that then gets no answer. */
    let refused = '';
    const bus = await connectNatsBus({
      servers: [server],
      name: `tidemark ${drive}`,
      access: { ...access, inboxPrefix: inboxOf(drive) },
      durable: [notificationSubject(drive)],
      durability: { stream, keptBy: 'others', position: drive, beginsWith: 'everything', heartbeatMs },
      onError: (error) => {
        if (error instanceof BusError && error.code === 'refused') refused = error.message;
      },
      onStatus: (status) =>
        status === 'connected'
          ? changed('connected', '')
          : changed('lost', `the server at ${server} is gone`),
    }).catch((error: unknown) => {
      throw failed('reach the relay', messageOf(error), error);
    });
    try {
      await bus.subscribe(notificationSubject(drive), async (payload) => {
        const notification = readNotification(payload);
        // Of another version, or of another program: as good as none.
        if (notification !== null) await take(notification);
      });
    } catch (error) {
      await bus.close();
      throw failed('receive from the relay', refused || reasonOf(error), error);
    }
    return {
      address: `${server} as "${drive}"`,
      async announce(announcement) {
        const subject = announcementSubject(drive);
        await bus.request(subject, written(announcement), answerWithinMs).catch((error: unknown) => {
          throw failed('announce the subscription to the relay', reasonOf(error), error);
        });
      },
      close: () => bus.close(),
    };
  };
}

const failed = (action: string, why: string, cause: unknown): Failure =>
  new Failure({ code: 'relayFailed', detail: `Cannot ${action}: ${why}` }, { cause });

/** Of the server's words those that name a step of the set-up are put into ours. */
function reasonOf(error: unknown): string {
  if (error instanceof BusError && error.code === 'noResponders') return 'the relay does not run';
  const text = messageOf(error);
  return text === 'stream not found' ? 'the relay has not run with this server yet' : text;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
