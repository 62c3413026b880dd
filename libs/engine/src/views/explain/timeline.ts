/**
 * The timeline of one item: its events, oldest first, each as one sentence. An event may speak of thousands of items and names
 * them by the identities of a side, so the timeline first collects the identities that this item ever had.
 */
import type {
  Command,
  CommandFailed,
  CommandId,
  CommandSucceeded,
  DriveItemId,
  FailureDetails,
  ItemId,
  LocalRow,
  LocalScanCompleted,
  RecordedEvent,
  RemoteItemsRead,
  RemoteRoundCompleted,
  RemoteRow,
  RemoteTombstone,
  Seq,
} from '@tidemark/contracts';
import { doubtOf, failureGuide, isForbiddenUnseen, plannedAt, ruleTexts } from '@tidemark/contracts';
import type { ScopeExit } from '../../fold/scope.ts';
import type { State } from '../../fold/state.ts';
import { deedOf, quote, wishOf } from './commands.ts';
import type { PathMatch } from './path-finder.ts';
import { identitiesOf } from './identities.ts';
import { localNews, remoteNews } from './rows.ts';

export interface TimelineEntry {
  readonly seq: Seq;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly sentence: string;
}

export type DecisionOutcome =
  | {
      readonly type: 'ok';
      readonly seq: Seq;
      readonly at: number;
      readonly sentence: string;
      readonly requestIds: readonly string[];
      readonly transferredBytes: number;
    }
  | {
      readonly type: 'failed';
      readonly seq: Seq;
      readonly at: number;
      readonly sentence: string;
      readonly requestIds: readonly string[];
      readonly transferredBytes: number;
      readonly failure: FailureDetails;
    };

interface Decided {
  readonly command: Command;
  /** Events that showed the item gone on a side. Entries that are not there cannot name their cause. */
  readonly evidence: readonly Seq[];
  outcome: DecisionOutcome | null;
}

export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  readonly decisions: readonly Decided[];
  readonly lastName: string | null;
}

export interface TimelineOptions {
  readonly history: readonly RecordedEvent[];
  readonly commands: ReadonlyMap<CommandId, Command>;
  readonly state: State;
  readonly item: ItemId;
  readonly match: PathMatch | undefined;
}

