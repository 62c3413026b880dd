/** Which part of the log a user means: a run, everything since a time, one decision, or the last run that changed a path. */
import type { ItemId, RecordedEvent, Seq } from '@tidemark/contracts';
import { plannedAt, seq } from '@tidemark/contracts';

export type UndoTarget =
  /** `run`: the number of any event in it; `last`: the last one that changed anything. */
  | { readonly by: 'run'; readonly run: number | 'last' }
  /** Milliseconds since 1970. */
  | { readonly by: 'since'; readonly at: number }
  /** The event of a plan, or of an outcome. */
  | { readonly by: 'seq'; readonly seq: number }
  | { readonly by: 'path'; readonly path: string };

/** The events behind `after`, up to `to`. `items` null: all that they changed. */
export interface UndoSpan {
  readonly after: Seq;
  readonly to: Seq;
  readonly items: ReadonlySet<ItemId> | null;
  /** In words: `run 12`. */
  readonly name: string;
}

interface Run {
  readonly first: number;
  hasChanges: boolean;
}

/** Told of each event of the log in turn. */
export class SpanFinder {
  readonly #target: UndoTarget;
  readonly #runs: Run[] = [];
  /** Since the last run began. */
  #hasUserChanges = false;
  #head = 0;
  /** The first event since then. */
  #since: number | null = null;
  /** The last run that changed the path. */
  #wanted: Run | null = null;
  readonly #items = new Set<ItemId>();
  #decided: { readonly first: number; readonly last: number } | null = null;

  constructor(target: UndoTarget) {
    this.#target = target;
  }

  take(recorded: RecordedEvent): void {
    const { seq: number, at, event } = recorded;
    const target = this.#target;
    this.#head = number;
    const run = this.#runOf(recorded);
    if (target.by === 'since' && this.#since === null && at >= target.at) this.#since = number;
    const changing =
      event.type === 'UserChangesPlanned'
        ? event.changes
        : event.type === 'Planned'
          ? event.commands.filter((command) => 'establishes' in command)
          : [];
    if (changing.length > 0) run.hasChanges = true;
    if (changing.some((one) => this.#isAt(one.path) || ('toPath' in one && this.#isAt(one.toPath))))
      this.#wanted = run;
    if (target.by === 'seq') this.#decide(recorded, target.seq);
  }

  /** What a user changed between two runs belongs to the run that carries it to the other side. */
  #runOf({ seq: first, event }: RecordedEvent): Run {
    const begins = event.type === 'UserChangesPlanned' || (event.type === 'Started' && !this.#hasUserChanges);
    if (event.type === 'UserChangesPlanned') this.#hasUserChanges = true;
    if (event.type === 'Started') this.#hasUserChanges = false;
    const last = this.#runs.at(-1);
    if (last !== undefined && !begins) return last;
    const run = { first, hasChanges: false };
    this.#runs.push(run);
    return run;
  }

  #isAt(path: string): boolean {
    const target = this.#target;
    return target.by === 'path' && (path === target.path || path.startsWith(`${target.path}/`));
  }

  #decide({ seq: number, event, items }: RecordedEvent, wanted: number): void {
    if (event.type === 'Planned' && number === wanted) {
      for (const command of event.commands) if ('establishes' in command) this.#items.add(command.item);
      if (this.#items.size > 0) this.#decided = { first: number, last: number };
    }
    if (event.type !== 'CommandSucceeded') return;
    if (number === wanted) {
      for (const item of items) this.#items.add(item);
      this.#decided = { first: number, last: number };
    } else if (this.#decided !== null && plannedAt(event.command) === this.#decided.first)
      this.#decided = { ...this.#decided, last: number };
  }

  /** In words when there is no such part. */
  get span(): UndoSpan | string {
    const target = this.#target;
    switch (target.by) {
      case 'run': {
        const { run: wanted } = target;
        if (wanted === 'last') {
          const last = this.#runs.findLast(({ hasChanges }) => hasChanges);
          return last === undefined ? 'No run has changed anything' : this.#spanOf(last);
        }
        const run = this.#runs.findLast(({ first }) => first <= wanted);
        return run === undefined || wanted > this.#head ? `No run has event ${wanted}` : this.#spanOf(run);
      }
      case 'path':
        return this.#wanted === null ? `No run has changed "${target.path}"` : this.#spanOf(this.#wanted);
      case 'since': {
        const [first, to] = [this.#since, seq(this.#head)];
        if (first === null) return 'Nothing has happened since then';
        return { after: seq(first - 1), to, items: null, name: `event ${first} and later` };
      }
      case 'seq': {
        const decided = this.#decided;
        if (decided === null)
          return `Event ${target.seq} is neither a plan that changes anything nor the outcome of a change`;
        const [after, to] = [seq(decided.first - 1), seq(decided.last)];
        return { after, to, items: this.#items, name: `event ${decided.first}` };
      }
    }
  }

  #spanOf(run: Run): UndoSpan {
    const next = this.#runs[this.#runs.indexOf(run) + 1];
    const to = seq((next?.first ?? this.#head + 1) - 1);
    return { after: seq(run.first - 1), to, items: null, name: `run ${run.first}` };
  }
}
