/**
 * A run, put together: the engine's loop, the host with its plugins, and the bus between them, over the ports that it is
 * given. Every run is composed here: `--sync`, a rehearsal, each run of a monitor, and those of the simulation.
 */
import type {
  Bus,
  Clock,
  Command,
  Disk,
  Drive,
  EventLog,
  Observation,
  Random,
  RecordedEvent,
  RootIdentity,
  Spool,
  Started,
} from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Cause, Inbox, RunOptions, State } from '@tidemark/engine';
import { createInbox, eventsFolded, run } from '@tidemark/engine';
import type { ExpectedPlugin, Host, HostOptions, RemotePluginDescription } from '@tidemark/plugin-host';
import { createForgetfulPlace, createHost, subjectsOf } from '@tidemark/plugin-host';
import type { Output } from '@tidemark/plugin-sdk';
import type { Confirmation } from './confirmation.ts';
import { createEnding } from './ending.ts';
import type { CommandDispatcher } from './dispatchers.ts';
import { dispatchAllowed, dispatchTo, rehearse } from './dispatchers.ts';
import { openIntake } from './intake.ts';
import { createRunPublisher } from './run-publisher.ts';
import type { RunHandle } from './profile-run.ts';
import { withFilter } from './plugins/filter-plugin.ts';
import { createRulesFor } from './rules-for.ts';

export interface RunPorts {
  readonly drive: Drive;
  readonly disk: Disk;
  readonly bus: Bus;
  readonly log: Pick<EventLog, 'append'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  /** Where what plugins make of content waits for the drive. */
  readonly spool?: Spool;
  /** What plugins may reach beside drive and disk. */
  readonly capabilities?: Pick<
    HostOptions,
    | 'listen'
    | 'connect'
    | 'request'
    | 'openRelay'
    | 'notifications'
    | 'secrets'
    | 'store'
    | 'showOnDesktop'
    | 'wantsFileActions'
    | 'files'
  >;
}

export interface CreateRunOptions {
  readonly state: State;
  /** The token that names the drive in subjects. */
  readonly driveKey: string;
  readonly plugins: HostOptions['plugins'];
  /** Plugins that run in other processes. */
  readonly elsewhere?: readonly ExpectedPlugin[];
  /** Of the sync folder: told to plugins of ours that work in it from other processes. */
  readonly root?: RootIdentity;
  /** `rehearse`: nothing is written anywhere, the log included; commands that would write are predicted instead. */
  readonly mode: 'real' | 'rehearse';
  /** Go on until interrupted, instead of ending when both sides agree. */
  readonly monitoring: boolean;
  /** What the start of the program confirmed. */
  readonly confirmation?: Pick<Confirmation, 'due' | 'take'>;
  /** Changes that may be carried out; with the first other one that is planned the run ends. Absent: whatever is planned. */
  readonly isAllowed?: (command: Command) => boolean;
  /** Aborted by the first signal of the user. */
  readonly interrupted: AbortSignal;
  readonly onFault: NonNullable<HostOptions['onFault']>;
}

export interface Run {
  readonly handle: RunHandle;
  /** Commands of a rehearsal, in order. */
  readonly rehearsed: readonly Command[];
  /** Changes that were planned and not carried out, since they are not allowed, or came behind one that is not. */
  readonly refused: readonly Command[];
  /** Tells what is no event of the log. Never rejects. */
  tell(about: 'verdict' | 'notice', news: readonly unknown[]): Promise<void>;
  /** Resolves when it is durable. Rejects when the run has ended. */
  record(source: string, observation: Observation): Promise<void>;
  /** From `Started` to `Stopped`. Throws what the log throws. */
  carryOut(course: Course): Promise<Cause>;
  /** Shows watchers the end, and ends the plugins. @throws Failure `offline` when a message was lost */
  close(): Promise<void>;
}

/** What a run begins with, and those who follow it. */
export interface Course {
  /** Given what the plugins in other processes say of themselves, and the format and key of those that change content, by name. */
  started(
    elsewhere: readonly RemotePluginDescription[],
    contentFormats: ReadonlyMap<string, string>,
  ): Started;
  /** Was made durable. */
  onRecorded?(events: readonly RecordedEvent[]): void;
  /** Something was seen or done, and nothing is under way any more. `cause`: of the end, null when the run goes on. */
  onRest?(cause: Cause | null): void;
  /** Everything is recorded but the end itself. */
  beforeStopped?: RunOptions['beforeStopped'];
}

