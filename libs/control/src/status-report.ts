/**
 * The status report: what a user, a script or a user interface is told about one profile. A running daemon gives it over its
 * control socket; without one the command makes the same report from the log, with the live fields null.
 *
 * Fields are added within a version; one that is renamed, removed or given another meaning needs the next version.
 */
import { z } from 'zod';

export const statusSchemaVersion = 1;

/** RFC 3339 in UTC; null when it has not happened, or when it is no longer known. */
const time = z.nullable(z.string());
const count = z.int().nonnegative();

const failure = z.nullable(
  z.object({
    /** A code of the list in libs/contracts. */
    code: z.string(),
    detail: z.string(),
  }),
);

const item = z.object({
  path: z.string(),
  standing: z.enum(['pending', 'waiting', 'problem', 'ignored', 'blocked', 'held']),
  /** Why, in words. */
  detail: z.string(),
  failure,
});

const look = z.object({
  /** When the last complete look at this side ended. */
  lastAt: time,
  /** When the next one is due although no change was told. Only live. */
  dueAt: time,
  isUnderWay: z.boolean(),
  /** Why the last look failed. */
  failure,
});

const command = z.object({
  type: z.string(),
  path: z.string(),
  /** Of a transfer, as far as it has told. */
  doneBytes: z.nullable(count),
  totalBytes: z.nullable(count),
});

const channel = z.object({
  /** How the service tells of changes. `polling`: it does not, and is asked at intervals. */
  type: z.enum(['webhook', 'socketio', 'polling']),
  /** `open`: changes are told. `opening`, `broken`: polling alone finds them at the moment. */
  state: z.enum(['open', 'opening', 'broken', 'off']),
  /** Where a webhook's subscription is in its life; a state of the chart in libs/machines. */
  subscription: z.nullable(z.string()),
  expiresAt: time,
  /** Notifications that were ours. */
  signals: count,
  /** Notifications that were not. */
  forged: count,
  /** Requests to the webhook that were refused unread: too large, too slow, of another method, … */
  refused: count,
  detail: z.nullable(z.string()),
  /**
   * When the service could not reach the webhook: the first check of `doctor webhook` that fails, as far as the daemon can see it
   * from inside. null when it was not looked for, and as soon as there is a subscription.
   */
  firstFailure: z.nullable(
    z.object({ check: z.string(), detail: z.string(), remedy: z.nullable(z.string()) }),
  ),
});

const figures = { succeeded: count, failed: count, totalMs: z.number() };
const figuresByType = z.array(z.object({ type: z.string(), ...figures }));

const remotePlugin = z.object({
  name: z.string(),
  state: z.enum(['present', 'absent']),
  /** As it said last; null before its first hello in this run. */
  version: z.nullable(z.string()),
  /** Commands that wait for it or are with it. */
  commands: count,
  /** What it did wrong in this run, and the last of it. */
  faults: count,
  lastFault: z.nullable(z.string()),
  /** Why it is absent, and what to do about it; null while it is there. */
  absence: z.nullable(z.object({ detail: z.string(), remedy: z.string() })),
  /** What it declared; null before its first hello. */
  needs: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
  /** What it did in this run, by its own count; null where it does not count. */
  work: z.optional(
    z.nullable(
      z.object({
        startMs: z.nullable(z.number()),
        commands: figuresByType,
        reactions: figuresByType,
        requests: z.object(figures),
        faults: count,
        lastFault: z.nullable(z.string()),
        lastFailure: z.nullable(z.string()),
      }),
    ),
  ),
});

const plugin = z.object({
  name: z.string(),
  version: z.string(),
  /** What it was granted, by the names of the SDK: `true`, `read`, `write`, or host names. */
  needs: z.record(z.string(), z.unknown()),
  /** Milliseconds until it was ready; null before that. */
  startMs: z.nullable(z.number()),
  /** What its handlers did in this run: how often, and for how long in all, without those that they call with `next`. */
  commands: figuresByType,
  /** The same of its reactions, and of the requests that it sent: failed are those without an answer. */
  reactions: z.optional(figuresByType),
  requests: z.optional(z.object(figures)),
  /** What it did wrong in this run, and the last of it. */
  faults: count,
  lastFault: z.nullable(z.string()),
  /** Why the last of its commands that failed did. */
  lastFailure: z.nullable(z.string()),
});

const daemon = z.object({
  pid: count,
  startedAt: z.string(),
  /** When the settings in use were read. */
  settingsReadAt: z.string(),
  /** How much of the log the start has read; null once it has read all. `of` null: its files are being checked. */
  reading: z.nullable(z.object({ events: count, of: z.nullable(count) })),
  /** Changes on disk are told at once. */
  isWatching: z.boolean(),
  /** Why only a part of the folder is watched. */
  watchLimit: z.nullable(z.string()),
  /** Since when the service has not been reachable. */
  offlineSince: time,
  channel,
  /** Those of `remote_plugins`, which run in other processes. Empty between two runs. */
  remotePlugins: z.array(remotePlugin),
  /** Those of the daemon itself. Empty between two runs. */
  plugins: z.optional(z.array(plugin)),
  /** What is being done, at most as many as were asked for. */
  underWay: z.array(command),
  underWayCount: count,
  /** When something that waits is tried again, or a side is looked at. */
  nextDueAt: time,
  /** Since the daemon started. */
  counters: z.object({
    runs: count,
    reloads: count,
    succeeded: count,
    failed: count,
    uploadedFiles: count,
    uploadedBytes: count,
    downloadedFiles: count,
    downloadedBytes: count,
  }),
});

