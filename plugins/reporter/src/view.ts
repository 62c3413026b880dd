/**
 * The view: what the reporter remembers of the events so far, so that the next one can be put into words. A projection
 * like any other, kept small: commands under way, failures of this pass, and where the pass is.
 *
 * It joins commands and outcomes by itself: reactions (`on`) tell of changes alone, one after the other and behind what is printed, and
 * the lines tell of looks, readings and subscriptions as well, in the order of the log.
 */
import type {
  Command,
  CommandId,
  Event,
  EventOf,
  FailureDetails,
  ItemId,
  RecordedEvent,
  ToldNotice,
} from '@tidemark/plugin-sdk';
import type { PauseReason } from '@tidemark/plugin-sdk/unstable';
import { commandEffects } from '@tidemark/plugin-sdk';
import { doubtOf, endedCommand, reachesDrive } from '@tidemark/plugin-sdk/unstable';
import type { ReporterConfig } from './config.ts';
import type { Line } from './line.ts';
import { info, verbose } from './line.ts';
import type { Totals } from './totals.ts';
import type { Counts } from './summary.ts';
import { countSuccess, createCounts } from './summary.ts';
import type { Skipped } from './skipped.ts';
import { createSkipped } from './skipped.ts';
import { folderOf } from './paths.ts';
import { grown } from './totals.ts';

export interface View {
  readonly config: ReporterConfig;
  lastSeq: number;
  started: EventOf<'Started'> | null;
  readonly underWay: Map<CommandId, UnderWay>;
  /** Items whose last command failed. */
  readonly failed: Map<ItemId, Failed>;
  pass: Pass;
  /** Oddities already told, as `path code`. */
  oddities: ReadonlySet<string>;
  /** The service could not be reached at the last attempt. */
  offline: boolean;
  /** The drive refused an upload of so many bytes for want of space, and that was told. */
  refusedBytes: number | null;
  /** The last listing of the drive was not believed, and that was told. */
  doubted: boolean;
  /** A round of this run ended. */
  hasSeenDrive: boolean;
  /** The sync folder cannot be trusted, and that was told. */
  rootDoubted: boolean;
  /** The pauses that hold. */
  readonly pauses: Set<PauseReason>;
  /** Not all folders can be watched, and that was told. */
  watchLimitTold: boolean;
  /** That downloads go on was told. */
  resumptionTold: boolean;
  /** Looks at the drive since the last one that enumerated everything. */
  looksSinceFull: number;
  /** By plugin: notifications that arrived, and how many of them a hint has told of. */
  readonly signals: Map<string, Signals>;
  /** The subscription that was found alive. */
  foundSubscription: string | null;
  /** Of the whole run. */
  counts: Counts;
  skipped: Skipped;
  /** Paths of which this run told that a cleanup leaves them. */
  readonly retained: Set<string>;
  /** Folders out of which a cleanup of this run took something. */
  readonly emptied: Set<string>;
}

export interface Signals {
  count: number;
  used: number;
}

export interface UnderWay {
  readonly command: Command;
  /** Milliseconds since 1970. */
  readonly plannedAt: number;
}

export interface Failed {
  readonly command: Command;
  readonly failure: FailureDetails;
}

/** From a first look or change until nothing is under way. */
export interface Pass {
  readonly number: number;
  open: boolean;
  /** Its beginning was told. */
  announced: boolean;
  /** Commands of it that change something. */
  changes: number;
  /** Rows the drive reported. */
  remoteRows: number;
  closingRead: boolean;
  totals: Totals;
}

export function createView(config: ReporterConfig): View {
  return {
    config,
    lastSeq: 0,
    started: null,
    underWay: new Map(),
    failed: new Map(),
    pass: createPass(1),
    oddities: new Set(),
    offline: false,
    refusedBytes: null,
    doubted: false,
    hasSeenDrive: false,
    rootDoubted: false,
    pauses: new Set(),
    watchLimitTold: false,
    resumptionTold: false,
    looksSinceFull: 0,
    signals: new Map(),
    foundSubscription: null,
    counts: createCounts(0),
    skipped: createSkipped(),
    retained: new Set(),
    emptied: new Set(),
  };
}

function createPass(number: number): Pass {
  return {
    number,
    open: false,
    announced: false,
    changes: 0,
    remoteRows: 0,
    closingRead: false,
    totals: new Map(),
  };
}

