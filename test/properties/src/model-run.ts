/** Runs the real engine functions against the model world, one choice at a time, with users acting in between. */
import type {
  Command,
  CommandOf,
  Event,
  FailureDetails,
  Observation,
  Policy,
  RecordedEvent,
  Started,
} from '@tidemark/contracts';
import { driveItemId, localId, paceOnce, plainPolicy, seq } from '@tidemark/contracts';
import type { RulesFor, State } from '@tidemark/engine';
import {
  createNewsFilter,
  evolve,
  initialState,
  isQuiet,
  nextDueAt,
  noRules,
  plan,
  predictOutcome,
} from '@tidemark/engine';
import { Chance } from './chance.ts';
import { readRemote, readRemoteItems, scanLocal } from './looks.ts';
import { ModelWorld, root } from './model-world.ts';

export const policy: Policy = {
  ...plainPolicy,
  massDeletePercent: 100,
  massDeleteConfirmed: true,
  commandsInFlightMax: 3,
  attemptsMax: 50,
  // All that happens before nothing else is left to do happens in the delay.
  pace: { ...paceOnce, deletionDelayMs: 1000 },
};

export const rulesFor = () => noRules;

/** Somebody who may stop the process right before or right after a batch becomes durable. */
export interface CrashPoint {
  readonly batch: number;
  readonly durable: boolean;
}
export class Crash extends Error {}

interface UnderWay {
  readonly command: Command;
  readonly reports: Iterator<Observation[]>;
}

export class ModelRun {
  readonly world = new ModelWorld();
  readonly log: RecordedEvent[][] = [];
  state: State = initialState();
  chance = new Chance(0);
  mutations = 0;
  /** Commands are taken to work, and change nothing. */
  isRehearsal = false;
  /** Sees every plan with the state it was made from, before it is folded. */
  onPlan: (commands: readonly Command[], state: State) => void = () => undefined;
  /** Sees the state after every event. */
  onFold: (state: State) => void = () => undefined;
  /** Called before the log is folded again. */
  onCrash: () => void = () => undefined;
  /** Called before a plan is made. */
  beforePlan: (state: State) => void = () => undefined;
  crashPoint: CrashPoint | null = null;
  /** When on, every report is repeated at once; what a repetition said is noted. */
  readonly repeats: { on: boolean; readonly news: Event[] } = { on: false, news: [] };
  private batches = 0;
  private news = createNewsFilter();
  private now = 1_000;
  private underWay: UnderWay[] = [];
  /** Of the next run. */
  plugins: Started['plugins'] = [];
  /** Called when a run has begun. */
  onStart: () => void = () => undefined;
  /** Of the next run. */
  policy: Policy;
  rulesFor: RulesFor = rulesFor;

  constructor(overrides: Partial<Policy> = {}) {
    this.policy = { ...policy, ...overrides };
  }

  start(forget: string | null = null): void {
    this.news = createNewsFilter();
    this.underWay = [];
    this.batch([
      {
        type: 'Started',
        version: 'test',
        policy: this.policy,
        drive: { id: 'drive', kind: 'business', rootId: driveItemId(root) },
        root: { id: localId(root), marker: 'marker' },
        plugins: this.plugins,
        forget,
      },
    ]);
    this.onStart();
  }

  /** Forgets everything that is not in the log and folds it again. */
  crash(): void {
    this.onCrash();
    this.state = initialState();
    for (const recorded of this.log.flat()) {
      evolve(this.state, recorded, this.rulesFor);
      this.onFold(this.state);
    }
    this.start();
  }

  /** Does the next thing that is under way; false when nothing is. */
  step(): boolean {
    const process = this.underWay[this.chance.below(this.underWay.length)];
    if (process === undefined) {
      const dueAt = nextDueAt(this.state);
      if (dueAt === null) return false;
      this.now = Math.max(this.now, dueAt);
      this.batch([{ type: 'Woke' }]);
      return true;
    }
    const { value, done } = process.reports.next();
    if (done === true) this.underWay = this.underWay.filter((other) => other !== process);
    else this.observe(value);
    return true;
  }

  /** Something that is under way fails, whatever it has done already. */
  lose(): void {
    this.fail(this.underWay[this.chance.below(this.underWay.length)], {
      code: 'serviceUnavailable',
      detail: 'fault',
    });
  }

  /** The command is refused before it has done anything. */
  refuse(type: Command['type'], failure: FailureDetails): void {
    this.fail(
      this.underWay.find(({ command }) => command.type === type),
      failure,
    );
  }

