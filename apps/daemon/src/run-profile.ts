/** The composition root: adapters, bus, host, plugins and the engine's loop for one profile. The one place where everything meets. */
import { hostname } from 'node:os';
import type { DriveInfo, Event, Observation, RecordedEvent } from '@tidemark/contracts';
import type { FolderDisk } from '@tidemark/disk';
import { escaped } from '@tidemark/disk';
import { createInbox, run, statusOf } from '@tidemark/engine';
import type { HostOptions, RemotePluginDescription } from '@tidemark/plugin-host';
import { createHost, createRemotePlugins, driveKeyOf, subjectsOf } from '@tidemark/plugin-host';
import { createDeparture } from './departure.ts';
import { handOutTo, rehearse } from './hand-out.ts';
import { paceHeap } from './heap-pace.ts';
import { createOutgoing } from './outgoing.ts';
import { policyFrom } from './policy.ts';
import type { ProfileRun, RunEnd } from './profile-run.ts';
import { createRecorder } from './recorder.ts';
import { createRulesFor } from './rules-for.ts';
import { createTrashKeeper } from './trash-keeper.ts';
import { createVerdicts } from './verdicts.ts';

/** Whoever stops us waits half a minute; the host needs its part of that to end transfers. */
const stopGraceMs = 10_000;

