/**
 * The daemon: one run after the other over the same log, until it is stopped. A run ends, and the next one begins, when settings
 * were read again, when the clock jumped, and when a message was lost: a new run finds every difference by itself, so
 * beginning one is the cure for everything of that kind. The lock of the profile is held all the time.
 */
import type { Clock, Random } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { Busy, stateFolderOf } from '@tidemark/control';
import type { LogLock } from '@tidemark/event-log';
import type { Output } from '@tidemark/plugin-sdk';
import type { Account } from '../account.ts';
import { openBus } from '../bus.ts';
import { createConfirmation } from '../confirmation.ts';
import { capabilitiesOf } from '../capabilities.ts';
import type { LockedLog } from '../open-run.ts';
import { lockLog, openSides, readLockedLog } from '../open-run.ts';
import type { LoginPatience } from '../patient-token-store.ts';
import type { Profile } from '../profile.ts';
import { logFolder } from '../profile.ts';
import type { ArrangedPlugins } from '../plugins/arrange-plugins.ts';
import type { ProfileRun, RunEnd, RunHandle } from '../profile-run.ts';
import { runProfile } from '../run-profile.ts';
import { own } from '../shared-folders/border.ts';
import { type BesideRun, openBesideRun } from '../shared-folders/beside-run.ts';
import { prepareSharedFiles } from '../shared-folders/shared-files.ts';
import type { Cycle } from '../shared-folders/run-shared-folder.ts';
import { type SharedMonitor, settlingPass } from '../shared-folders/shared-monitor.ts';
import { createStateFolderWait } from '../state-folder-wait.ts';
import { openDaemonStatus } from './daemon-status.ts';
import { withContent } from '../user-changes/content-between-runs.ts';
import { createEqualCopiesWatch } from './equal-copies-watch.ts';
import { createFindHop } from './find-hop.ts';
import { createHopWatch } from './hop-watch.ts';
import { createKeptLog } from './kept-log.ts';
import { createOutage } from './outage.ts';
import { createPassCounter } from './pass-counter.ts';
import { createReconnectDelay } from './reconnect-delay.ts';
import { keepsSubscription } from './reload.ts';
import { createSettingsInUse, type ReadAgain } from './settings-in-use.ts';
import { createSuspension, isBusy, isSuspension } from './suspension.ts';
import { createSystemd, whileWorking } from './systemd.ts';
import { createChangesBetweenRuns } from './wanted-changes.ts';
import { createWait, unlessAborted } from './waiting.ts';

export interface MonitorOptions {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly resync: boolean;
  /** What is held when both sides have been looked at may go through. */
  readonly force: boolean;
  readonly cycle: Cycle;
  /** Lines about the daemon itself. */
  readonly say: (line: string) => void;
  readonly openAccount: (profile: Profile, patience: LoginPatience) => Account;
  /** Logs in when no user is logged in. */
  readonly logIn: (account: Account) => Promise<void>;
  readonly pluginsFor: (profile: Profile) => Promise<ArrangedPlugins>;
  /** Reads the settings again. */
  readonly readAgain: () => ReadAgain;
  /** A run with these settings has begun. */
  readonly onBegun: (profile: Profile) => void;
  /** Aborted when the daemon is to end in order. */
  readonly interrupted: AbortSignal;
  readonly interrupt: () => void;
  /** Calls the listener when settings are to be read again. */
  readonly onReload: (listener: () => void) => void;
}

/** Transfers under way get so long to end before the next run begins; it takes up what is left. */
const reloadGraceMs = 20_000;
/** After a jump of the clock connections are dead anyway. */
const jumpGraceMs = 2_000;

