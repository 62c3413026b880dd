/** Runs the real engine functions against the model world, one choice at a time, with users acting in between. */
import type { Command, Event, Observation, Policy, RecordedEvent } from '@tidemark/contracts';
import { driveItemId, localId, seq, paceOnce } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { createDoor, evolve, initialState, isQuiet, nextDueAt, noRules, plan } from '@tidemark/engine';
import { ModelWorld, root } from './model-world.ts';

export const policy: Policy = {
  direction: 'both',
  localFirst: false,
  keepRemote: false,
  cleanupLocal: false,
  bypassPreservation: false,
  hostName: 'host',
  massDeleteMax: 1000,
  massDeletePercent: 100,
  massDeleteConfirmed: true,
  commandsInFlightMax: 3,
  attemptsMax: 50,
  pathLengthMax: 400,
  pace: paceOnce,
  filter: {
    accountKind: 'business',
    skipFile: '',
    skipDir: '',
    skipDirStrictMatch: false,
    skipDotfiles: false,
    skipSymlinks: false,
    checkNosync: false,
    skipSizeBytes: 0,
    syncRootFiles: false,
    syncList: null,
    singleDirectory: null,
  },
};

export const rulesFor = () => noRules;

export class ModelRun {
  readonly world = new ModelWorld();
  readonly log: RecordedEvent[][] = [];
  state: State = initialState();
  private door = createDoor();
  private now = 1_000;
  private queue: Command[] = [];
  private readonly policy: Policy;
  mutations = 0;

  constructor(overrides: Partial<Policy> = {}) {
    this.policy = { ...policy, ...overrides };
  }

  start(forget: string | null = null): void {
    this.door = createDoor();
    this.queue = [];
    this.batch([
      {
        type: 'Started',
        version: 'test',
        policy: this.policy,
        drive: { id: 'drive', kind: 'business', rootId: driveItemId(root) },
        root: { id: localId(root), marker: 'marker' },
        plugins: [],
        forget,
      },
    ]);
  }

  /** Forgets everything that is not in the log and folds it again. */
  crash(): void {
    this.state = initialState();
    for (const batch of this.log) for (const recorded of batch) evolve(this.state, recorded, rulesFor);
    this.start();
  }

  /** Does the next thing that is under way; false when nothing is. `choice` picks among commands. */
  step(choice = 0, fault: 'none' | 'lostCommand' = 'none'): boolean {
    if (this.queue.length === 0) {
      const dueAt = nextDueAt(this.state);
      if (dueAt === null) return false;
      this.now = Math.max(this.now, dueAt);
      this.batch([{ type: 'Woke' }]);
      return true;
    }
    const [command] = this.queue.splice(choice % this.queue.length, 1);
    if (command === undefined) return false;
    if (fault === 'lostCommand')
      this.observe([
        {
          type: 'CommandFailed',
          command: command.id,
          failure: { code: 'serviceUnavailable', detail: 'fault' },
        },
      ]);
    else this.observe(this.perform(command));
    return true;
  }

  settle(stepsMax = 5_000): void {
    for (let steps = 0; this.step(); steps++) {
      if (steps > stepsMax)
        throw new Error(`does not come to rest: ${JSON.stringify(this.log.slice(-6), null, 1)}`);
    }
    if (!isQuiet(this.state)) throw new Error('nothing is under way, yet the state is not quiet');
  }

  private perform(command: Command): Observation[] {
    const done: Observation = { type: 'CommandSucceeded', command: command.id };
    if (command.type === 'ReadRemote') {
      const { rows, cursor } = this.world.feed(command.cursor);
      const half = Math.ceil(rows.length / 2);
      return [
        { type: 'RemotePage', command: command.id, rows: rows.slice(0, half), cursor: null },
        { type: 'RemotePage', command: command.id, rows: rows.slice(half), cursor },
        done,
      ];
    }
    if (command.type === 'ScanLocal') {
      return [
        { type: 'LocalListing', command: command.id, folders: this.world.listing() },
        { type: 'LocalScanEnded', command: command.id, unreadable: [], oddities: [] },
        done,
      ];
    }
    const outcome = this.world.carryOut(command);
    if (!outcome.ok)
      return [
        { type: 'CommandFailed', command: command.id, failure: { code: outcome.code, detail: command.type } },
      ];
    if (command.type !== 'HashFile') this.mutations++;
    return [{ ...done, ...outcome.facts }];
  }

  private observe(observations: readonly Observation[]): void {
    const recorded: RecordedEvent[] = [];
    for (const observation of observations)
      for (const event of this.door.admit(this.state, observation)) this.fold(event, recorded);
    this.close(recorded);
  }
  private batch(events: readonly Event[]): void {
    const recorded: RecordedEvent[] = [];
    for (const event of events) this.fold(event, recorded);
    this.close(recorded);
  }
  private fold(event: Event, recorded: RecordedEvent[]): void {
    const next = { seq: seq(this.state.seq + 1), at: this.now, source: 'test', event };
    recorded.push({ ...next, items: evolve(this.state, next, rulesFor) });
  }
  private close(recorded: RecordedEvent[]): void {
    const commands = plan(this.state, seq(this.state.seq + 1));
    if (commands.length > 0) this.fold({ type: 'Planned', commands }, recorded);
    // What is logged is text: nothing may depend on object identity.
    if (recorded.length > 0) this.log.push(JSON.parse(JSON.stringify(recorded)) as RecordedEvent[]);
    this.queue.push(...commands);
  }
}