export function timelineOf({ history, commands, state, item, match }: TimelineOptions): Timeline {
  const { driveIds, localIds } = identitiesOf({ history, commands, state, item, match });
  const sweptAt = lastSweep(history, commands, state, item, driveIds);
  const entries: TimelineEntry[] = [];
  const decisions: Decided[] = [];
  let remote: RemoteRow | null = null;
  let local: LocalRow | null = null;
  /** Events that showed it gone. */
  let remoteGoneAt: readonly Seq[] = [];
  let localGoneAt: readonly Seq[] = [];
  /** The look that missed it first. */
  let remoteMissedAt: Seq | null = null;
  let localMissedAt: Seq | null = null;
  let lastName: string | null = null;
  let answeredAt: Seq | null = null;

  const remoteIs = (row: RemoteRow): void => {
    remote = row;
    remoteGoneAt = [];
    lastName = row.name;
  };
  const localIs = (row: LocalRow): void => {
    local = row;
    localGoneAt = [];
    localMissedAt = null;
    lastName = row.name;
  };

  const remoteSeen = (
    rows: Extract<RecordedEvent['event'], { type: 'RemoteSeen' }>['rows'],
    seq: Seq,
  ): string[] => {
    const sentences: string[] = [];
    for (const row of rows) {
      if (!driveIds.has(row.id)) continue;
      if ('deleted' in row) {
        sentences.push('The drive reported that it was deleted');
        remote = null;
        remoteGoneAt = [seq];
      } else {
        sentences.push(remoteNews(remote, row));
        remoteIs(row);
      }
    }
    // Its own row came in an earlier event and had to wait for its folder.
    if (sentences.length === 0 && remote === null && entries.length === 0)
      sentences.push('The drive showed the folder it is in, and with it the item');
    return sentences;
  };

  const asked = (row: RemoteRow | RemoteTombstone, seq: Seq): string[] => {
    const [sentence] = driveIds.has(row.id) ? remoteSeen([row], seq) : [];
    const shown = sentence ?? 'The drive showed another item';
    return [`asked about it, ${shown.charAt(0).toLowerCase()}${shown.slice(1)}`];
  };

  const scanCompleted = (event: LocalScanCompleted, seq: Seq): string[] => {
    const wasMissedAt = localMissedAt;
    localMissedAt = null;
    if (!(event.gone ?? event.unseen).some((id) => localIds.has(id)))
      return wasMissedAt === null ? [] : ['A second look found it again'];
    if (wasMissedAt === null && event.gone === undefined) {
      localMissedAt = seq;
      return [
        event.partial === true
          ? 'A look into its folder on disk did not find it'
          : 'A complete look at the disk did not find it',
      ];
    }
    if (event.partial === true) {
      localMissedAt = wasMissedAt;
      return ['A look into its folder on disk did not find it'];
    }
    if (state.trees.items.get(item)?.local?.seq === seq)
      return ['A complete look at the disk showed it deleted and made again under its name'];
    local = null;
    localGoneAt = [...(wasMissedAt === null ? [] : [wasMissedAt]), seq];
    return [
      wasMissedAt === null
        ? 'Two complete looks at the disk did not find it any more'
        : `A second look at the disk did not find it either (the first is event ${wasMissedAt}): it is gone`,
    ];
  };

  const roundCompleted = (event: RemoteRoundCompleted, seq: Seq): string[] => {
    const isGone = event.gone?.some((id) => driveIds.has(id)) ?? false;
    if (isGone || seq === sweptAt) {
      remote = null;
      remoteGoneAt = [seq];
      return [
        isGone
          ? 'The changes of the drive since that listing did not show it either: it is gone'
          : 'The folder it was in is gone from the drive, and it went with it',
      ];
    }
    if (!event.unseen.some((id) => driveIds.has(id))) return [];
    const doubt = doubtOf(event, state.started);
    if (doubt !== null) return [`${doubt.detail}: the drive's side is suspended`];
    remoteMissedAt = seq;
    return ['A complete listing of the drive did not contain it, so it is read by its id'];
  };

  const itemsRead = (event: RemoteItemsRead, seq: Seq): string[] => {
    const row = event.rows.find(({ id }) => driveIds.has(id));
    if (row === undefined) return [];
    const missedAt = remoteMissedAt;
    remoteMissedAt = null;
    if ('unread' in row)
      return [`The drive would not tell of it by its id, so it is left alone: ${row.unread}`];
    if (!('deleted' in row)) {
      remoteIs(row);
      return ['Read by its id, the drive has it'];
    }
    remote = null;
    remoteGoneAt = [...(missedAt === null ? [] : [missedAt]), seq];
    const listing = missedAt === null ? '' : `, after the listing of event ${missedAt} had not shown it`;
    return [`Read by its id, the drive does not have it any more${listing}: it is gone`];
  };

  const succeeded = (event: CommandSucceeded, seq: Seq, at: number): string[] => {
    const command = commands.get(event.command);
    if (command?.item !== item)
      return [takenAlong(command, event, seq)].filter((sentence) => sentence !== null);
    const sentence = withRequests(deedOf(command, event), event.requestIds ?? []);
    const decided = decisions.find((one) => one.command.id === command.id);
    if (decided !== undefined)
      decided.outcome = {
        type: 'ok',
        seq,
        at,
        sentence,
        requestIds: event.requestIds ?? [],
        transferredBytes: event.transferredBytes ?? 0,
      };
    if (event.remote !== undefined) answeredAt = seq;
    // What is kept under another name is another item from now on.
    if (event.kept !== undefined) localIds.delete(event.kept.id);
    if (event.remote !== undefined) {
      if ('deleted' in event.remote) remote = null;
      // When the drive has told since that it is gone, the answer is late and changes nothing.
      else if ((remoteGoneAt.at(-1) ?? -1) < plannedAt(event.command)) remoteIs(event.remote);
    }
    if (event.local !== undefined) {
      if ('gone' in event.local) local = null;
      else localIs(event.local);
    }
    return [sentence];
  };

  /** The outcome of another item's command touched this one. */
  const takenAlong = (command: Command | undefined, event: CommandSucceeded, seq: Seq): string | null => {
    if (event.kept !== undefined && localIds.has(event.kept.id)) {
      localIs(event.kept);
      const of = command === undefined ? 'another file' : quote(command.path);
      const why = command === undefined ? '' : `: ${ruleTexts[command.reason.rule]}`;
      return `It was made to keep a version of ${of}${why} (command ${event.command})`;
    }
    if (seq !== sweptAt) return null;
    remote = null;
    if (command !== undefined)
      decisions.push({
        command,
        evidence: localGoneAt,
        outcome: {
          type: 'ok',
          seq,
          at: history.find((recorded) => recorded.seq === seq)?.at ?? 0,
          sentence: withRequests(deedOf(command, event), event.requestIds ?? []),
          requestIds: event.requestIds ?? [],
          transferredBytes: 0,
        },
      });
    const folder = command === undefined ? 'the folder above it' : `the folder ${quote(command.path)}`;
    return `It went from the drive with ${folder} (command ${event.command})`;
  };

  const failed = ({ command: id, failure }: CommandFailed, seq: Seq, at: number): string[] => {
    const requestIds = failure.requestId === undefined ? [] : [failure.requestId];
    const sentence = withRequests(`Failed with ${failure.code}: ${failure.detail}`, requestIds);
    const decided = decisions.find((one) => one.command.id === id);
    if (decided !== undefined)
      decided.outcome = { type: 'failed', seq, at, sentence, requestIds, transferredBytes: 0, failure };
    const after = {
      soon: 'it is tried again in seconds',
      later: 'it is tried again in minutes',
      never: isForbiddenUnseen(failure.code)
        ? 'it is tried again in the next run, or with the next look of one that goes on'
        : 'it rests until something changes',
      stop: 'the run ends',
    } as const;
    return [`${sentence}; ${after[failureGuide[failure.code].retry]}`];
  };

  for (const { seq, at, event } of history) {
    let sentences: readonly string[] = [];
    switch (event.type) {
      case 'RemoteSeen':
        sentences = remoteSeen(event.rows, seq);
        break;
      case 'RemoteRoundCompleted':
        sentences = roundCompleted(event, seq);
        break;
      case 'RemoteItemsRead':
        sentences = itemsRead(event, seq);
        break;
      case 'LocalSeen':
        sentences = event.rows
          .filter((row) => localIds.has(row.id))
          .map((row) => {
            const sentence = localNews(local, row);
            localIs(row);
            return sentence;
          });
        break;
      case 'LocalScanCompleted':
        sentences = scanCompleted(event, seq);
        break;
      case 'DeletionsConfirmed':
        sentences = [`You confirmed the plan ${event.hash}, which it was part of`];
        break;
      case 'Planned':
        sentences = event.commands
          .filter((command) => command.item === item)
          .map((command) => {
            const evidence = [...remoteGoneAt, ...localGoneAt];
            const isByDrive = command.reason.rule === 'remote-deleted' && remoteGoneAt.length === 0;
            if (isByDrive && answeredAt !== null) evidence.push(noteLateAnswer(entries, answeredAt));
            decisions.push({ command, evidence, outcome: null });
            const by = command.reason.plugin === undefined ? '' : ` (decided by ${command.reason.plugin})`;
            return `Decided to ${wishOf(command)}: ${ruleTexts[command.reason.rule]}${by} (command ${command.id})`;
          });
        break;
      case 'CommandSucceeded':
        sentences = succeeded(event, seq, at);
        break;
      case 'CommandFailed':
        // Another item's command may have been refused because of this one.
        sentences = [
          ...(commands.get(event.command)?.item === item || event.remote === undefined
            ? failed(event, seq, at)
            : [`The command ${event.command} was refused because of it`]),
          ...(event.remote === undefined ? [] : asked(event.remote, seq)),
        ];
        break;
      case 'Started':
      case 'RemoteCursorLost':
      case 'HintReceived':
      case 'Woke':
      case 'PlanningEnded':
      case 'Stopped':
        break;
    }
    const all = [...sentences, ...scopeNews(state.scopeExits.get(item), seq)];
    if (all.length > 0) entries.push({ seq, at, sentence: all.join('; ') });
  }
  return { entries, decisions, lastName };
}

