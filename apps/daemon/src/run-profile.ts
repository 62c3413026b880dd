/** One run of a profile: its settings become the policy, its account and folder the ports, and who follows the run is told how it goes. */
import { hostname } from 'node:os';
import type { DriveInfo, RecordedEvent, Started } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { FolderDisk } from '@tidemark/disk';
import { escaped } from '@tidemark/disk';
import { statusOf } from '@tidemark/engine';
import { mayReadSites } from '@tidemark/graph';
import { driveKeyOf } from '@tidemark/plugin-host';
import type { Notice } from '@tidemark/plugin-sdk';
import type { Run, RunPorts } from './create-run.ts';
import { createRun } from './create-run.ts';
import { type ContentSpool, createContentSpool } from './content-spool.ts';
import { assertContent, toldPlugins } from './content-plugins.ts';
import { tuneGc } from './gc-tuning.ts';
import type { LogRetention } from './log-retention.ts';
import { createLogRetention } from './log-retention.ts';
import { newerVersionOf } from './newer-version.ts';
import { policyFrom } from './policy.ts';
import { spoolFolder } from './profile.ts';
import type { ProfileRun, RunEnd } from './profile-run.ts';
import { createSnapshotKeeping } from './snapshot-keeping.ts';
import { guardAgainstStarvation } from './starvation-guard.ts';
import type { TrashPruning } from './trash-pruning.ts';
import { createTrashPruning } from './trash-pruning.ts';
import { createVerdicts } from './verdicts.ts';

/** One run from `Started` to `Stopped`. Throws Failure when it cannot even begin. */
export async function runProfile(options: ProfileRun): Promise<RunEnd> {
  const guard = guardAgainstStarvation({
    onFault: (detail) => options.output.errorLine(`WARNING: ${detail}`),
  });
  try {
    return await runToItsEnd(options);
  } finally {
    guard.release();
  }
}

async function runToItsEnd(options: ProfileRun): Promise<RunEnd> {
  const { account, disk, state, log, output, monitoring, info } = options;
  const isReal = options.mode === 'real';
  const root = await disk.root({ mark: isReal });
  const spool = createContentSpool({
    folder: spoolFolder(options.profile),
    reservedBytes: options.profile.settings.space_reservation,
  });
  const run = await createRun(portsOf(options, spool), {
    ...options,
    root,
    driveKey: driveKeyOf(info.id),
    onFault: ({ plugin, details }) => output.errorLine(`ERROR: Plugin ${plugin}: ${escaped(details.detail)}`),
  });
  const verdicts = createVerdicts(state, {
    tell: (news) => run.tell('verdict', news),
    tellHeld: (held) => tellNotice(options, run, 'gate', { type: 'confirmationWanted', ...held }),
  });
  const trash = trashPruningOf(options, run);
  const snapshots = createSnapshotKeeping({
    ...{ log, state },
    onFailure: ({ details }) => output.errorLine(`WARNING: ${details.detail}: the next start takes longer`),
  });
  const retention = logRetentionOf(options, run);
  /** Events may go behind a snapshot. */
  const tidyLog = async (): Promise<void> => {
    await snapshots.atRest();
    if (snapshots.isUsable) await retention.atRest();
  };
  const sayRefusal = refusalSaid(options);
  const clearSpool = spoolClearing(options, spool);
  await tellVersion(options, run);
  await tellAccount(options, run);
  options.attach?.(run.handle);
  try {
    const cause = await run.carryOut({
      started(elsewhere, contentFormats) {
        const told = toldPlugins(options, elsewhere, contentFormats);
        assertContent(state, told, options.forget);
        return started(options, info, root, told);
      },
      onRecorded(events) {
        tuneGc(state.trees.items.size);
        snapshots.recorded(events);
        verdicts.recorded(events);
        if (isReal) trash.recorded();
      },
      onRest(end) {
        sayRefusal();
        if (!monitoring) return;
        // A run that halts says what is left alone; one that was asked to stop does not.
        if (end === null || end === 'failed') {
          options.onRest?.(state);
          void verdicts.passEnded();
        }
        if (end === null) void trash.atRest();
        if (end === null && isReal) void tidyLog();
        if (end === null) void clearSpool();
      },
      async beforeStopped(end, record) {
        if (!monitoring) await verdicts.runEnded(statusOf(state), end);
        // A run that could not do what it wanted takes nothing away for good.
        if (isReal && !monitoring && end === 'finished') await trash.atEnd((event) => record(event, 'trash'));
        await trash.close();
        if (monitoring) await retention.close();
      },
    });
    if (isReal) await snapshots.atEnd();
    if (cause === 'finished') await clearSpool();
    if (isReal && !monitoring && cause === 'finished' && snapshots.isUsable) await retention.atRest();
    await run.close();
    const { rehearsed, refused } = run;
    return { cause, status: statusOf(state), rehearsed, refused, requests: account.drive.requests() };
  } finally {
    await trash.close();
    await snapshots.settled();
    await retention.close();
  }
}