/** One run from `Started` to `Stopped`. Throws Failure when it cannot even begin. */
export async function runProfile(options: ProfileRun): Promise<RunEnd> {
  const { account, disk, bus, state, clock, output, interrupted, monitoring, info } = options;
  const isReal = options.mode === 'real';
  const root = await disk.root({ mark: isReal });

  const driveKey = driveKeyOf(info.id);
  const subjects = subjectsOf(driveKey);
  const onFault: HostOptions['onFault'] = ({ plugin, details }) =>
    output.errorLine(`ERROR: Plugin ${plugin}: ${escaped(details.detail)}`);
  const host = createHost({
    ...options.lend,
    ...{ disk, bus, clock, output, driveKey, onFault },
    plugins: options.plugins,
    drive: account.drive,
    random: options.random,
  });
  const rulesFor = createRulesFor(host.rules);
  const inbox = createInbox(clock);

  const ended = new AbortController();
  /** What is reported when the run is over is for the next one to find, and no message is lost by it. */
  const take = (source: string, reported: readonly Observation[]): Promise<void> =>
    inbox.put(source, reported).catch((error: unknown) => {
      if (!ended.signal.aborted) throw error;
    });
  const names = new Set(options.plugins.map(({ plugin }) => plugin.name));
  const observations = await bus.subscribe(subjects.observations, (payload, subject) => {
    const source = subject.slice(subject.lastIndexOf('.') + 1);
    // Of our own host. Plugins in other processes come in through the border, and nobody else does.
    return names.has(source) ? take(source, payload as readonly Observation[]) : undefined;
  });
  await host.start();
  const remote = createRemotePlugins({
    expected: options.elsewhere ?? [],
    ...{ bus, driveKey, clock, onFault, run: options.random.uuid() },
    take,
  });
  await remote.start();

  const outgoing = createOutgoing(bus, () => inbox.nudge());
  const handOut = isReal
    ? handOutTo((command) => void outgoing.send(subjects.command(command.type), command))
    : rehearse(state, inbox, (command) => void outgoing.send(subjects.command(command.type), command));
  const publish = (events: readonly RecordedEvent[]): void => {
    paceHeap(state.trees.items.size);
    void outgoing.send(subjects.event, events);
  };
  const log = isReal ? options.log : null;
  const recorder = createRecorder({ state, log, clock, rulesFor, publish });
  const verdicts = createVerdicts(state, {
    tell: (news) => outgoing.send(subjects.verdict, news),
    tellHeld: (held) =>
      outgoing.send(subjects.notice, [
        { plugin: 'gate', at: clock.now(), notice: { type: 'confirmationWanted', ...held } },
      ]),
  });
  const trash = createTrashKeeper({
    ...{ disk, clock, days: options.profile.settings.trash_days, signal: interrupted },
    tell: (notice) => outgoing.send(subjects.notice, [{ plugin: 'trash', at: clock.now(), notice }]),
  });

  const departure = createDeparture(clock, inbox, ended.signal);
  const stopEarly = (): void => {
    if (monitoring) departure.leave({ graceMs: stopGraceMs, takeDown: true });
    else inbox.nudge();
  };
  interrupted.addEventListener('abort', stopEarly);
  const pulses: (() => void)[] = [];
  const comeRound = (): void => {
    for (const resolve of pulses.splice(0)) resolve();
  };
  const confirm = (hash: string): Promise<void> => take('user', [{ type: 'DeletionsConfirmed', hash }]);
  options.attach?.({
    state,
    describe: () => ({ ...host.describe(), elsewhere: remote.describe() }),
    pulse: () =>
      new Promise((resolve) => {
        if (ended.signal.aborted) return resolve();
        pulses.push(resolve);
        inbox.nudge();
      }),
    confirm,
    look: () =>
      inbox.put('user', [
        { type: 'HintReceived', side: 'remote', source: 'user' },
        { type: 'HintReceived', side: 'local', source: 'user' },
      ]),
    leave: (how) => departure.leave(how),
  });

  /** Why the run is over; null while it goes on. */
  const causeOfEnd = (quiet: boolean, dueAt: number | null): RunEnd['cause'] | null => {
    if (outgoing.isLost) return 'failed';
    if (interrupted.aborted) {
      const isGone = !monitoring || (state.stopping && quiet) || departure.isTimeUp;
      return isGone ? 'interrupted' : null;
    }
    if (departure.isLeaving && (quiet || departure.isTimeUp)) return quiet ? 'finished' : 'interrupted';
    if (!quiet) return null;
    if (state.halted !== null) return 'failed';
    const confirmed = options.confirmation.take(state);
    if (confirmed !== null) {
      void confirm(confirmed);
      return null;
    }
    return dueAt === null && !monitoring ? 'finished' : null;
  };
  let cause: RunEnd['cause'] = 'finished';
  let restedAt = state.seq;
  try {
    await run({
      ...{ state, rulesFor, inbox, clock, publish },
      log: log ?? { append: async () => {} },
      opening: [started(options, info, root, remote.describe())],
      dispatch: handOut.dispatch,
      isOver: (quiet, dueAt) => {
        comeRound();
        const over = causeOfEnd(quiet, dueAt);
        // Whoever halts says what is left alone; whoever stops does not.
        if (monitoring && quiet && (over ?? 'failed') === 'failed' && state.seq !== restedAt) {
          restedAt = state.seq;
          options.onRest?.(state);
          void verdicts.passEnded();
        }
        if (over !== null) cause = over;
        else if (monitoring && quiet) void trash.atRest();
        return over !== null;
      },
    });
  } finally {
    ended.abort();
    comeRound();
    interrupted.removeEventListener('abort', stopEarly);
    if (monitoring) await trash.close();
    // What handlers finish now is still true and still recorded, so that nothing is done twice.
    await outgoing.unlessLost(recorder.settleLate(() => host.settle(), inbox));
    inbox.close(new Error('the run has ended'));
    await outgoing.unlessLost(remote.stop());
    await outgoing.unlessLost(observations.unsubscribe());
  }

  const status = statusOf(state);
  const isIncomplete = status.held !== null || status.unseen.length > 0;
  if (cause === 'finished' && !monitoring && isIncomplete) cause = 'failed';
  if (!monitoring) await verdicts.runEnded(status, cause);
  // A run that could not do what it wanted takes nothing away for good.
  if (isReal && !monitoring && cause === 'finished') await trash.atRest();
  await trash.close();
  await recorder.record([{ type: 'Stopped', cause }]);
  await recorder.saveSnapshotIfWorthwhile();
  await outgoing.unlessLost(host.stop());
  outgoing.check();
  return { cause, status, rehearsed: handOut.rehearsed, requests: account.drive.requests() };
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
    root,
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