/** null: interrupted before a run had begun. Throws LogBusy, and Failure for what waiting does not help. */
export async function monitorProfile(options: MonitorOptions): Promise<RunEnd | null> {
  const { clock, random, output, interrupted, say, cycle } = options;
  const warn = (line: string): void => output.errorLine(`WARNING: ${line}`);
  let { resync } = options;
  let handle: RunHandle | null = null;
  let account: Account | null = null;
  let sharedState: BesideRun['stateOf'] = () => null;
  let sharedNow: SharedMonitor | null = null;
  const confirmation = createConfirmation(options.force ? 'whatIsHeld' : 'nothing');
  const passes = createPassCounter({ say, onLast: options.interrupt, memory: () => process.memoryUsage() });
  const wait = createWait(clock);
  const changes = createChangesBetweenRuns(() => handle);
  const equal = createEqualCopiesWatch({ clock, say, signal: interrupted, warn });
  interrupted.addEventListener('abort', () => wait.wake(), { once: true });
  const settings = createSettingsInUse({
    ...options,
    settled: () => daemonStatus.settled(),
    accepted() {
      leaveForNext();
      wait.wake();
    },
  });

  const patience = createStateFolderWait({
    ...{ clock, say, folder: options.profile.locations.state, limitMs: null },
    warn: (line) => output.errorLine(line),
  });
  patience.endWith(interrupted);
  const systemd = createSystemd({
    ...{ environment: options.environment, pid: process.pid },
    onTrouble: (detail) => output.errorLine(`WARNING: Cannot tell the service manager: ${detail}`),
  });
  const lock = (): Promise<LogLock> => lockLog({ profile: settings.profile, clock, patience });
  const locking = whileWorking(systemd, 'Starting: waiting for the state folder', lock());
  const log = createKeptLog(await locking, { lock, read: readLog });
  const reconnectDelay = createReconnectDelay(() => log.state().started !== null);
  // It answers before the log is read: after a crash that takes a while, and the answer says how far it is.
  const daemonStatus = await openDaemonStatus({
    ...options,
    systemd,
    stateFolder: stateFolderOf(logFolder(settings.profile)),
    profile: () => settings.profile,
    ...{ state: log.state, log: log.log, handle: () => handle, sharedState: (key) => sharedState(key) },
    requests: () => account?.drive.requests().requests ?? {},
    reload: settings.reload,
    async change(wanted) {
      if (wanted.below === undefined) return changes.ask(wanted);
      if (sharedNow === null) throw new Busy('No run is on at the moment; try again in a moment');
      return sharedNow.change(wanted);
    },
    confirmShared: async (hash) => sharedNow?.confirm(hash) ?? [],
    onClockJump: (jumpedMs) => {
      if (handle === null || settings.next !== null) return;
      say(`The clock jumped by ${Math.round(jumpedMs / 1000)} seconds: looking at everything again`);
      handle.leave({ graceMs: jumpGraceMs, takeDown: false });
    },
  });
  patience.follow((why) => daemonStatus.unwritable(why));
  const suspension = createSuspension({
    ...{ clock, random, output, say, daemonStatus, interrupted },
    profile: () => settings.profile,
  });
  const outage = createOutage({
    ...{ output, say, warn, daemonStatus, log },
    wait: async (delayMs) => {
      if (settings.next === null) await wait.wait(delayMs);
    },
  });
  options.onReload(() => {
    daemonStatus.reloading();
    void settings.reload();
  });
  try {
    for (;;) {
      try {
        const end = await once();
        if (interrupted.aborted || end === null) return end;
        const { halted } = end.status;
        if (halted?.code === 'driveNotFound') throw new Failure(halted);
        if (halted !== null) return end;
        settings.takeNext();
      } catch (error) {
        if (interrupted.aborted) return null;
        const delayMs = reconnectDelay.after(error);
        if (isSuspension(error) || (settings.areProven && isBusy(error))) await outwaitSuspension(error);
        else if (delayMs !== null) {
          await outage.outwait(error, delayMs);
          settings.takeNext();
        } else if (await patience.outwaitFailure(error)) {
          await log.renew();
          settings.takeNext();
        } else if (interrupted.aborted) return null;
        else if (!settings.goBack(error)) throw error;
      }
    }
  } finally {
    for (const key of [settlingPass, own]) cycle.ended(key);
    changes.close();
    await daemonStatus.close();
    await log.close();
  }

  /** One run, with all that it needs opened before and closed after it. null: interrupted before it began. */
  async function once(): Promise<RunEnd | null> {
    const locked = await log.opened();
    const { profile } = settings;
    account = options.openAccount(profile, patience);
    try {
      await options.logIn(account);
      const opening = openSides(
        {
          ...{ profile, account, clock, random, resync, patience },
          ...{ mode: 'real', isFirst: !settings.areProven },
        },
        locked,
      );
      const opened = await unlessAborted(opening, interrupted, ({ disk }) => void disk.close());
      if (opened === null) return null;
      resync = false;
      for (const notice of opened.notices) output.errorLine(notice);
      const bus = await openBus(profile.settings, {
        onError: (detail) => {
          output.errorLine(
            `ERROR: A message between plugins was lost, so everything is looked at again: ${detail}`,
          );
          handle?.leave({ graceMs: 0, takeDown: false });
        },
        onOutside: warn,
      }).catch(async (error: unknown) => {
        log.keep(await opened.release());
        throw error;
      });
      const ended = new AbortController();
      let shared: SharedMonitor | null = null;
      try {
        const { here, elsewhere } = await options.pluginsFor(profile);
        await daemonStatus.pauses.prepare();
        const capabilities = capabilitiesOf(profile, account, here);
        const lent = { profile, account, clock, random, output, capabilities };
        const paths = await changes.make({
          ...{ opened, drive: account.drive, clock, signal: interrupted },
          withContent: (work) => withContent({ ...lent, disk: opened.disk, plugins: here }, work),
        });
        if (paths === null) await equal.betweenRuns(profile, opened, account.drive);
        const { info, state } = opened;
        await prepareSharedFiles({ profile, info, state, drive: account.drive, say, warn });
        const beside = openBesideRun({
          ...{ profile, account, clock, random, output, say, interrupted, opened, elsewhere, cycle },
          ...{ pluginsFor: options.pluginsFor, capabilitiesFor: capabilitiesOf },
          // A run that is over takes no more in; what stands in the way of its log it says itself.
          tell: async (told) => handle?.note({ type: 'SharedFolderTold', ...told }).catch(() => undefined),
          beginAnew: () => handle?.leave({ graceMs: reloadGraceMs, takeDown: false }),
        });
        ({ shared, stateOf: sharedState } = beside);
        sharedNow = shared;
        cycle.expect(settlingPass);
        return await runProfile({
          ...opened,
          ...lent,
          output: cycle.output(own, output),
          ...{ bus, mode: 'real' },
          plugins: [
            ...beside.guards,
            ...here,
            { plugin: daemonStatus.plugin, ours: true },
            ...watchingHops(profile),
          ],
          elsewhere,
          confirmation: paths === null ? confirmation : createConfirmation({ paths }),
          monitoring: true,
          interrupted,
          onAppended(events) {
            daemonStatus.appended(events);
            shared?.appended(events);
            equal.appended(opened.state, events);
          },
          onRest(state) {
            passes.rested(state, profile.settings);
            shared?.rested();
            if (equal.rested(profile, state)) handle?.leave({ graceMs: reloadGraceMs, takeDown: false });
          },
          attach: (run) => {
            attach({ ...run, look: async () => void (await Promise.all([run.look(), shared?.look()])) });
            void suspension.follow(run, opened.disk, ended.signal);
            void daemonStatus.pauses.follow(run, ended.signal);
          },
        });
      } finally {
        ended.abort();
        handle = null;
        sharedNow = null;
        await shared?.close();
        await bus.close();
        log.keep(await opened.release());
      }
    } finally {
      await account.close();
      account = null;
    }
  }

  async function readLog(lock: LogLock): Promise<LockedLog> {
    const onRead = (events: number, of: number): void => daemonStatus.reading({ events, of });
    const read = await readLockedLog(
      lock,
      { profile: settings.profile, clock, patience },
      { onRead, signal: interrupted },
    );
    daemonStatus.reading(null);
    return read;
  }

  /** Without a webhook there is no way for the service to miss. */
  function watchingHops(profile: Profile): ProfileRun['plugins'] {
    if (!profile.settings.webhook_enabled) return [];
    return [{ plugin: createHopWatch(createFindHop(profile, clock, random)), ours: true }];
  }

  function attach(run: RunHandle): void {
    handle = run;
    outage.over();
    suspension.over();
    patience.over();
    reconnectDelay.reset();
    settings.begun();
    options.onBegun(settings.profile);
    daemonStatus.begun(settings.profile);
    // Asked for while this run was being opened.
    leaveForNext();
  }

  async function outwaitSuspension(error: Failure): Promise<void> {
    await suspension.outwait(error, () => settings.next !== null);
    settings.takeNext();
  }

  function leaveForNext(): void {
    const { profile, next } = settings;
    if (next === null) return;
    handle?.leave({ graceMs: reloadGraceMs, takeDown: !keepsSubscription(profile, next) });
  }
}
