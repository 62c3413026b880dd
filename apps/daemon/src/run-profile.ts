/** The composition root: adapters, bus, host, plugins and the engine's loop for one profile. The one place where everything meets. */
import { hostname } from 'node:os';
import type {
  Bus,
  Clock,
  Command,
  DriveInfo,
  Event,
  EventLog,
  Observation,
  Random,
  RecordedEvent,
} from '@tidemark/contracts';
import { commandEffects, Failure, seq } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { createInbox, evolve, predictOutcome, run, serialise, statusOf } from '@tidemark/engine';
import type { Status } from '@tidemark/engine';
import type {
  ExpectedPlugin,
  HostDescription,
  HostOptions,
  RemotePluginDescription,
} from '@tidemark/plugin-host';
import { createHost, createRemotePlugins, driveKeyOf, subjectsOf } from '@tidemark/plugin-host';
import type { ItemVerdict, Output, Plugin } from '@tidemark/plugin-sdk';
import type { FolderDisk } from '@tidemark/disk';
import { escaped } from '@tidemark/disk';
import type { Account } from './account.ts';
import { paceHeap } from './heap-pace.ts';
import { policyFrom } from './policy.ts';
import type { Profile } from './profile.ts';
import { createRulesFor } from './rules-for.ts';
import { createTrashKeeper } from './trash-keeper.ts';

export interface ProfileRun {
  readonly profile: Profile;
  readonly account: Account;
  readonly info: DriveInfo;
  readonly disk: FolderDisk;
  readonly bus: Bus;
  readonly log: EventLog;
  readonly state: State;
  /** Say why everything agreed is forgotten; null to go on from the log. */
  readonly forget: string | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly plugins: readonly { readonly plugin: Plugin; readonly config?: unknown }[];
  /** Plugins that run in other processes. */
  readonly elsewhere?: readonly ExpectedPlugin[];
  /** `rehearse`: nothing is written anywhere; commands that would write are predicted instead. */
  readonly mode: 'real' | 'rehearse';
  readonly massDeleteConfirmed: boolean;
  /** Go on until interrupted, instead of ending when both sides agree. */
  readonly monitoring: boolean;
  /** What plugins may reach beside drive and disk. */
  readonly lend: Pick<HostOptions, 'listen' | 'connect' | 'openRelay' | 'notifications' | 'secrets'>;
  /** Aborted by the first signal of the user. */
  readonly interrupted: AbortSignal;
  /** Something was seen or done, and nothing is under way any more. */
  readonly onRest?: (state: State) => void;
  /** Given what steers the run, once it runs. */
  readonly attach?: (handle: RunHandle) => void;
}

/** A run that goes on, seen and steered from outside. */
export interface RunHandle {
  /** Whole between two turns of the event loop. To be read only. */
  readonly state: State;
  describe(): HostDescription & { readonly elsewhere: readonly RemotePluginDescription[] };
  /** Lets the loop come round; resolves when it has, or when the run has ended. */
  pulse(): Promise<void>;
  /** Looks at both sides although neither is due. Rejects when the run has ended. */
  look(): Promise<void>;
  /**
   * Ends the run when nothing is under way, after `graceMs` in any case. `takeDown`: with what the service keeps for us, as at a
   * stop; otherwise the next run finds it again.
   */
  leave(options: { readonly graceMs: number; readonly takeDown: boolean }): void;
}

export interface RunEnd {
  readonly cause: 'finished' | 'interrupted' | 'failed';
  readonly status: Status;
  /** Commands of a rehearsal, in order. */
  readonly rehearsed: readonly Command[];
  readonly requests: ReturnType<Account['drive']['requests']>;
}

