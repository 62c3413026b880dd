/** Users for the configuration of nats-server: what the relay, and each daemon, may say and hear. Everything else is refused. */
import { announcementSubject, bucket, inboxOf, notificationSubject, relayInbox, stream } from './protocol.ts';

/** A block for `authorization { users: [ … ] }`. `drive` null: the user of the relay itself. */
export function natsUser(publicKey: string, drive: string | null): readonly string[] {
  const { publish, subscribe } = drive === null ? relay : daemon(drive);
  return [
    `# ${drive === null ? 'the relay' : `drive "${drive}"`}`,
    `{ nkey: ${publicKey}, permissions: {`,
    `  publish: [${publish.map(quoted).join(', ')}]`,
    `  subscribe: [${subscribe.map(quoted).join(', ')}]`,
    // To answer announcements, each once.
    ...(drive === null ? ['  allow_responses: true'] : []),
    '} }',
  ];
}

interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const records = `KV_${bucket}`;

/** Keeps the stream and the records; reads no drive's notifications. */
const relay: Permissions = {
  publish: [
    notificationSubject('*'),
    `$KV.${bucket}.*`,
    ...['INFO', 'CREATE', 'UPDATE'].map((step) => `$JS.API.STREAM.${step}.${stream}`),
    ...['INFO', 'CREATE', 'UPDATE'].map((step) => `$JS.API.STREAM.${step}.${records}`),
    `$JS.API.STREAM.MSG.GET.${records}`,
    `$JS.API.DIRECT.GET.${records}.>`,
    `$JS.API.CONSUMER.CREATE.${records}`,
    `$JS.API.CONSUMER.CREATE.${records}.>`,
    `$JS.API.CONSUMER.DELETE.${records}.>`,
  ],
  subscribe: [announcementSubject('*'), `${relayInbox}.>`],
};

/**
 * The subject on which a position is made ends with what it reads, and the server compares the two. The older subject for
 * the same, `…DURABLE.CREATE…`, would let it read everything.
 */
function daemon(drive: string): Permissions {
  return {
    publish: [
      announcementSubject(drive),
      `$JS.API.CONSUMER.CREATE.${stream}.${drive}.${notificationSubject(drive)}`,
      `$JS.API.CONSUMER.INFO.${stream}.${drive}`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${drive}`,
      `$JS.ACK.${stream}.${drive}.>`,
    ],
    subscribe: [`${inboxOf(drive)}.>`],
  };
}

const quoted = (text: string): string => `"${text}"`;
