/** Events as the log would hold them, for the specs of the reporter. */
import type {
  Command,
  CommandId,
  CommandOf,
  CommandType,
  DriveItemId,
  Event,
  EventOf,
  ItemId,
  LocalId,
  LocalRow,
  Output,
  RecordedEvent,
  Seq,
} from '@tidemark/plugin-sdk';
import { config } from './config.ts';
import { createPrinter } from './printer.ts';

type Settings = Parameters<typeof config.parse>[0];

/** A printer with an output that keeps what it is given. */
export function createSpecPrinter(settings: Settings = {}, terminal = false) {
  const lines: string[] = [];
  const statuses: (string | null)[] = [];
  const output: Output = {
    line: (text) => lines.push(text),
    errorLine: (text) => lines.push(text),
    status: (text) => statuses.push(text),
    isTerminal: terminal,
    columns: 60,
  };
  const printer = createPrinter(config.parse(settings), output);
  let seq = 0;
  const record = (event: Event): RecordedEvent => ({
    seq: ++seq as Seq,
    at: 1_700_000_000_000 + seq * 1000,
    source: 'spec',
    event,
    items: [],
  });
  return {
    printer,
    lines,
    statuses,
    /** Appends the events as one batch and returns the lines it gave. */
    append(...events: readonly Event[]): readonly string[] {
      const before = lines.length;
      printer.events(events.map(record));
      return lines.slice(before);
    },
  };
}

type Given<Type extends CommandType> = Partial<Omit<CommandOf<Type>, 'type' | 'id'>>;

/** A command with its usual fields; `index` makes its id and item. */
export function command<Type extends CommandType>(
  type: Type,
  index: number,
  given: Given<Type> = {},
): Command {
  const expected = { id: `inode-${index}` as LocalId, stamp: 's' };
  const remote = { id: 'D1' as DriveItemId, eTag: 'e', sizeBytes: 10, hash: null, modifiedAt: 1 };
  const whole = {
    type,
    id: idOf(index),
    item: index as ItemId,
    path: 'a/b.txt',
    reason: { rule: 'local-new', differs: 'local≠synced', causes: [] },
    expected,
    remote,
    keepAs: null,
    cursor: 'secret-cursor',
    folder: 'a',
    kind: 'file',
    sizeBytes: 10,
    modifiedAt: 1,
    itemCount: 1,
    provisional: false,
    toPath: 'a/c.txt',
    toName: 'c.txt',
    target: { as: 'new', parentId: 'D0' as DriveItemId, name: 'b.txt' },
    ...given,
  };
  return whole as unknown as Command;
}

export function idOf(index: number): CommandId {
  return `1/${index}` as CommandId;
}

export const planned = (...commands: readonly Command[]): Event => ({ type: 'Planned', commands });

export const succeeded = (index: number, facts: Partial<EventOf<'CommandSucceeded'>> = {}): Event => ({
  ...facts,
  type: 'CommandSucceeded',
  command: idOf(index),
});

export const failed = (index: number, failure: EventOf<'CommandFailed'>['failure']): Event => ({
  type: 'CommandFailed',
  command: idOf(index),
  failure,
});

export function localRow(name: string): LocalRow {
  return {
    id: 'inode-9' as LocalId,
    parentId: 'inode-0' as LocalId,
    name,
    kind: 'file',
    sizeBytes: 1,
    modifiedAt: 1,
    stamp: 's',
    hash: null,
  };
}

export function started(policy: object = {}, filter: object = {}): Event {
  return {
    type: 'Started',
    version: '0.1.0',
    policy: {
      direction: 'both',
      cleanupLocal: false,
      pace: { pollIntervalMs: 300_000 },
      ...policy,
      filter: { syncList: null, singleDirectory: null, ...filter },
    },
    drive: { id: 'DRIVE', kind: 'personal', rootId: 'ROOT' },
    root: { id: 'inode-0', marker: 'm' },
    plugins: [{ name: 'reporter', version: '0.1.0' }],
    forget: null,
  } as unknown as Event;
}
