/**
 * JSON lines: one object per event. Each kind of event names the fields it shows, so a field that is added to an event
 * stays inside until it is listed here. Cursors, which act like keys to the change feed, are listed nowhere.
 */
import type {
  Command,
  EventOf,
  EventType,
  LocalGone,
  LocalRow,
  RecordedEvent,
  ToldNotice,
} from '@tidemark/plugin-sdk';
import { failureGuide } from '@tidemark/plugin-sdk';
import { escapeJson } from './escape.ts';
import { timeText } from './time-text.ts';
import type { View } from './view.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One line of JSON without a line end. `view` is the one before the event. */
export function jsonLine(view: View, { seq, at, source, event, items }: RecordedEvent): string {
  const fields = fieldsOf[event.type](event as never, view);
  const head = { seq, at: timeText(at), source, type: event.type };
  return escapeJson(JSON.stringify({ ...head, ...fields, items }));
}

const fieldsOf: {
  readonly [Type in EventType]: (event: EventOf<Type>, view: View) => Fields;
} = {
  Started: ({ version, drive, policy, plugins, forget }) => ({
    version,
    drive: { id: drive.id, kind: drive.kind },
    direction: policy.direction,
    plugins: plugins.map(({ name, version: ofPlugin }) => ({ name, version: ofPlugin })),
    forget,
  }),
  RemoteSeen: ({ rows }) => ({ rows: rows.length }),
  RemoteRoundCompleted: ({ full, unseen, known }) => ({ full, unseen: unseen.length, known }),
  RemoteItemsRead: ({ rows }) => ({
    rows: rows.length,
    gone: rows.filter((row) => 'deleted' in row).length,
  }),
  RemoteCursorLost: ({ detail }) => ({ detail }),
  LocalSeen: ({ rows }) => ({ rows: rows.length }),
  LocalScanCompleted: ({ unseen, oddities }) => ({
    unseen: unseen.length,
    oddities: oddities?.map(({ path, code, detail }) => ({ path, code, detail })),
  }),
  NothingNew: ({ leftOut }) => ({ leftOut }),
  HintReceived: ({ side, source, folders }) => ({ side, hintedBy: source, folders: folders?.length }),
  SubscriptionTold: ({ subscriptionId, told }) => ({ subscriptionId, told }),
  FactsChanged: ({ facts, complete }) => ({ facts: facts.length, complete }),
  StopRequested: () => ({}),
  DeletionsConfirmed: ({ hash }) => ({ hash }),
  Paused: ({ why, until }) => ({ why, until }),
  Resumed: ({ why, because }) => ({ why, because }),
  UserChangesPlanned: ({ asked, changes, unasked }) => ({
    ...{ asked, unasked },
    changes: changes.map(({ type, path }) => ({ type, path })),
  }),
  UserChangeEnded: ({ index, failure, trash }) => ({ index, failure, trash }),
  UserChangesEnded: () => ({}),
  PlanningEnded: () => ({}),
  Planned: ({ commands }) => ({
    commands: commands.map((command) => ({
      ...named(command),
      id: command.id,
      rule: command.reason.rule,
      differs: command.reason.differs,
      causes: command.reason.causes,
    })),
  }),
  SharedFolderTold: ({ path, told, toPath }) => ({ path, told, toPath }),
  PruningPlanned: ({ files }) => ({
    files: files.map(({ trash, sizeBytes, why }) => ({ trash, sizeBytes, why })),
  }),
  ContentMatched: ({ command, plugin, drive, disk }, view) => ({
    command,
    ...of(view, command),
    plugin,
    drive,
    disk,
  }),
  CommandSucceeded: (
    { command, local, kept, trash, unconfirmed, content, transferredBytes, requestIds, subscription },
    view,
  ) => ({
    command,
    ...of(view, command),
    trash: local === undefined ? undefined : (trashOf(local) ?? trash),
    kept: kept?.name,
    unconfirmed,
    content,
    transferredBytes,
    requestIds,
    subscription: subscription === undefined ? undefined : subscriptionOf(subscription),
  }),
  CommandFailed: ({ command, failure, remote }, view) => ({
    command,
    ...of(view, command),
    code: failure.code,
    detail: failure.detail,
    retry: failureGuide[failure.code].retry,
    remedy: failureGuide[failure.code].remedy,
    afterMs: failure.afterMs,
    requestId: failure.requestId,
    answer: failure.answer,
    remote,
  }),
  Woke: () => ({}),
  Stopped: ({ cause }) => ({ cause }),
};

function of(view: View, id: EventOf<'CommandFailed'>['command']): Fields {
  const ended = view.underWay.get(id);
  return ended === undefined ? {} : named(ended.command);
}

function named(command: Command): Fields {
  return {
    does: command.type,
    path: command.path,
    ...(command.type === 'MoveLocal' && { toPath: command.toPath }),
    ...(command.type === 'MoveRemote' && { fromPath: command.fromPath }),
  };
}

function subscriptionOf(subscription: NonNullable<EventOf<'CommandSucceeded'>['subscription']>): Fields {
  const { id } = subscription;
  return 'gone' in subscription ? { id, gone: true } : { id, expiresAt: timeText(subscription.expiresAt) };
}

/** A notice as one line of JSON: it has no seq, since no log holds it. */
export function noticeLine({ at, plugin, notice }: ToldNotice): string {
  return escapeJson(JSON.stringify({ at: timeText(at), source: plugin, type: 'Notice', notice }));
}

function trashOf(local: LocalRow | LocalGone): string | undefined {
  return 'gone' in local ? local.trash : undefined;
}
