/** What relay and daemons say to each other over NATS. Everything that arrives is checked; what is unknown is left aside. */
import type { Announcement, RelayedNotification } from '@tidemark/contracts';
import { z } from '@tidemark/plugin-sdk';

/** Notifications of all drives, one subject each. */
export const stream = 'RELAY';
/** What each drive has announced. */
export const bucket = 'RELAY';

export const announcementSubject = (drive: string): string => `relay.announce.${drive}`;
export const notificationSubject = (drive: string): string => `relay.notification.${drive}`;
/** Where a daemon is answered: below it no other daemon may listen. */
export const inboxOf = (drive: string): string => `_INBOX.${drive}`;
export const relayInbox = '_INBOX_relay';

/** As in `relay_drive`. */
const drivePattern = /^[A-Za-z0-9_-]{1,64}$/;

/** null: no subject of ours. */
export function driveIn(subject: string): string | null {
  const drive = subject.slice(subject.lastIndexOf('.') + 1);
  return drivePattern.test(drive) ? drive : null;
}

const version = 1;
const subscriptionId = z.string().min(1).max(128);
/** SHA-256 in base64url. */
const digest = z.string().regex(/^[\w-]{43}$/);
const dayMs = 86_400_000;
const sendersMax = 8;

const announcement = z.object({
  version: z.literal(version),
  known: z
    .array(
      z.object({
        subscriptionId: subscriptionId.nullable(),
        digest,
        forMs: z.number().int().positive().max(dayMs).nullable(),
      }),
    )
    .max(sendersMax),
  asking: z.boolean(),
});

const notification = z.object({
  version: z.literal(version),
  subscriptionId,
  told: z.enum(['reauthorizationRequired', 'removed', 'missed']).nullable(),
});

export const written = <Message extends object>(message: Message) => ({ version, ...message });

/** null: nothing that this version understands. */
export function readAnnouncement(payload: unknown): Announcement | null {
  return withoutVersion(announcement.safeParse(payload).data);
}

/** null: nothing that this version understands. */
export function readNotification(payload: unknown): RelayedNotification | null {
  return withoutVersion(notification.safeParse(payload).data);
}

/** What the relay keeps of a drive, over its own restarts. Times are milliseconds since 1970. */
const record = z.object({
  version: z.literal(version),
  known: z
    .array(z.object({ subscriptionId: subscriptionId.nullable(), digest, until: z.number().nullable() }))
    .max(sendersMax),
  askingUntil: z.number().nullable(),
});

export type DriveRecord = Omit<z.output<typeof record>, 'version'>;

/** null: nothing that this version understands. */
export function readRecord(payload: unknown): DriveRecord | null {
  return withoutVersion(record.safeParse(payload).data);
}

function withoutVersion<Message extends { readonly version: typeof version }>(
  message: Message | undefined,
): Omit<Message, 'version'> | null {
  if (message === undefined) return null;
  const { version: _, ...rest } = message;
  return rest;
}
