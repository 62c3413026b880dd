/**
 * How the daemon is, for everybody outside: over the control socket, and to the service manager. A timer beside it notices when
 * the loop stands still or the clock jumps.
 */
import type { Clock, EventLog, FailureDetails, RecordedEvent } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Control, ControlSource, DaemonReport, Health, StatusReport } from '@tidemark/control';
import { openControl, prometheusText, statusSchemaVersion } from '@tidemark/control';
import { isPaused, isQuiet, lookDueAt, type State, suspensionOf } from '@tidemark/engine';
import { createHttpListen } from '@tidemark/listener';
import type { Output, Plugin } from '@tidemark/plugin-sdk';
import type { Profile } from '../profile.ts';
import { sharedReport } from '../shared-folders/shared-places.ts';
import type { RunHandle } from '../profile-run.ts';
import { createChangeWaiters } from './change-waiters.ts';
import { createClockWatch } from './clock-watch.ts';
import { createExplainer } from './explainer.ts';
import { createEventFeed } from './event-feed.ts';
import { createLiveView } from './live-view.ts';
import { createLivePast } from './live-past.ts';
import { createLivePlan } from './live-plan.ts';
import { createSharedReport } from './shared-report.ts';
import { createLoopPulse } from './loop-pulse.ts';
import { recordFigures } from './metrics.ts';
import type { Systemd } from './systemd.ts';
import { createOrders, type OrdersOptions } from './orders.ts';
import { conditionsOf } from './pause-conditions.ts';
import { createPauses, type Pauses } from './pauses.ts';
import { createWatchdog } from './watchdog.ts';
import { statusLine } from './status-line.ts';
import type { LiveFacts } from './status-report.ts';
import { statusReport } from './status-report.ts';

export interface DaemonStatusOptions {
  readonly clock: Clock;
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly systemd: Systemd;
  readonly stateFolder: string;
  readonly interrupted: AbortSignal;
  readonly interrupt: () => void;
  /** What holds at the moment. */
  readonly profile: () => Profile;
  readonly state: () => State;
  /** Of the run of a shared folder, by its key; null before it. */
  readonly sharedState: (key: string) => State | null;
  /** Null while none is open. */
  readonly log: () => EventLog | null;
  readonly handle: () => RunHandle | null;
  readonly requests: () => Readonly<Record<string, number>>;
  /** Lines about the daemon itself. */
  readonly say: (line: string) => void;
  readonly reload: OrdersOptions['reload'];
  readonly change: ControlSource['change'];
  readonly confirmShared: OrdersOptions['confirmShared'];
  readonly onClockJump: (jumpedMs: number) => void;
}

export interface DaemonStatus {
  /** One of the plugins of each run: it reads here what the run does. */
  readonly plugin: Plugin;
  readonly pauses: Pick<Pauses, 'prepare' | 'follow'>;
  /** The start has read so much of the log; null: all of it. */
  reading(progress: DaemonReport['reading']): void;
  /** Events were made durable. */
  appended(events: readonly RecordedEvent[]): void;
  /** A run began with these settings. */
  begun(profile: Profile): void;
  /** No run can begin now. */
  waiting(detail: string): void;
  /** One side cannot be trusted; null: both can again. */
  suspended(why: FailureDetails | null): void;
  /** The state folder takes no writes, so the run waits; null: it goes on. */
  unwritable(why: FailureDetails | null): void;
  /** Settings are being read again … */
  reloading(): void;
  /** … and nothing came of it. */
  settled(): void;
  close(): Promise<void>;
}

/** Opening and closing are bounded by the timeouts of the network; beyond this they hang. */
const betweenRunsMaxMs = 10 * 60_000;