  private fail(process: UnderWay | undefined, failure: FailureDetails): void {
    if (process === undefined) return;
    this.underWay = this.underWay.filter((other) => other !== process);
    this.observe([{ type: 'CommandFailed', command: process.command.id, failure }]);
  }

  hint(side: 'remote' | 'local'): void {
    this.observe([{ type: 'HintReceived', side, source: 'test' }]);
  }

  settle(stepsMax = 2_000): void {
    this.chance = new Chance(0);
    for (let steps = 0; this.step(); steps++) {
      if (steps > stepsMax)
        throw new Error(`does not come to rest: ${JSON.stringify(this.log.slice(-6), null, 1)}`);
    }
    if (!isQuiet(this.state)) throw new Error('nothing is under way, yet the state is not quiet');
  }

  private perform(command: Command): Iterator<Observation[]> {
    if (command.type === 'ReadRemote') return readRemote(this.world, command, () => this.chance);
    if (command.type === 'ReadRemoteItems') return readRemoteItems(this.world, command);
    if (command.type === 'ScanLocal') return scanLocal(this.world, command, () => this.chance);
    return this.carryOut(command);
  }

  /** The effect and its report are two steps: the feed, a scan or a crash may come between them. */
  private *carryOut(command: Command): Generator<Observation[]> {
    if (this.isRehearsal) {
      yield [command.type === 'HashFile' ? this.hashWhereItIs(command) : predictOutcome(this.state, command)];
      return;
    }
    const outcome = this.world.carryOut(command);
    if (!outcome.ok) {
      const failure = { code: outcome.code, detail: command.type };
      const remote = this.world.shownAfter(command, outcome.code);
      yield [{ type: 'CommandFailed', command: command.id, failure, ...(remote && { remote }) }];
      return;
    }
    if (command.type !== 'HashFile') this.mutations++;
    if (this.chance.oneIn(2)) yield [];
    yield [{ type: 'CommandSucceeded', command: command.id, ...outcome.facts }];
  }

  /** In a rehearsal a file has moved in the state only, so its bytes are found by its identity. */
  private hashWhereItIs(command: CommandOf<'HashFile'>): Observation {
    const entry = this.state.trees.items.get(command.item)?.local;
    const parentId = entry == null ? undefined : this.state.trees.items.get(entry.parent)?.local?.id;
    const node = this.world.disk.nodes.get(command.expected.id);
    if (entry == null || parentId === undefined || node === undefined) throw new Error('Nothing to read');
    const { id, name, kind, sizeBytes, modifiedAt, stamp } = entry;
    const local = { id, parentId, name, kind, sizeBytes, modifiedAt, stamp, hash: `h:${node.content}` };
    return { type: 'CommandSucceeded', command: command.id, local };
  }

  /** Something that no command asked for. */
  observe(observations: readonly Observation[], source = 'test'): void {
    const recorded: RecordedEvent[] = [];
    for (const observation of observations) {
      for (const event of this.news.admit(this.state, observation, source))
        this.fold(event, recorded, source);
      if (!this.repeats.on) continue;
      for (const event of this.news.admit(this.state, observation, source)) {
        this.repeats.news.push(event);
        this.fold(event, recorded, source);
      }
    }
    if (recorded.length > 0) this.close(recorded);
  }
  private batch(events: readonly Event[]): void {
    const recorded: RecordedEvent[] = [];
    for (const event of events) this.fold(event, recorded);
    this.close(recorded);
  }
  private fold(event: Event, recorded: RecordedEvent[], source = 'test'): void {
    const next = { seq: seq(this.state.seq + 1), at: this.now, source, event };
    recorded.push({ ...next, items: evolve(this.state, next, this.rulesFor) });
    this.onFold(this.state);
  }
  private close(recorded: RecordedEvent[]): void {
    this.beforePlan(this.state);
    const commands = plan(this.state, seq(this.state.seq + 1));
    this.onPlan(commands, this.state);
    if (commands.length > 0) this.fold({ type: 'Planned', commands }, recorded);
    const { crashPoint } = this;
    const isLast = crashPoint?.batch === this.batches++;
    if (isLast && !crashPoint.durable) throw new Crash();
    // What is logged is text: nothing may depend on object identity.
    this.log.push(JSON.parse(JSON.stringify(recorded)) as RecordedEvent[]);
    if (isLast) throw new Crash();
    this.underWay.push(...commands.map((command) => ({ command, reports: this.perform(command) })));
  }
}
