/**
 * The index of a log: a row of numbers for each event, some 25 bytes, from which the timeline, its lanes, the search and the figures of the
 * plugins are made. The events themselves stay in the log and are read a page at a time.
 */
import type { Command, CommandType, EventType, ItemId, RecordedEvent } from '@tidemark/contracts';
import { commandEffects, endedCommand, plannedAt } from '@tidemark/contracts';
import { bytes, doubles, words } from './growing.ts';
import { Names } from './names.ts';

/** What an event is, as bits. */
export const marks = {
  failed: 1,
  /** A plan that deletes something on one of the sides. */
  deletes: 2,
  /** A plan that met a conflict. */
  conflict: 4,
  planned: 8,
  outcome: 16,
  /** The outcome of a command that changed a side. */
  changed: 32,
} as const;

/** What the index knows of the command that an event ended. */
export interface Ended {
  readonly plannedSeq: number;
  readonly type: CommandType;
  readonly item: ItemId | null;
}

export class EventIndex {
  /** Number of the event in the first row; the rows are consecutive. */
  readonly first: number;
  readonly sources = new Names();
  readonly types = new Names();
  readonly #commandTypes = new Names();
  readonly failures = new Names();
  readonly #times = doubles();
  readonly #source = bytes();
  readonly #type = bytes();
  readonly #marks = bytes();
  readonly #planned = words();
  readonly #commandType = bytes();
  readonly #failure = bytes();
  readonly #item = words();
  readonly #decided = words();
  /** Commands that have no outcome yet. */
  readonly underWay = new Map<string, Command>();
  /** The paths of what was deleted or moved away, by which it can still be searched. */
  readonly formerPaths = new Map<string, ItemId>();

  constructor(first: number) {
    this.first = first;
  }

  get length(): number {
    return this.#times.length;
  }

  /** The number of the last event; one less than `first` while there is none. */
  get last(): number {
    return this.first + this.length - 1;
  }

  add({ at, source, event, items }: RecordedEvent): void {
    const ended = endedCommand(event);
    const command = ended === null ? undefined : this.underWay.get(ended);
    let bits = event.type === 'CommandFailed' || event.type === 'RemoteCursorLost' ? marks.failed : 0;
    if (ended !== null) {
      bits |= marks.outcome;
      this.underWay.delete(ended);
      if (command !== undefined && commandEffects[command.type].startsWith('writes')) bits |= marks.changed;
    }
    if (event.type === 'Planned') bits |= marks.planned | this.#takePlan(event.commands);
    // No command outlives its run.
    if (event.type === 'Started') this.underWay.clear();
    // A clock that was put back must not put the axis back.
    this.#times.push(Math.max(at, this.length === 0 ? at : this.#times.at(this.length - 1)));
    this.#source.push(this.sources.numberOf(source));
    this.#type.push(this.types.numberOf(event.type));
    this.#marks.push(bits);
    this.#decided.push(event.type === 'Planned' ? event.commands.length : 0);
    this.#planned.push(ended === null ? 0 : plannedAt(ended));
    this.#commandType.push(command === undefined ? 0 : this.#commandTypes.numberOf(command.type) + 1);
    this.#failure.push(event.type === 'CommandFailed' ? this.failures.numberOf(event.failure.code) + 1 : 0);
    this.#item.push((command === undefined || !isAboutItem(command) ? items[0] : command.item) ?? 0);
  }

  #takePlan(commands: readonly Command[]): number {
    let bits = 0;
    for (const command of commands) {
      this.underWay.set(command.id, command);
      if (command.type === 'DeleteLocal' || command.type === 'DeleteRemote') {
        bits |= marks.deletes;
        this.formerPaths.set(command.path, command.item);
      } else if (command.type === 'MoveLocal') this.formerPaths.set(command.path, command.item);
      else if (command.type === 'MoveRemote' && command.fromPath !== undefined)
        this.formerPaths.set(command.fromPath, command.item);
      if (command.reason.rule.startsWith('conflict-')) bits |= marks.conflict;
    }
    return bits;
  }

  /** Milliseconds since 1970, never below that of an earlier event. */
  time = (row: number): number => this.#times.at(row);
  source = (row: number): number => this.#source.at(row);
  typeName = (row: number): EventType => this.types.name(this.#type.at(row)) as EventType;
  marks = (row: number): number => this.#marks.at(row);
  /** The item that the event is mostly about; 0 when it is about none. */
  item = (row: number): ItemId => this.#item.at(row) as ItemId;
  /** How many more commands wait or are under way since the event. */
  waiting = (row: number): number =>
    this.#decided.at(row) - ((this.marks(row) & marks.outcome) === 0 ? 0 : 1);

  failureCode(row: number): string | null {
    const number = this.#failure.at(row);
    return number === 0 ? null : this.failures.name(number - 1);
  }

  /** The command that the event ended; null when it ended none, or one from before the index. */
  ended(row: number): Ended | null {
    const type = this.#commandType.at(row);
    if (type === 0) return null;
    const item = this.#item.at(row);
    return {
      plannedSeq: this.#planned.at(row),
      type: this.#commandTypes.name(type - 1) as CommandType,
      item: item === 0 ? null : (item as ItemId),
    };
  }

  /** The first row at or after that time. */
  rowAt = (time: number): number => this.#times.lowerBound(time);
}

const isAboutItem = (command: Command): boolean => {
  const effect = commandEffects[command.type];
  return effect === 'writesDrive' || effect === 'writesDisk' || command.type === 'HashFile';
};