function scopeNews(exit: ScopeExit | undefined, seq: Seq): string[] {
  if (exit?.leftAt === seq)
    return [
      `It left the scope of the sync (${exit.plugin}: ${exit.detail}), which ended the agreement: what happens to it on one side is not repeated on the other`,
    ];
  return exit?.backAt === seq
    ? ['It is in the scope of the sync again, so both sides are compared anew']
    : [];
}

/** The drive told that the item is gone before it was known which item that was: our own answer, which came late, says so. */
function noteLateAnswer(entries: TimelineEntry[], seq: Seq): Seq {
  const index = entries.findIndex((entry) => entry.seq === seq);
  const entry = entries[index];
  if (entry !== undefined)
    entries[index] = {
      ...entry,
      sentence: `${entry.sentence}; by then the drive had told something newer of it`,
    };
  return seq;
}

function withRequests(sentence: string, requestIds: readonly string[]): string {
  if (requestIds.length === 0) return sentence;
  return `${sentence} (request${requestIds.length > 1 ? 's' : ''} ${requestIds.join(', ')})`;
}

/**
 * The event with which the item left the drive together with a folder above it. Such an event names the folder only, and
 * so does one that merely touched the item because something inside it went; the last one is the sweep, unless the drive
 * has spoken of the item itself since.
 */
function lastSweep(
  history: readonly RecordedEvent[],
  commands: ReadonlyMap<CommandId, Command>,
  state: State,
  item: ItemId,
  driveIds: ReadonlySet<DriveItemId>,
): Seq | null {
  if ((state.trees.items.get(item)?.remote ?? null) !== null) return null;
  for (const { seq, event } of history.toReversed()) {
    switch (event.type) {
      case 'RemoteSeen':
        if (event.rows.some((row) => driveIds.has(row.id))) return null;
        break;
      case 'RemoteRoundCompleted':
        if (event.unseen.some((id) => driveIds.has(id))) break;
        return (event.gone?.some((id) => driveIds.has(id)) ?? false) ? null : seq;
      case 'RemoteItemsRead':
        return event.rows.some((row) => driveIds.has(row.id)) ? null : seq;
      case 'CommandSucceeded':
        if (event.remote === undefined) break;
        if (commands.get(event.command)?.item === item || driveIds.has(event.remote.id)) return null;
        if ('deleted' in event.remote) return seq;
        break;
      case 'Started':
      case 'RemoteCursorLost':
      case 'LocalSeen':
      case 'LocalScanCompleted':
      case 'HintReceived':
      case 'Planned':
      case 'CommandFailed':
      case 'Woke':
      case 'PlanningEnded':
      case 'Stopped':
        break;
    }
  }
  return null;
}