export async function openDaemonStatus(options: DaemonStatusOptions): Promise<DaemonStatus> {
  const { clock, output, environment, systemd, interrupted } = options;
  const startedAt = clock.now();
  let settingsReadAt = startedAt;
  let settingsInUse: Profile | null = null;
  let waitingFor: string | null = null;
  let reading: DaemonReport['reading'] = { events: 0, of: null };
  let hasReadOn = false;
  let suspendedBy: FailureDetails | null = null;
  let unwritableBy: FailureDetails | null = null;
  const pulse = createLoopPulse(options);
  /** A run that can take an order. */
  const heedful = (): RunHandle | null => (unwritableBy === null ? options.handle() : null);
  const waiters = createChangeWaiters();
  const feed = createEventFeed(options.log);
  const past = createLivePast(options.log);
  const pauses = createPauses({
    ...{ clock, run: heedful, state: options.state },
    conditions: () => conditionsOf(options.profile().settings, environment),
    say: options.say,
    warn: (line) => output.errorLine(line),
  });
  const plan = createLivePlan(options);
  const orders = createOrders({ ...options, run: heedful, pauses, plan });
  const live = createLiveView(waiters.wake);
  const { figures } = live;
  const clockWatch = createClockWatch(clock);

  let control: Control | null = null;
  try {
    const place = { stateFolder: options.stateFolder, environment, userId: process.geteuid?.() ?? 0 };
    control = await openControl(createHttpListen(), place, source());
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // Syncing does not depend on being asked about it.
    output.errorLine(`ERROR: ${error.message}`);
    output.errorLine("       Syncing goes on; 'tidemark status' shows what the log says");
  }
  systemd.ready(statusText());

  const watchdog = createWatchdog({
    clock,
    watchdogMs: systemd.watchdogMs,
    pulse: pulse.next,
    betweenRunsMaxMs,
    give: () => systemd.alive(),
  });
  const heart = setInterval(beat, systemd.beatMs);
  interrupted.addEventListener('abort', () => systemd.stopping(), { once: true });

  return {
    plugin: live.plugin,
    pauses,
    reading(progress) {
      reading = progress;
      hasReadOn = true;
      watchdog.turned();
      if (progress === null) waiters.wake();
    },
    appended(events) {
      past.appended(events);
      feed.wake();
    },
    begun(profile) {
      waitingFor = null;
      suspendedBy = null;
      if (settingsInUse !== null && settingsInUse !== profile) {
        figures.reloads += 1;
        settingsReadAt = clock.now();
      }
      settingsInUse = profile;
      figures.offlineSince = null;
      live.begin();
      feed.wake();
      void past.opened();
      systemd.ready(statusText());
    },
    waiting(detail) {
      waitingFor = detail;
      watchdog.turned();
      figures.offlineSince ??= clock.now();
      systemd.status(statusText());
    },
    suspended(why) {
      suspendedBy = why;
      turned();
    },
    unwritable(why) {
      unwritableBy = why;
      pulse.holdUp(why !== null);
      turned();
    },
    reloading: () => systemd.reloading(),
    settled: () => systemd.ready(statusText()),
    async close() {
      clearInterval(heart);
      waiters.wake();
      await control?.close();
      await systemd.flush();
    },
  };

  function turned(): void {
    watchdog.turned();
    waiters.wake();
    systemd.status(statusText());
  }

  function beat(): void {
    const jumpedMs = clockWatch.jumpedMs();
    if (jumpedMs !== 0) options.onClockJump(jumpedMs);
    if (!interrupted.aborted) systemd[hasReadOn ? 'working' : 'status'](statusText());
    hasReadOn = false;
    void watchdog.beat();
  }

  function source(): ControlSource {
    return {
      status: createSharedReport(clock, makeReport),
      health,
      metrics: prometheusText((set) =>
        recordFigures(
          {
            report: makeReport(0),
            figures,
            ...(options.handle()?.describe() ?? { plugins: [], elsewhere: [] }),
            requests: options.requests(),
          },
          set,
        ),
      ),
      ...orders,
      events: feed,
      plan,
      change: options.change,
      explain: createExplainer(options),
      changedSince: (seq, waitMs) => {
        if (options.state().seq !== seq || interrupted.aborted) return Promise.resolve();
        return waiters.wait(waitMs);
      },
    };
  }

  async function health(): Promise<Health> {
    const state = phase();
    const answer = (isAlive: boolean, detail: string | null): Health => ({
      schema: statusSchemaVersion,
      isAlive,
      state,
      detail,
    });
    if (!(await pulse.isAlive())) return answer(false, 'the loop stands still');
    if (options.handle() !== null) return answer(true, unwritableBy?.detail ?? null);
    return answer(true, reading === null ? (suspendedBy?.detail ?? waitingFor) : statusText());
  }

  function makeReport(itemsMax: number): StatusReport {
    const handle = options.handle();
    const state = options.state();
    const facts: LiveFacts = {
      phase: phase(),
      suspended: suspension(),
      figures,
      pid: process.pid,
      startedAt,
      settingsReadAt,
      reading,
      ...(handle?.describe() ?? { plugins: [], elsewhere: [] }),
      looksDueAt: handle === null ? null : lookDueAt(handle.state),
    };
    const profile = options.profile();
    return statusReport(profile, state, facts, itemsMax, past.facts(state), sharedOf(profile));
  }

  /** None when the note of them cannot be read, which the run says. */
  function sharedOf(profile: Profile): ReturnType<typeof sharedReport> {
    try {
      return sharedReport(profile, options.sharedState);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return [];
    }
  }

  function phase(): LiveFacts['phase'] {
    if (interrupted.aborted) return 'stopping';
    if (suspension() !== null) return 'suspended';
    const handle = options.handle();
    if (handle !== null && isPaused(handle.state)) return 'paused';
    if (figures.offlineSince !== null) return 'offline';
    if (handle === null) return 'starting';
    return isQuiet(handle.state) ? 'idle' : 'syncing';
  }

  /** What stands in the way of a run, or what the run itself found. */
  function suspension(): FailureDetails | null {
    return unwritableBy ?? suspendedBy ?? (options.handle() === null ? null : suspensionOf(options.state()));
  }

  function statusText(): string {
    const { offlineSince } = figures;
    return statusLine(options.state(), { phase: phase(), suspended: suspension(), reading, offlineSince });
  }
}