/** What waits for a confirmation because there is much of it at once, and the hash that the confirmation names. */
const held = z.object({
  hash: z.string(),
  /** Gone from the disk. */
  deletionsOnDrive: count,
  /** Gone from the drive. */
  deletionsOnDisk: count,
  /** Files that were rewritten on disk. */
  replacementsOnDrive: count,
});

/** What others share, in the sync folder. Each has a log of its own. */
const shared = z.object({
  path: z.string(),
  /** `files`: the folder of single files. They are downloaded and nothing else. */
  kind: z.enum(['folder', 'files']),
  /** `left`: its shortcut is gone, and it stays as it is. `unreachable`: its owner may have ended the sharing. */
  standing: z.enum(['synced', 'left', 'unreachable']),
  logFolder: z.string(),
  /** Without those that are left out. */
  items: count,
  notInSync: count,
  /** Some of them, by their paths in the sync folder. */
  notAtRest: z.array(item),
  /** Absent: nothing in it waits for a confirmation. */
  held: z.optional(held),
});

export const statusReportSchema = z.object({
  schema: z.literal(statusSchemaVersion),
  /**
   * `paused`: nothing is changed on either side until the pauses end; both are looked at.
   * `neverSynced`: there is no log. `stopped`: no daemon runs; the report is as of the last run. `starting`: not ready for the first
   * look. `syncing`: something is under way. `idle`: nothing is. `offline`: the service cannot be reached. `suspended`: one side
   * cannot be trusted, or the state folder takes no writes, and until then nothing is changed on either side. `stopping`.
   */
  state: z.enum([
    'neverSynced',
    'stopped',
    'starting',
    'syncing',
    'idle',
    'offline',
    'suspended',
    'paused',
    'stopping',
  ]),
  /** True only when every item in scope is the same on both sides, as far as the last complete looks tell. */
  inSync: z.boolean(),
  version: z.string(),
  folder: z.string(),
  logFolder: z.string(),
  drive: z.nullable(z.object({ id: z.string(), kind: z.string() })),
  /** The last event in the log. */
  seq: count,
  items: count,
  atRest: count,
  /** Items that are meant to be synced and are not: those of every standing but `ignored`. */
  notInSync: count,
  /** Conflicts of which both versions are still there. Null: not known, since the log is too long to be read for it. */
  conflicts: z.nullable(count),
  /** When something was last changed on either side. Null: never, as far as the log was read. */
  lastChangeAt: time,
  /** How many of each standing. */
  standings: z.record(item.shape.standing, count),
  /** Sorted by path, at most as many as were asked for. */
  notAtRest: z.array(item),
  /** How many more there are. */
  notShown: count,
  held: z.nullable(held),
  /** What is on disk and cannot be synced. */
  oddities: z.array(z.object({ path: z.string(), code: z.string(), detail: z.string() })),
  /** Why the run ended, or why it cannot go on. */
  halted: failure,
  /** Pauses that hold for a daemon, each with its reason. `until` null: its end is not a matter of time. */
  pauses: z.array(z.object({ why: z.enum(['user', 'metered', 'battery']), since: z.string(), until: time })),
  /** Shared folders; absent where there are none. The figures above are of the own drive alone, `inSync` is of both. */
  shared: z.optional(z.array(shared)),
  /** Plugins whose facts the run waits for before it changes anything. */
  factsAwaited: z.optional(z.array(z.string())),
  /** What a daemon waits for while it is suspended. */
  suspended: failure,
  looks: z.object({ remote: look, local: look }),
  /** null without a daemon. */
  daemon: z.nullable(daemon),
});

export type StatusReport = z.output<typeof statusReportSchema>;
export type DaemonReport = z.output<typeof daemon>;
export type ChannelReport = z.output<typeof channel>;

export const readingText = ({ events, of }: NonNullable<DaemonReport['reading']>): string =>
  of === null ? 'checking the files of the log' : `reading the log, ${events} of ${of} events`;

/** What a daemon does, in words; they follow "State:" or stand alone. */
export const stateTexts: Readonly<Record<StatusReport['state'], string>> = {
  neverSynced: 'nothing has been synced yet',
  stopped: 'not running',
  starting: 'starting',
  syncing: 'syncing',
  idle: 'waiting for changes',
  offline: 'waiting for the network',
  suspended: 'suspended, nothing is changed on either side',
  paused: 'paused, nothing is changed on either side',
  stopping: 'stopping',
};

export const healthSchema = z.object({
  schema: z.literal(statusSchemaVersion),
  /** The loop came round when it was asked to, or the daemon is busy starting. */
  isAlive: z.boolean(),
  state: statusReportSchema.shape.state,
  detail: z.nullable(z.string()),
});
export type Health = z.output<typeof healthSchema>;

/** What an order led to. `lines`: what the user should read. */
export const orderAnswerSchema = z.object({
  schema: z.literal(statusSchemaVersion),
  isAccepted: z.boolean(),
  lines: z.array(z.string()),
});
export type OrderAnswer = z.output<typeof orderAnswerSchema>;