/** One run from `Started` to `Stopped`. Throws Failure when it cannot even begin. */
export async function runProfile(options: ProfileRun): Promise<RunEnd> {
  const { account, disk, bus, log, state, clock, output, interrupted, mode } = options;
  const { info } = options;
  const root = await disk.root({ create: mode === 'real' });
  if (root.marker === null && mode === 'real')
    throw new Failure({ code: 'rootSuspended', detail: 'Cannot mark the sync folder as ours' });

  const driveKey = driveKeyOf(info.id);
  const subjects = subjectsOf(driveKey);
  const onFault: HostOptions['onFault'] = ({ plugin, details }) =>
    output.errorLine(`ERROR: Plugin ${plugin}: ${escaped(details.detail)}`);
  const host = createHost({
    ...options.lend,
    plugins: options.plugins,
    drive: account.drive,
    disk,
    bus,
    clock,
    random: options.random,
    output,
    driveKey,
    onFault,
  });
  const rulesFor = createRulesFor(host.rules);
  const inbox = createInbox(clock);
  const rehearsed: Command[] = [];
  let cause: RunEnd['cause'] = 'finished';

  const names = new Set(options.plugins.map(({ plugin }) => plugin.name));
  const observations = await bus.subscribe(subjects.observations, (payload, subject) => {
    const source = subject.slice(subject.lastIndexOf('.') + 1);
    // Of our own host. Plugins in other processes come in through the border, and nobody else does.
    return names.has(source) ? inbox.put(source, payload as readonly Observation[]) : undefined;
  });
  await host.start();
  const remote = createRemotePlugins({
    expected: options.elsewhere ?? [],
    ...{ bus, driveKey, clock, onFault, run: options.random.uuid() },
    take: (plugin, reported) => inbox.put(plugin, reported),
  });
  await remote.start();
  const ended = new AbortController();
  let leaveBy: number | null = null;
  const leave = (graceMs: number): void => {
    leaveBy = Math.min(leaveBy ?? Infinity, clock.monotonic() + graceMs);
    // A timer may be a moment early.
    void clock.sleep(graceMs + 20, ended.signal).then(() => inbox.nudge());
  };
  const isTimeUp = (): boolean => leaveBy !== null && clock.monotonic() >= leaveBy;
  const takeDown = (): void => void inbox.put('user', [{ type: 'StopRequested' }]).catch(() => undefined);
  const stopEarly = (): void => {
    if (!options.monitoring) return inbox.nudge();
    takeDown();
    leave(stopGraceMs);
  };
  const pulses: (() => void)[] = [];
  const comeRound = (): void => {
    for (const resolve of pulses.splice(0)) resolve();
  };
  interrupted.addEventListener('abort', stopEarly);

  let lost: unknown = null;
  /** A message that the bus did not take over ends the run; the next one finds every difference again. */
  const send = async (subject: string, payload: unknown): Promise<void> => {
    await bus.publish(subject, payload).catch((error: unknown) => {
      lost ??= error;
      inbox.nudge();
    });
  };
  /** With the bus gone, what can no longer be told is no further fault. */
  const unlessLost = async (step: Promise<void>): Promise<void> => {
    await step.catch((error: unknown) => {
      if (lost === null) throw error;
    });
  };
  const publish = (events: readonly RecordedEvent[]): void => {
    paceHeap(state.trees.items.size);
    void send(subjects.event, events);
  };
  const dispatch = (command: Command): void => {
    if (mode === 'real' || commandEffects[command.type] === 'reads') {
      if (mode === 'rehearse' && command.type === 'ReadRemote' && command.reason.rule === 'closing-read') {
        void inbox.put('rehearsal', [
          { type: 'RemotePage', command: command.id, page: 0, rows: [], cursor: command.cursor ?? '' },
          { type: 'CommandSucceeded', command: command.id },
        ]);
        return;
      }
      void send(subjects.command(command.type), command);
      return;
    }
    rehearsed.push(command);
    void inbox.put('rehearsal', [predictOutcome(state, command)]);
  };

  const trash = createTrashKeeper({
    ...{ disk, clock, days: options.profile.settings.trash_days, signal: interrupted },
    tell: (notice) => send(subjects.notice, [{ plugin: 'trash', at: clock.now(), notice }]),
  });
  const told = new Set<string>();
  let toldAt = state.seq;
  /** Between two passes: what came to be left alone is told once, and the fold is kept for a quick start. */
  const passEnded = (): void => {
    if (state.seq === toldAt) return;
    toldAt = state.seq;
    options.onRest?.(state);
    // What waits for another attempt gets it by itself.
    for (const verdicts of verdictsOf(statusOf(state), 'interrupted')) {
      const news = verdicts.filter(({ path, detail }) => !told.has(`${path}\n${detail}`));
      for (const { path, detail } of news) told.add(`${path}\n${detail}`);
      if (news.length > 0) void send(subjects.verdict, news);
    }
  };

  options.attach?.({
    state,
    describe: () => ({ ...host.describe(), elsewhere: remote.describe() }),
    pulse: () =>
      new Promise((resolve) => {
        if (ended.signal.aborted) return resolve();
        pulses.push(resolve);
        inbox.nudge();
      }),
    look: () =>
      inbox.put('user', [
        { type: 'HintReceived', side: 'remote', source: 'user' },
        { type: 'HintReceived', side: 'local', source: 'user' },
      ]),
    leave: (how) => {
      if (how.takeDown) takeDown();
      leave(how.graceMs);
      inbox.nudge();
    },
  });
  try {
    await run({
      state,
      rulesFor,
      log: mode === 'real' ? log : { append: async () => {} },
      inbox,
      clock,
      opening: [started(options, info, root, remote.describe())],
      dispatch,
      publish,
      isOver: (quiet, dueAt) => {
        comeRound();
        if (lost !== null) {
          cause = 'failed';
          return true;
        }
        if (interrupted.aborted) {
          cause = 'interrupted';
          return !options.monitoring || (state.stopping && quiet) || isTimeUp();
        }
        if (leaveBy !== null && (quiet || isTimeUp())) {
          cause = quiet ? 'finished' : 'interrupted';
          return true;
        }
        if (options.monitoring && quiet) {
          passEnded();
          if (state.halted === null) void trash.atRest();
        }
        if (state.halted !== null) {
          cause = 'failed';
          return quiet;
        }
        return quiet && dueAt === null && !options.monitoring;
      },
    });
  } finally {
    ended.abort();
    comeRound();
    interrupted.removeEventListener('abort', stopEarly);
    if (options.monitoring) await trash.close();
    // What handlers finish now is still true and still recorded, so that nothing is done twice.
    await unlessLost(settleLate(options, host.settle.bind(host), inbox, rulesFor, publish));
    inbox.close(new Error('the run has ended'));
    await unlessLost(remote.stop());
    await unlessLost(observations.unsubscribe());
  }

  const status = statusOf(state);
  if (cause === 'finished' && !options.monitoring && status.deletionsHeld > 0) cause = 'failed';
  if (!options.monitoring)
    for (const verdicts of verdictsOf(status, cause)) await send(subjects.verdict, verdicts);
  // A run that could not do what it wanted takes nothing away for good.
  if (mode === 'real' && !options.monitoring && cause === 'finished') await trash.atRest();
  await trash.close();
  await record(options, rulesFor, publish, [{ type: 'Stopped', cause }]);
  if (mode === 'real') await saveSnapshotIfWorthwhile(options, state);
  await unlessLost(host.stop());
  if (lost !== null) {
    const detail = lost instanceof Error ? lost.message : 'the connection is gone';
    throw new Failure(
      { code: 'offline', detail: `Cannot go on without the bus: ${detail}` },
      { cause: lost },
    );
  }
  return { cause, status, rehearsed, requests: account.drive.requests() };
}

