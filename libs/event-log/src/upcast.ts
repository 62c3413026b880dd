/**
 * Old event shapes, converted when they are read: the log itself is never rewritten.
 *
 * When a shape changes, raise `currentFormat` and add a step that turns the event of the format before into the new one.
 * A batch of a newer format, or an unknown event type, means that a newer version wrote the log: this version must
 * not run on it, because it would decide on half of the truth (F20).
 */
import type { Established, EventType, RecordedEvent } from '@tidemark/contracts';
import { Failure, paceOnce } from '@tidemark/contracts';

/** Written into each batch. At most 255. */
export const currentFormat = 5;

/** One change of shape: events of `type` written in a format up to `upTo`. May give the event another type. */
export interface UpcastStep {
  readonly upTo: number;
  readonly type: string;
  readonly convert: (event: RawEvent) => RawEvent;
}

export interface RawEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Upcaster {
  readonly format: number;
  /** Throws Failure `logTooNew`. `format` is the one the batch was written in. */
  upcast(recorded: unknown, format: number): RecordedEvent;
}

const knownTypes: Record<EventType, true> = {
  Started: true,
  RemoteSeen: true,
  RemoteRoundCompleted: true,
  RemoteItemsRead: true,
  RemoteCursorLost: true,
  LocalSeen: true,
  LocalScanCompleted: true,
  NothingNew: true,
  HintReceived: true,
  SubscriptionTold: true,
  FactsChanged: true,
  StopRequested: true,
  DeletionsConfirmed: true,
  Paused: true,
  Resumed: true,
  PlanningEnded: true,
  Planned: true,
  PruningPlanned: true,
  SharedFolderTold: true,
  ContentMatched: true,
  UserChangesPlanned: true,
  UserChangeEnded: true,
  UserChangesEnded: true,
  CommandSucceeded: true,
  CommandFailed: true,
  Woke: true,
  Stopped: true,
};

export const isEventType = (name: string): name is EventType => Object.hasOwn(knownTypes, name);

/** Oldest first. */
const steps: readonly UpcastStep[] = [
  // Format 2: runs that go on, and looks into a few folders. Every run before ended by itself and looked everywhere.
  {
    upTo: 1,
    type: 'Started',
    convert: (event) => ({ ...event, policy: { pace: paceOnce, ...Object(event['policy']) } }),
  },
  {
    upTo: 1,
    type: 'Planned',
    convert: (event) => ({ ...event, commands: listOf(event['commands']).map(withFolders) }),
  },
  // Format 3: what a full round did not list is gone only after the next round. Until then it was gone at once.
  { upTo: 2, type: 'RemoteRoundCompleted', convert: (event) => ({ unlisted: [], ...event }) },
  // Format 4: a look ends by its own event, which names the command and what it missed. Before, an event told what was gone.
  {
    upTo: 3,
    type: 'RemoteRoundCompleted',
    convert: ({ unlisted: _unlisted, absent, ...event }) => ({
      command: '',
      unseen: [],
      gone: absent,
      ...event,
    }),
  },
  { upTo: 3, type: 'RemoteCursorLost', convert: (event) => ({ command: '', ...event }) },
  {
    upTo: 3,
    type: 'LocalScanCompleted',
    convert: ({ gone, ...event }) => ({ command: '', unseen: [], gone, ...event }),
  },
  // Format 4 too: a command names the merge base that it establishes. Until then its type and its answer told.
  {
    upTo: 3,
    type: 'Planned',
    convert: (event) => ({ ...event, commands: listOf(event['commands']).map(withBase) }),
  },
  { upTo: 3, type: 'CommandSucceeded', convert: withoutAgreed },
  // Format 5: looks that met nothing new are not written, and a scan repeats no list of what cannot be synced. Nothing to convert.
];

const withFolders = (command: unknown): unknown =>
  Object(command).type === 'ScanLocal' ? { folders: null, ...Object(command) } : command;

function withBase(command: unknown): unknown {
  const { type, target, expected, keepAs, provisional } = Object(command);
  const isNew = type === 'UploadFile' ? Object(target).as === 'new' : expected === null;
  const content: readonly Established[] = isNew ? ['version', 'place'] : ['version'];
  const moved: readonly Established[] = provisional === true ? [] : ['place'];
  const bases: Readonly<Record<string, readonly Established[]>> = {
    CreateRemoteFolder: ['version', 'place'],
    CreateLocalFolder: ['version', 'place'],
    UploadFile: [...content, 'time'],
    DownloadFile: keepAs === null ? [...content, 'time'] : content,
    KeepRemoteCopy: ['version'],
    MoveRemote: moved,
    MoveLocal: moved,
    DeleteRemote: ['gone'],
    DeleteLocal: ['gone'],
    SetRemoteTime: ['time'],
    SetLocalTime: ['time'],
  };
  const establishes = bases[type];
  return establishes === undefined ? command : { establishes, ...Object(command) };
}

/** `agreed` named a side, or both, for three different facts. */
function withoutAgreed({ agreed, ...event }: RawEvent): RawEvent {
  const isFolder = Object(event['remote']).kind === 'folder';
  return {
    ...event,
    ...(agreed === 'remote' && isFolder && { made: true }),
    ...(agreed === 'both' && { unconfirmed: true }),
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export function createUpcaster(format: number, conversions: readonly UpcastStep[]): Upcaster {
  return {
    format,
    upcast(recorded, writtenIn) {
      if (writtenIn > format)
        throw tooNew(`its events have format ${writtenIn}, this version knows ${format}`);
      const event = eventOf(recorded);
      const converted = conversions.reduce(
        (shape, step) => (step.type === shape.type && writtenIn <= step.upTo ? step.convert(shape) : shape),
        event,
      );
      if (!isEventType(converted.type)) {
        throw tooNew(`it holds an event of the unknown type ${JSON.stringify(converted.type)}`);
      }
      // The border: the chain hash has proved that these are the bytes we wrote, and the type is one of ours.
      return (converted === event ? recorded : { ...Object(recorded), event: converted }) as RecordedEvent;
    },
  };
}

export const upcaster: Upcaster = createUpcaster(currentFormat, steps);

export const tooNew = (why: string): Failure =>
  new Failure({
    code: 'logTooNew',
    detail: `Cannot read the event log: ${why}; it was written by a newer version of Tidemark`,
  });

function eventOf(recorded: unknown): RawEvent {
  const event: unknown = Object(recorded).event;
  if (typeof event !== 'object' || event === null || typeof Object(event).type !== 'string') {
    throw tooNew('it holds something that is not an event');
  }
  return event as RawEvent;
}