/** Once a run, when no item waits for another attempt. What a killed process left may be as large as what it was about to send. */
function spoolClearing({ mode, state, output }: ProfileRun, spool: ContentSpool): () => Promise<void> {
  let isCleared = mode !== 'real';
  return async () => {
    if (isCleared || state.activities.size > 0) return;
    isCleared = true;
    try {
      await spool.clear();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      output.errorLine(`WARNING: ${error.message}`);
    }
  };
}

/** Once a run: the files are there, without what the file system would not set. */
function refusalSaid({ disk, output }: ProfileRun): () => void {
  let isSaid = false;
  return () => {
    const refusal = isSaid ? null : disk.refusal();
    if (refusal === null) return;
    isSaid = true;
    output.errorLine(
      `WARNING: The file system of the sync folder refuses to set ${refusal.what} (${refusal.code}): files keep those that it gives them`,
    );
  };
}

function portsOf(
  { account, disk, bus, clock, random, output, capabilities, log, mode, onAppended }: ProfileRun,
  spool: ContentSpool,
): RunPorts {
  const append = (events: readonly RecordedEvent[]): Promise<void> =>
    log.append(events).then(() => onAppended?.(events));
  return {
    ...{ disk, bus, clock, random, output, capabilities, drive: account.drive },
    spool,
    log: { append: mode === 'real' ? append : async () => {} },
  };
}

function trashPruningOf(options: ProfileRun, run: Run): TrashPruning {
  const { disk, clock, profile, interrupted, state } = options;
  const { trash_days: days, trash_size: mebibytes } = profile.settings;
  return createTrashPruning({
    ...{ disk, clock, days, sizeMax: mebibytes * 2 ** 20, signal: interrupted },
    record: (event) => run.record('trash', event),
    underWay: () =>
      [...state.inFlight.values()].flatMap((command) =>
        'toPath' in command ? [command.path, command.toPath] : [command.path],
      ),
    tell: (notice) => tellNotice(options, run, 'trash', notice),
  });
}

function logRetentionOf(options: ProfileRun, run: Run): LogRetention {
  const { log, clock, profile, interrupted } = options;
  const { log_retention_days: days, log_max_size: sizeBytesMax } = profile.settings;
  return createLogRetention({
    ...{ log, clock, days, sizeBytesMax, signal: interrupted },
    tell: (notice) => tellNotice(options, run, 'log', notice),
  });
}

/** Once a profile, not for each shared folder. */
async function tellVersion(options: ProfileRun, run: Run): Promise<void> {
  const { settings, sharedFolder, version } = options.profile;
  if (settings.disable_version_check || sharedFolder !== undefined) return;
  const newer = newerVersionOf(options.state.started, version);
  await tellNotice(options, run, 'version', { type: 'versionChecked', version, newer });
}

/** For those who ask for more: it costs requests. What the drive does not tell, or not soon, keeps no run waiting. */
async function tellAccount(options: ProfileRun, run: Run): Promise<void> {
  const { profile, account, clock, interrupted, info } = options;
  if (profile.commandLine.verbosity === 0) return;
  const { drive, login } = account;
  const soon = new AbortController();
  const late = clock.sleep(tellingLimitMs, AbortSignal.any([interrupted, soon.signal])).then(() => null);
  const orLate = <Told>(told: Promise<Told>): Promise<Told | null> =>
    Promise.race([told.catch(() => null), late]);
  const hasSite = info.kind !== 'personal' && profile.sharedFolder === undefined;
  const [quota, dataCentre] = await Promise.all([
    orLate(drive.account.quota()),
    hasSite && mayReadSites(login.granted()) ? orLate(drive.account.dataCentre()) : null,
  ]);
  soon.abort();
  await tellNotice(options, run, 'account', {
    ...{ type: 'accountOpened', remainingBytes: quota?.remaining ?? null },
    ...(hasSite && { dataCentre }),
  });
}

const tellingLimitMs = 5_000;

const tellNotice = ({ clock }: ProfileRun, run: Run, plugin: string, notice: Notice): Promise<void> =>
  run.tell('notice', [{ plugin, at: clock.now(), notice }]);

function started(
  { profile, forget, confirmation, monitoring }: ProfileRun,
  info: DriveInfo,
  root: Awaited<ReturnType<FolderDisk['root']>>,
  plugins: Started['plugins'],
): Started {
  return {
    type: 'Started',
    version: profile.version,
    policy: policyFrom({
      settings: profile.settings,
      syncList: profile.syncListText,
      singleDirectory: profile.commandLine.singleDirectory ?? null,
      hostName: hostname(),
      massDeleteConfirmed: confirmation.isForced,
      monitoring,
      driveKind: info.kind,
      below: profile.sharedFolder?.at,
      forget,
    }),
    drive: { id: info.id, kind: info.kind, rootId: info.rootId },
    root,
    plugins,
    forget,
  };
}
