/**
 * What one event changed of one item, in sentences. What the fold knows of the item before and after the event tells what
 * changed; the event tells who said so.
 */
import type {
  Command,
  CommandFailed,
  CommandSucceeded,
  EventOf,
  ItemId,
  RecordedEvent,
  Seq,
} from '@tidemark/contracts';
import { failureGuide, isForbiddenUnseen, ruleTexts } from '@tidemark/contracts';
import type { LocalEntry, RemoteEntry } from '@tidemark/trees';
import type { ScopeExit } from '../../fold/scope.ts';
import type { State } from '../../fold/state.ts';
import { outcomeOf, quote, wishOf } from './commands.ts';
import { localNews, remoteNews } from './entries-in-words.ts';
import type { Hidden } from './hidden.ts';
import { hiddenBy } from './hidden.ts';

/** What the fold knows of an item at a moment. */
export interface Known {
  readonly remote: RemoteEntry | null;
  readonly local: LocalEntry | null;
  /** The last look at that side missed it. */
  readonly isUnseen: { readonly remote: boolean; readonly local: boolean };
  /** Under way for it. */
  readonly command: Command | null;
  readonly scopeExit: ScopeExit | undefined;
  readonly hidden: Hidden | null;
  /** Why the drive is not believed. */
  readonly doubt: string | null;
}

export function knownOf(state: State, id: ItemId): Known {
  const { remote = null, local = null } = state.trees.items.get(id) ?? {};
  const failure = state.remote.look.state === 'suspended' ? state.remote.look.failure : state.halted;
  return {
    remote,
    local,
    isUnseen: {
      remote: remote !== null && state.remote.unseen.has(remote.id),
      local: local !== null && state.local.unseen.has(local.id),
    },
    command: state.inFlight.get(id) ?? null,
    scopeExit: state.scopeExits.get(id),
    hidden: hiddenBy(state, id),
    doubt: failure?.code === 'driveSuspended' ? failure.detail : null,
  };
}

export interface Change {
  readonly item: ItemId;
  readonly recorded: RecordedEvent;
  /** The one under way, of which the event is an outcome. */
  readonly command: Command | null;
  readonly before: Known;
  readonly after: Known;
  /** The look that missed it on a side, when no look has met it there since. */
  readonly missedAt: { readonly remote: Seq | null; readonly local: Seq | null };
}

export const sentencesOf = (change: Change): string[] => [
  ...told(change),
  ...scopeNews(change),
  ...hiddenNews(change),
];

function told(change: Change): string[] {
  const { event } = change.recorded;
  switch (event.type) {
    case 'RemoteSeen':
      return driveNews(change);
    case 'RemoteRoundCompleted':
      return roundCompleted(change);
    case 'RemoteItemsRead':
      return itemsRead(change, event);
    case 'LocalSeen':
      return diskNews(change);
    case 'LocalScanCompleted':
      return scanCompleted(change, event);
    case 'DeletionsConfirmed':
      return [`You confirmed the plan ${event.hash}, which it was part of`];
    case 'Planned':
      return planned(change);
    case 'CommandSucceeded':
      return succeeded(change, event);
    case 'CommandFailed':
      return failed(change, event);
    default:
      return [];
  }
}

/** What this event set or took away on the drive. */
function driveNews({ recorded, before, after }: Change): string[] {
  const { seq, event } = recorded;
  if (after.remote !== null) return after.remote.seq === seq ? [remoteNews(before.remote, after.remote)] : [];
  if (before.remote === null) return [];
  const { id } = before.remote;
  if (event.type === 'RemoteSeen' && event.rows.some((row) => row.id === id))
    return ['The drive reported that it was deleted'];
  if (event.type === 'RemoteRoundCompleted' && event.gone?.includes(id) === true)
    return ['The changes of the drive since that listing did not show it either: it is gone'];
  return ['The folder it was in is gone from the drive, and it went with it'];
}

const diskNews = ({ recorded, before, after }: Change): string[] =>
  after.local?.seq === recorded.seq ? [localNews(before.local, after.local)] : [];

function roundCompleted(change: Change): string[] {
  const { before, after } = change;
  if (after.remote !== null && before.doubt === null && after.doubt !== null)
    return [`${after.doubt}: the drive's side is suspended`];
  return after.isUnseen.remote
    ? ['A complete listing of the drive did not contain it, so it is read by its id']
    : driveNews(change);
}

function itemsRead(change: Change, { rows }: EventOf<'RemoteItemsRead'>): string[] {
  const row = rows.find(({ id }) => id === change.before.remote?.id);
  if (row === undefined) return driveNews(change);
  if ('unread' in row)
    return [`The drive would not tell of it by its id, so it is left alone: ${row.unread}`];
  if (!('deleted' in row)) return ['Read by its id, the drive has it'];
  const missedAt = change.missedAt.remote;
  const listing = missedAt === null ? '' : `, after the listing of event ${missedAt} had not shown it`;
  return [`Read by its id, the drive does not have it any more${listing}: it is gone`];
}

