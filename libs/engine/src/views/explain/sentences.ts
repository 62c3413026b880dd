/**
 * What one event changed of one item, in sentences. What the fold knows of the item before and after the event tells what
 * changed; the event tells who said so.
 */
import type { Command, DriveItemId, FailureDetails, ItemId, RecordedEvent, Seq } from '@tidemark/contracts';
import { ruleTexts } from '@tidemark/contracts';
import type { ItemActivity } from '@tidemark/machines';
import type { LocalEntry, RemoteEntry, Side, Trees } from '@tidemark/trees';
import { itemOf, shownPath } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import { outcomeOf, quote, wishOf } from './commands.ts';
import { aheadText, newerText } from './clocks.ts';
import type { Condition } from './conditions.ts';
import { conditionNames, conditions } from './conditions.ts';
import { entryNews, oddityOf, placeOf } from './entries-in-words.ts';

/** What the fold knows of an item at a moment. */
export interface Known {
  readonly remote: RemoteEntry | null;
  readonly local: LocalEntry | null;
  /** Of the folder on the drive that it is in. */
  readonly folderId: DriveItemId | null;
  /** Under way for it. */
  readonly command: Command | null;
  readonly activity: ItemActivity | undefined;
  /** Those that hold, in words. */
  readonly holds: ReadonlyMap<Condition, string>;
}

export function knownOf(state: State, id: ItemId): Known {
  const item = state.trees.items.get(id);
  const holds = new Map<Condition, string>();
  for (const name of conditionNames) {
    const why = item === undefined ? null : conditions[name].why(state, item);
    if (why !== null) holds.set(name, why);
  }
  const { remote = null, local = null } = item ?? {};
  const command = state.inFlight.get(id) ?? null;
  const folder = remote === null ? undefined : state.trees.items.get(remote.parent);
  const folderId = folder?.remote?.id ?? null;
  return { remote, local, folderId, command, activity: state.activities.get(id), holds };
}

export interface Change {
  readonly item: ItemId;
  readonly recorded: RecordedEvent;
  /** The one under way, of which the event is an outcome. */
  readonly command: Command | null;
  readonly before: Known;
  readonly after: Known;
  /** Why nothing had told of what the event shows. */
  readonly unannounced: string | null;
  /** After the event. */
  readonly trees: Trees;
  /** Since which event a condition holds, or held until this one. */
  readonly since: ReadonlyMap<Condition, Seq>;
}

export function sentencesOf(change: Change): string[] {
  const seen = [...sides.flatMap((side) => shown(side, change)), ...begunAndEnded(change)];
  const late = seen.length === 0 || change.unannounced === null ? [] : [change.unannounced];
  return [...told(change), ...seen, ...late];
}

/** What the event says of the item by itself. */
function told({ item, recorded: { event, at }, command, after }: Change): string[] {
  switch (event.type) {
    case 'DeletionsConfirmed':
      return [`You confirmed the plan ${event.hash}, which it was part of`];
    case 'Planned':
      return after.command === null ? [] : [decision(after.command, after)];
    case 'ContentMatched':
      return [
        `The plugin ${event.plugin} changed its content on the way: ${event.disk.sizeBytes} bytes on disk, ${event.drive.sizeBytes} bytes on the drive`,
      ];
    case 'CommandSucceeded':
      return command?.item === item ? [outcomeOf(command, event)] : [];
    case 'CommandFailed':
      return command?.item === item
        ? [
            `${outcomeOf(command, event)}; ${isForSpace(after, event.failure) ? 'it waits for space there' : whatFollows(after.activity, at)}`,
          ]
        : [`The command ${event.command} was refused because of it`];
    default:
      return [];
  }
}

function decision(command: Command, known: Known): string {
  const { rule, plugin } = command.reason;
  const by = plugin === undefined ? '' : ` (decided by ${plugin})`;
  return `Decided to ${wishOf(command)}: ${ruleTexts[rule]}${newerText(command, known)}${by} (command ${command.id})`;
}

/** That the drive is full says nothing of the item, which is as ready as before. */
const isForSpace = ({ activity }: Known, { code }: FailureDetails): boolean =>
  activity === undefined && code === 'quotaReached';