/** Takes one event in. Rendered before, so that what an outcome ends is still known. */
export function follow(view: View, { seq, at, event }: RecordedEvent): void {
  view.lastSeq = seq;
  const ended = endedCommand(event);
  const underWay = ended === null ? undefined : view.underWay.get(ended);
  if (ended !== null) view.underWay.delete(ended);
  if (underWay !== undefined) followEnded(view, underWay.command, event);
  switch (event.type) {
    case 'Started':
      view.started = event;
      view.counts = createCounts(at);
      view.skipped = createSkipped();
      view.retained.clear();
      view.emptied.clear();
      view.hasSeenDrive = false;
      view.underWay.clear();
      view.failed.clear();
      view.pauses.clear();
      view.pass = createPass(1);
      return;
    case 'Paused':
      view.pauses.add(event.why);
      return;
    case 'Resumed':
      view.pauses.delete(event.why);
      return;
    case 'Planned':
      return followPlanned(view, event, at);
    case 'RemoteSeen':
      view.pass.remoteRows += event.rows.length;
      return;
    case 'RemoteRoundCompleted':
      view.looksSinceFull = event.full ? 0 : view.looksSinceFull + 1;
      if (event.full) view.doubted = doubtOf(event, view.started, !view.hasSeenDrive) !== null;
      view.hasSeenDrive ||= !view.doubted;
      return;
    case 'RemoteItemsRead':
      view.pass.remoteRows += event.rows.filter((row) => 'deleted' in row).length;
      return;
    case 'LocalScanCompleted':
      view.rootDoubted = false;
      if (event.oddities === undefined) return;
      view.oddities = new Set([
        ...(event.partial === true ? view.oddities : []),
        ...event.oddities.map(({ path, code }) => `${path} ${code}`),
      ]);
      return;
    case 'HintReceived':
      useSignals(view, event.source);
      return;
    case 'CommandFailed':
      if (event.failure.code === 'offline') view.offline = true;
      if (event.failure.code === 'rootSuspended') view.rootDoubted = true;
      return;
    default:
  }
}

/** Called at the end of a batch when nothing is under way any more. */
export function followRest(view: View): void {
  view.pass = createPass(view.pass.number + 1);
}

/** Nothing is under way, and a pass was. */
export function isAtRest(view: View): boolean {
  if (!view.pass.open) return false;
  return [...view.underWay.values()].every(({ command }) => isAboutSubscription(command));
}

/** Such a pass is not worth a line unless it finds something. */
export function isQuiet({ config, pass }: View): boolean {
  return (
    config.mode === 'monitor' &&
    pass.changes === 0 &&
    pass.number > 1 &&
    // Looks at a shared folder come beside those at the sync folder around it, which are told.
    (config.below !== '' || (config.verbosity === 0 && pass.number % config.monitorLogFrequency !== 0))
  );
}

/** A line about looking at both sides: users who only want to know what changed do not read it. */
export function looking({ config }: View, text: string): Line {
  return config.looking === 'told' ? info(text) : verbose(text);
}

export function isLook({ type }: Command): boolean {
  return type === 'ReadRemote' || type === 'ReadRemoteItems' || type === 'ScanLocal';
}

/** What is not online goes from the disk. */
export const isCleaning = ({ started }: View): boolean =>
  started?.policy.direction === 'download' && started.policy.cleanupLocal;

/** Without those that are tried again: they have been counted. */
export const firstAttempts = ({ failed }: View, commands: readonly Command[]): readonly Command[] =>
  commands.filter(({ item }) => !failed.has(item));

/** Commands that change a side, as opposed to looking or reading. */
export function isChange({ type }: Pick<Command, 'type'>): boolean {
  const effect = commandEffects[type];
  return effect === 'writesDisk' || effect === 'writesDrive';
}

/** Such commands belong to no pass: the subscription lives beside them. */
export function isAboutSubscription({ type }: Command): boolean {
  return commandEffects[type] === 'subscribes';
}

/** Takes in what a plugin tells. */
export function followNotice(view: View, { notice, plugin }: ToldNotice): void {
  if (notice.type === 'folderWatched') view.watchLimitTold ||= notice.limit !== null;
  if (notice.type === 'downloadResumed') view.resumptionTold = true;
  if (notice.type === 'subscriptionFound') view.foundSubscription = notice.id;
  if (notice.type !== 'signalReceived') return;
  // A plugin that was started again counts from the beginning.
  const before = view.signals.get(plugin);
  const used = before === undefined || before.used > notice.count ? 0 : before.used;
  view.signals.set(plugin, { count: notice.count, used });
}

function followEnded(view: View, command: Command, event: Event): void {
  const isUpload = command.type === 'UploadFile';
  if (event.type === 'CommandFailed') {
    const { failure } = event;
    if (!isAboutSubscription(command)) view.failed.set(command.item, { command, failure });
    if (isUpload && failure.code === 'quotaReached')
      view.refusedBytes = Math.min(command.sizeBytes, view.refusedBytes ?? Infinity);
    return;
  }
  if (event.type === 'CommandSucceeded') {
    countSuccess(view.counts, command, event);
    if (command.type === 'DeleteLocal' && isCleaning(view)) view.emptied.add(folderOf(command.path));
  }
  if (!isAboutSubscription(command)) view.failed.delete(command.item);
  if (reachesDrive(command)) view.offline = false;
  if (isUpload && command.sizeBytes >= (view.refusedBytes ?? Infinity)) view.refusedBytes = null;
}

function useSignals({ signals }: View, plugin: string): void {
  const known = signals.get(plugin);
  if (known !== undefined) known.used = known.count;
}

function followPlanned(view: View, { commands }: EventOf<'Planned'>, at: number): void {
  const { pass } = view;
  for (const command of commands) {
    view.underWay.set(command.id, { command, plannedAt: at });
    if (isChange(command)) pass.changes += 1;
    if (command.reason.rule === 'closing-read') pass.closingRead = true;
  }
  pass.totals = grown(pass.totals, firstAttempts(view, commands));
  if (commands.every(isAboutSubscription)) return;
  pass.open = true;
  if (!isQuiet(view)) pass.announced = true;
}