/** Starts the plugins. Throws SetupError, and what the bus throws. */
export async function createRun(ports: RunPorts, options: CreateRunOptions): Promise<Run> {
  const { clock } = ports;
  const { state } = options;
  const subjects = subjectsOf(options.driveKey);
  const host = hostOf(ports, options);
  const inbox = createInbox(clock);
  const over = new AbortController();
  const ended = over.signal;
  const intake = await openIntake(ports, options, { host, inbox, ended });
  const publisher = createRunPublisher(ports.bus, () => inbox.nudge());
  const send = (command: Command): void => {
    void publisher.publish(subjects.command(command.type), command);
  };
  const ending = createEnding({
    ...{ ...options, inbox, clock, ended, isLost: () => publisher.isLost },
    needsFacts: options.plugins.some(({ plugin }) => plugin.rules?.facts === true),
  });
  const refused: Command[] = [];
  const dispatcher = dispatcherOf(options, inbox, send, (command) => {
    if (refused.push(command) === 1) ending.leave({ graceMs: refusedGraceMs, takeDown: false });
  });
  const pulse = createPulse(inbox, ended);
  /** Nothing is taken in after it resolves. */
  const windDown = once(async () => {
    await publisher.unlessLost(host.settle());
    await publisher.unlessLost(intake.stop());
  });

  const confirm = (hash: string): Promise<void> =>
    inbox.putDurably('user', [{ type: 'DeletionsConfirmed', hash }]).catch((error: unknown) => {
      if (!ended.aborted) throw error;
    });

  async function carryOut(course: Course): Promise<Cause> {
    const { onRecorded, onRest, beforeStopped } = course;
    let restedAt = eventsFolded(state);
    try {
      return await run({
        ...{ state, inbox, clock, windDown, log: ports.log, rulesFor: createRulesFor(host.rules) },
        opening: [course.started(intake.describe(), host.contentFormats())],
        dispatch: dispatcher.dispatch,
        publish(events) {
          onRecorded?.(events);
          void publisher.publish(subjects.event, events);
        },
        causeOfEnd: (turn) => ending.causeOf(turn),
        onTurn({ quiet }, cause) {
          pulse.beat();
          const confirmed = quiet && cause === null ? (options.confirmation?.take(state) ?? null) : null;
          if (confirmed !== null) void confirm(confirmed);
          if (!quiet || eventsFolded(state) === restedAt) return;
          restedAt = eventsFolded(state);
          onRest?.(cause);
        },
        ...(beforeStopped !== undefined && { beforeStopped }),
      });
    } finally {
      over.abort();
      inbox.close(new Error('the run has ended'));
      pulse.beat();
      await windDown();
    }
  }

  return {
    handle: {
      state,
      describe: () => ({ ...host.describe(), elsewhere: intake.describe() }),
      pulse: () => pulse.next(),
      confirm,
      note: (told) => inbox.putDurably('shared-folders', [told]),
      pause: (change) => inbox.putDurably('user', [change]),
      look: () => inbox.putDurably('user', lookAtBoth),
      leave: (how) => ending.leave(how),
    },
    rehearsed: dispatcher.rehearsed,
    refused,
    record: (source, observation) => inbox.putDurably(source, [observation]),
    tell: (about, news) => publisher.publish(subjects[about], news),
    carryOut,
    async close() {
      await publisher.unlessLost(host.stop());
      publisher.check();
    },
  };
}

function hostOf(ports: RunPorts, { plugins, driveKey, mode, onFault }: CreateRunOptions): Host {
  const { drive, disk, bus, clock, random, output, capabilities, spool } = ports;
  return createHost({
    ...capabilities,
    ...(spool !== undefined && { spool }),
    ...(mode === 'rehearse' && {
      ...{ request: refuseInRehearsal, store: createForgetfulPlace },
      ...(capabilities?.files !== undefined && { files: onlyListing(capabilities.files) }),
    }),
    ...{ drive, disk, bus, clock, random, output, driveKey, onFault },
    plugins: withFilter(plugins),
  });
}

const onlyListing =
  (files: NonNullable<HostOptions['files']>): typeof files =>
  (plugin, folder) => {
    const refuse = (): Promise<never> =>
      Promise.reject(
        new Failure({ code: 'accessDenied', detail: 'Cannot change a file: this is a dry run' }),
      );
    return { ...files(plugin, folder), write: refuse, remove: refuse };
  };

/** Nothing is changed anywhere, other services included. */
const refuseInRehearsal = (): Promise<never> =>
  Promise.reject(new Failure({ code: 'accessDenied', detail: 'Cannot send a request: this is a dry run' }));

function dispatcherOf(
  { mode, state, isAllowed }: CreateRunOptions,
  inbox: Inbox,
  send: CommandDispatcher['dispatch'],
  onRefused: (command: Command) => void,
): CommandDispatcher {
  if (mode === 'rehearse') return rehearse(state, inbox, send);
  return isAllowed === undefined ? dispatchTo(send) : dispatchAllowed(send, isAllowed, onRefused);
}

/** What is under way and allowed gets so long. */
const refusedGraceMs = 5_000;

const lookAtBoth: readonly Observation[] = [
  { type: 'HintReceived', side: 'remote', source: 'user' },
  { type: 'HintReceived', side: 'local', source: 'user' },
];

/** Lets others wait until the loop has come round. */
function createPulse(inbox: Inbox, ended: AbortSignal): { next(): Promise<void>; beat(): void } {
  const waiting: (() => void)[] = [];
  return {
    next: () =>
      new Promise((resolve) => {
        if (ended.aborted) return resolve();
        waiting.push(resolve);
        inbox.nudge();
      }),
    beat() {
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | null = null;
  return () => (result ??= work());
}