function scanCompleted(change: Change, { partial }: EventOf<'LocalScanCompleted'>): string[] {
  const { before, after, missedAt, recorded } = change;
  if (before.local === null) return diskNews(change);
  if (after.local === null)
    return [
      missedAt.local === null
        ? 'Two complete looks at the disk did not find it any more'
        : `A second look at the disk did not find it either (the first is event ${missedAt.local}): it is gone`,
    ];
  if (after.local.seq === recorded.seq || after.local.id !== before.local.id)
    return ['A complete look at the disk showed it deleted and made again under its name'];
  if (after.isUnseen.local === before.isUnseen.local) return [];
  if (!after.isUnseen.local) return ['A second look found it again'];
  return [
    partial === true
      ? 'A look into its folder on disk did not find it'
      : 'A complete look at the disk did not find it',
  ];
}

function planned({ after: { command } }: Change): string[] {
  if (command === null) return [];
  const { rule, plugin } = command.reason;
  const by = plugin === undefined ? '' : ` (decided by ${plugin})`;
  return [`Decided to ${wishOf(command)}: ${ruleTexts[rule]}${by} (command ${command.id})`];
}

function succeeded(change: Change, event: CommandSucceeded): string[] {
  const { item, command, before, after } = change;
  if (command === null) return [];
  if (command.item === item) {
    const deed = outcomeOf(command, event);
    return [isOvertaken(change) ? `${deed}; by then the drive had told something newer of it` : deed];
  }
  const by = `(command ${command.id})`;
  if (event.kept !== undefined && after.local?.id === event.kept.id)
    return [
      `It was made to keep a version of ${quote(command.path)}: ${ruleTexts[command.reason.rule]} ${by}`,
    ];
  if (isTakenAlong(change)) return [`It went from the drive with the folder ${quote(command.path)} ${by}`];
  if (before.remote !== null && after.remote === null)
    return [`What the drive showed as this item is ${quote(command.path)} ${by}`];
  return [...driveNews(change), ...diskNews(change)];
}

/** The drive has told that it is gone before our own answer told that it is there. */
export const isOvertaken = ({ item, command, recorded: { event }, after }: Change): boolean =>
  command?.item === item &&
  event.type === 'CommandSucceeded' &&
  event.remote !== undefined &&
  !('deleted' in event.remote) &&
  after.remote === null;

/** A command deleted a folder above it on the drive. */
export const isTakenAlong = ({ item, command, recorded: { event }, before, after }: Change): boolean =>
  command?.type === 'DeleteRemote' &&
  command.item !== item &&
  event.type === 'CommandSucceeded' &&
  before.remote !== null &&
  after.remote === null;

function failed(change: Change, event: CommandFailed): string[] {
  const { item, command } = change;
  const sentence =
    command?.item === item
      ? `${outcomeOf(command, event)}; ${afterFailure(event, command)}`
      : `The command ${event.command} was refused because of it`;
  if (event.remote === undefined) return [sentence];
  const [shown = 'The drive showed another item'] = driveNews(change);
  return [sentence, `asked about it, ${shown.charAt(0).toLowerCase()}${shown.slice(1)}`];
}

function afterFailure({ failure: { code } }: CommandFailed, { type }: Command): string {
  return isForbiddenUnseen(code) && type !== 'DeleteRemote'
    ? 'it is tried again in the next run, or with the next look of one that goes on'
    : whatFollows[failureGuide[code].retry];
}

const whatFollows = {
  soon: 'it is tried again in seconds',
  later: 'it is tried again in minutes',
  never: 'it rests until something changes',
  stop: 'the run ends',
} as const;

function scopeNews({ after: { scopeExit: exit }, recorded: { seq } }: Change): string[] {
  if (exit?.leftAt === seq)
    return [
      `It left the scope of the sync (${exit.plugin}: ${exit.detail}), which ended the agreement: what happens to it on one side is not repeated on the other`,
    ];
  return exit?.backAt === seq
    ? ['It is in the scope of the sync again, so both sides are compared anew']
    : [];
}

function hiddenNews({ before, after, recorded: { event } }: Change): string[] {
  if (before.hidden?.why === after.hidden?.why) return [];
  if (after.hidden === null)
    return before.hidden === null ? [] : [`A look at the ${before.hidden.side} can tell of it again`];
  const look = event.type === 'LocalScanCompleted' ? ` (${event.command})` : '';
  return [
    `A look at the ${after.hidden.side}${look} could not tell of it, because of ${after.hidden.why}. ` +
      `What is there is unknown since then, and nothing is decided because of it`,
  ];
}