/** Why items are left alone, a thousand at a time. What still waits when a run has finished is a problem for the reader. */
function* verdictsOf({ notAtRest }: Status, cause: RunEnd['cause']): Iterable<readonly ItemVerdict[]> {
  const verdicts: ItemVerdict[] = [];
  for (const { path, standing, detail, failure } of notAtRest) {
    const code = failure === null ? {} : { code: failure.code };
    if (standing === 'ignored' || standing === 'held' || standing === 'problem')
      verdicts.push({ path, standing, detail, ...code });
    else if (cause === 'finished') verdicts.push({ path, standing: 'problem', detail, ...code });
  }
  for (let start = 0; start < verdicts.length; start += 1000) yield verdicts.slice(start, start + 1000);
}

function started(
  { profile, forget, massDeleteConfirmed, monitoring, plugins }: ProfileRun,
  info: DriveInfo,
  root: Awaited<ReturnType<FolderDisk['root']>>,
  elsewhere: readonly RemotePluginDescription[],
): Event {
  return {
    type: 'Started',
    version: profile.version,
    policy: policyFrom({
      settings: profile.settings,
      syncList: profile.syncListText,
      singleDirectory: profile.commandLine.singleDirectory ?? null,
      hostName: hostname(),
      massDeleteConfirmed,
      monitoring,
      driveKind: info.kind,
    }),
    drive: { id: info.id, kind: info.kind, rootId: info.rootId },
    root: { id: root.id, marker: root.marker ?? '' },
    plugins: [
      ...plugins.map(({ plugin: { name, version = profile.version } }) => ({ name, version })),
      ...elsewhere.map(({ name, version }) => ({
        name,
        version: version ?? 'unknown',
        elsewhere: true as const,
      })),
    ],
    forget,
  };
}

/** Outcomes that arrive while handlers wind down are folded and logged, without planning anything new. */
async function settleLate(
  options: ProfileRun,
  settle: () => Promise<void>,
  inbox: ReturnType<typeof createInbox>,
  rulesFor: ReturnType<typeof createRulesFor>,
  publish: (events: readonly RecordedEvent[]) => void,
): Promise<void> {
  let over = false;
  const settled = settle().finally(() => {
    over = true;
    inbox.nudge();
  });
  while (!over) {
    const batch = await inbox.take(null);
    const outcomes = batch
      .map(({ observation }) => observation)
      .filter((observation) => observation.type === 'CommandSucceeded');
    await record(options, rulesFor, publish, outcomes);
    inbox.settle();
  }
  await settled;
}

async function record(
  { state, log, clock, mode }: ProfileRun,
  rulesFor: ReturnType<typeof createRulesFor>,
  publish: (events: readonly RecordedEvent[]) => void,
  events: readonly Event[],
): Promise<void> {
  if (events.length === 0) return;
  const at = clock.now();
  const recorded = events.map((event) => {
    const next = { seq: seq(state.seq + 1), at, source: 'engine', event };
    return { ...next, items: evolve(state, next, rulesFor) };
  });
  if (mode === 'real') await log.append(recorded);
  publish(recorded);
}

/** Reading a few hundred events costs no more than reading a snapshot. */
async function saveSnapshotIfWorthwhile({ log }: ProfileRun, state: State): Promise<void> {
  const latest = await log.latestSnapshot();
  if (state.seq - (latest?.seq ?? 0) > snapshotEveryEvents)
    await log.saveSnapshot(state.seq, serialise(state));
}

const snapshotEveryEvents = 500;
/** Whoever stops us waits half a minute; the host needs its part of that to end transfers. */
const stopGraceMs = 10_000;
