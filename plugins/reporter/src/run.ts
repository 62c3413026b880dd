/** Lines about a run and its passes: how they begin, how they end. */
import type { Command, EventOf, RecordedEvent } from '@tidemark/plugin-sdk';
import { failureGuide } from '@tidemark/plugin-sdk';
import { isSuspending } from './failed.ts';
import type { Line } from './line.ts';
import { info, verbose } from './line.ts';
import { passLines } from './pass-lines.ts';
import { renderSkipped } from './skipped.ts';
import { renderSummary } from './summary.ts';
import type { Failed, View } from './view.ts';
import { isQuiet, looking } from './view.ts';

/** Where one side is the truth, a resync deletes what only the other one has, as in the peer. */
const leavesAll = ({ mirrorLocal, cleanupLocal }: EventOf<'Started'>['policy']): string =>
  mirrorLocal === true || cleanupLocal ? '' : ', nothing is deleted';

export function renderStarted(view: View, started: EventOf<'Started'>): readonly Line[] {
  const { config } = view;
  const { drive, policy, version, forget, plugins } = started;
  const single = policy.filter.singleDirectory;
  const compared =
    forget === null ? [] : [info(`Both sides are compared by content${leavesAll(policy)}: ${forget}`)];
  // The run of the sync folder around it has said the rest.
  if (config.below !== '') return compared;
  return [
    ...(config.dryRun ? [info("DRY-RUN Configured. Output below shows what 'would' have occurred.")] : []),
    verbose('The OneDrive API was initialised successfully'),
    verbose('Sync Engine Initialised with new Onedrive API instance'),
    verbose(`Application Version:   ${version}`),
    verbose(`Account Type:          ${drive.kind}`),
    verbose(`Default Drive ID:      ${drive.id}`),
    verbose(`Default Root ID:       ${drive.rootId}`),
    looking(
      view,
      `All application operations will be performed in the configured local 'sync_dir' directory: ${config.syncDirectory}`,
    ),
    ...(single === null ? [] : [info(`Syncing changes from this selected path: ${single}`)]),
    ...plugins.flatMap(({ name, facts }) =>
      facts === true ? [info(`Nothing is changed before plugin "${name}" has told its facts`)] : [],
    ),
    ...compared,
    ...(config.mode === 'monitor'
      ? [
          info(`OneDrive synchronisation interval (seconds): ${config.monitorIntervalSeconds}`),
          ...renderLimits(config),
          // What is only downloaded is not watched.
          ...(policy.direction === 'download'
            ? []
            : [info('Initialising filesystem inotify monitoring ...')]),
          info('Performing initial synchronisation to ensure consistent local state ...'),
        ]
      : []),
  ];
}

function renderLimits({ limits }: View['config']): readonly Line[] {
  if (limits === null) return [];
  return [
    verbose(`Maximum allowed open files (soft):           ${limits.openFilesSoft}`),
    verbose(`Maximum allowed open files (hard):           ${limits.openFilesHard}`),
    verbose(`Maximum allowed inotify user watches:        ${limits.userWatches}`),
  ];
}

/** Nothing is under way any more. In a run that goes on this ends the pass; a run that ends by itself waits for `Stopped`. */
export function renderRest(view: View): readonly Line[] {
  return view.config.mode === 'monitor' ? renderPassEnd(view, isLasting) : [];
}

export function renderStopped(
  view: View,
  { cause }: EventOf<'Stopped'>,
  at: RecordedEvent['at'],
): readonly Line[] {
  return [...renderSkipped(view.skipped), ...renderEnd(view, cause), ...renderSummary(view, at)];
}

function renderEnd(view: View, cause: EventOf<'Stopped'>['cause']): readonly Line[] {
  const { mode } = view.config;
  if (cause === 'interrupted') {
    const told = mode === 'sync' || view.pass.open ? [info(passLines.interrupted)] : [];
    return [...told, ...renderUnfinished(view)];
  }
  if (cause === 'failed') {
    const all = [...view.failed.values()];
    return [info('ERROR: The run ended before Microsoft OneDrive was in sync'), ...renderFailures(all)];
  }
  return mode === 'sync' || view.pass.open ? renderPassEnd(view, () => true) : [];
}

/** A failure that is tried again at once is no result yet. */
function isLasting({ failure }: Failed): boolean {
  return failureGuide[failure.code].retry !== 'soon';
}

function renderPassEnd(view: View, counts: (failed: Failed) => boolean): readonly Line[] {
  const { pass, config, started } = view;
  // Not everything that was seen was done.
  if (view.pauses.size > 0) return [];
  if ([...view.failed.values()].some(({ failure }) => isSuspending(view, failure))) return [];
  const failed = [...view.failed.values()].filter(counts);
  if (failed.length === 0 && isQuiet(view) && !pass.announced) return [];
  // The peer says this of every pass; the reading itself is done only when the pass changed the drive.
  const closing =
    pass.closingRead || started?.policy.direction !== 'both' || config.mode === 'monitor'
      ? []
      : [looking(view, passLines.examines)];
  if (failed.length === 0) {
    const { complete } = passLines;
    // A run that ends by itself ends with its summary.
    return [...closing, config.mode === 'monitor' ? info(complete) : looking(view, complete)];
  }
  return [...closing, info(passLines.incomplete), ...renderFailures(failed)];
}

/** What waits for space on the drive is told in one line, whether it was tried or not. */
function renderFailures(all: readonly Failed[]): readonly Line[] {
  const failed = all.filter(({ command, failure }) => !isUpload(command) || failure.code !== 'quotaReached');
  const commands = failed.map(({ command }) => command);
  const downloads = commands.filter(isDownload);
  const uploads = commands.filter(isUpload);
  const others = failed.filter(({ command }) => !isDownload(command) && !isUpload(command));
  return [
    ...summary('download', downloads),
    ...(downloads.length === 0
      ? []
      : [
          info(
            'To fix any download failures you may need to perform a --resync to ensure this system is correctly synced with your Microsoft OneDrive Account',
          ),
        ]),
    ...summary('upload', uploads),
    ...others.map(({ command, failure }) => info(`Failed to sync: ${command.path} (${failure.detail})`)),
  ];
}

function summary(direction: 'download' | 'upload', commands: readonly Command[]): readonly Line[] {
  if (commands.length === 0) return [];
  return [
    info(`Failed items to ${direction} to/from Microsoft OneDrive: ${commands.length}`),
    ...commands.map(({ path }) => info(`Failed to ${direction}: ${path}`)),
  ];
}

function renderUnfinished({ underWay }: View): readonly Line[] {
  const commands = [...underWay.values()].map(({ command }) => command);
  return (['uploaded', 'downloaded'] as const).flatMap((done) => {
    const unfinished = commands.filter(done === 'uploaded' ? isUpload : isDownload);
    if (unfinished.length === 0) return [];
    return [
      info(`Items not ${done} from Microsoft OneDrive before shutdown completed: ${unfinished.length}`),
      ...unfinished.map(({ path }) => info(`Not ${done}: ${path}`)),
    ];
  });
}

export function isDownload({ type }: Command): boolean {
  return type === 'DownloadFile' || type === 'KeepRemoteCopy';
}

export function isUpload({ type }: Command): boolean {
  return type === 'UploadFile';
}