function whatFollows({ state, dueAt }: Partial<ItemActivity> = {}, at: number): string {
  if (state === 'problem') return 'it rests until something changes or the next run begins';
  const seconds = Math.ceil(Math.max(0, (dueAt ?? at) - at) / 1000);
  return seconds === 0 ? 'it is tried again at once' : `it is tried again in ${seconds} seconds`;
}

/** What the event set or took away on that side. */
function shown(side: Side, change: Change): string[] {
  const { item, recorded, command, before, after } = change;
  const was = before[side];
  const is = after[side];
  if (isOvertaken(side, change)) return [`By then the ${placeOf[side]} had told that it was gone`];
  const isAnswer = recorded.event.type === 'CommandSucceeded';
  // The outcome of its own command has said it.
  if (isAnswer && command?.item === item) return [];
  const by = !isAnswer || command === null ? '' : `, by the command ${command.id} to ${wishOf(command)}`;
  if (is === null) return was === null ? [] : [absenceOf(side, change) + by];
  const isNews =
    is.seq === recorded.seq || was === null || was.id !== is.id || oddityOf(was) !== oddityOf(is);
  if (!isNews) return [];
  const isDated = was?.modifiedAt !== is.modifiedAt;
  const ahead = isDated ? aheadText(is, recorded.at) : null;
  return [entryNews(side, was, is) + by, ...(ahead === null ? [] : [ahead])];
}

export const sides = ['remote', 'local'] as const satisfies readonly Side[];

export const isThere = ({ remote, local }: Known): boolean => remote !== null || local !== null;

/** 0: that side shows it. 1: a look missed it there. 2: it is not there. */
export const missingFrom = (side: Side, known: Known): number =>
  known[side] === null ? 2 : known.holds.has(side === 'remote' ? 'unseenOnDrive' : 'unseenOnDisk') ? 1 : 0;

/** It was told gone before our own answer told that it is there. */
export const isOvertaken = (side: Side, { item, command, recorded: { event }, after }: Change): boolean =>
  command?.item === item &&
  event.type === 'CommandSucceeded' &&
  event[side] !== undefined &&
  !('deleted' in event[side] || 'gone' in event[side]) &&
  after[side] === null;

function absenceOf(side: Side, { recorded: { event }, command, before, trees, since }: Change): string {
  const ids: ReadonlyMap<string, ItemId> = side === 'remote' ? trees.byRemoteId : trees.byLocalId;
  const heir = ids.get(before[side]?.id ?? '');
  if (heir !== undefined)
    return `What the ${placeOf[side]} showed of it belongs to ${quote(shownPath(trees, itemOf(trees, heir)))} from now on`;
  const first = since.get('unseenOnDisk');
  if (event.type === 'LocalScanCompleted' && first !== undefined)
    return `A second look at the disk did not find it either (the first is event ${first}): it is gone`;
  const isNamed = 'rows' in event && event.rows.some(({ id }) => id === before[side]?.id);
  if (command !== null || side === 'local') return `It is gone from the ${placeOf[side]}`;
  if (!isNamed) return 'The folder it was in is gone from the drive, and it went with it';
  if (event.type === 'RemoteSeen') {
    const isWithFolder = event.rows.some((row) => 'deleted' in row && row.id === before.folderId);
    return `The drive reported that it was deleted${isWithFolder ? ', and the folder that it was in as well' : ''}`;
  }
  const listing = since.get('unseenOnDrive');
  const after = listing === undefined ? '' : `, after the listing of event ${listing} had not shown it`;
  return `Read by its id, the drive does not have it any more${after}: it is gone`;
}

function begunAndEnded({ recorded: { event }, before, after }: Change): string[] {
  if (!isThere(after)) return [];
  return conditionNames.flatMap((name) => {
    const was = before.holds.get(name);
    const is = after.holds.get(name);
    if (was === is) return [];
    if (is !== undefined) return [conditions[name].begins(is, event)];
    const { side } = conditions[name];
    return side !== null && after[side] === null ? [] : [conditions[name].ends];
  });
}
