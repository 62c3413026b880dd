/** What a NATS server lets the daemon and each plugin do: made from what a plugin declares, and nothing beside it. */
import type { Plugin } from '@tidemark/plugin-sdk';
import { subjectsOf } from '../subjects.ts';
import { pluginSubjectsOf } from './protocol.ts';

export interface NatsPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** It may answer what it is asked. */
  readonly answers: boolean;
}

/** What answers come to; no other user of the server may read them. */
export const inboxOf = (plugin: string): string => `_INBOX_${plugin}`;

export function permissionsOfPlugin(
  { name, needs = {}, handle = {}, observe }: Plugin,
  driveKey: string,
): NatsPermissions {
  const wire = pluginSubjectsOf(driveKey, name);
  const shown = subjectsOf(driveKey);
  const handles = Object.keys(handle).length > 0;
  return {
    publish: [
      wire.hello,
      wire.notice,
      ...(handles || observe !== undefined ? [wire.observation] : []),
      ...(handles ? [wire.progress] : []),
      ...(needs.notifications === true ? [wire.notifications] : []),
    ],
    subscribe: [
      `${inboxOf(name)}.>`,
      ...(handles ? [wire.command] : []),
      ...(needs.events === true ? [shown.event, shown.verdict, shown.notice, shown.progress] : []),
    ],
    answers: handles,
  };
}

export function permissionsOfDaemon(driveKey: string): NatsPermissions {
  const each = pluginSubjectsOf(driveKey, '*');
  const shown = subjectsOf(driveKey);
  return {
    publish: [each.command, shown.event, shown.verdict, shown.notice, shown.progress],
    subscribe: ['_INBOX.>', each.hello, each.observation, each.notice, each.progress, each.notifications],
    answers: true,
  };
}

export interface NatsUser {
  /** For people. */
  readonly name: string;
  /** The public key. */
  readonly nkey: string;
  readonly permissions: NatsPermissions;
}

/** The part of the configuration of a NATS server that says who may come in. It is whole: no other program may. */
export function authorizationFor(users: readonly NatsUser[]): string {
  return [
    'authorization {',
    '  users = [',
    ...users.flatMap(({ name, nkey, permissions: { publish, subscribe, answers } }) => [
      `    # ${name}`,
      `    { nkey: ${nkey}, permissions: {`,
      `      publish: ${listed(publish)}`,
      `      subscribe: ${listed(subscribe)}`,
      ...(answers ? ['      allow_responses: { max: 1, expires: "1m" }'] : []),
      '    } }',
    ]),
    '  ]',
    '}',
    '',
  ].join('\n');
}

const listed = (subjects: readonly string[]): string =>
  `[${subjects.map((subject) => `"${subject}"`).join(', ')}]`;
