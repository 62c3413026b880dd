/** The status report of a profile: from a state, live or folded from the log, and from what a living daemon knows besides. */
import type { FailureDetails, LocalOddity, Policy } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import type { DaemonReport, StatusReport } from '@tidemark/control';
import { statusSchemaVersion } from '@tidemark/control';
import type { State } from '@tidemark/engine';
import { nextDueAt, statusOf } from '@tidemark/engine';
import type { PluginDescription, RemotePluginDescription } from '@tidemark/plugin-host';
import { nothingPast, type PastFacts } from '../log-facts.ts';
import type { Profile } from '../profile.ts';
import { logFolder } from '../profile.ts';
import type { Figures } from './live-view.ts';

export interface LiveFacts {
  readonly phase: 'starting' | 'syncing' | 'idle' | 'offline' | 'suspended' | 'paused' | 'stopping';
  /** Why one side cannot be trusted; null when both can. */
  readonly suspended: FailureDetails | null;
  readonly figures: Figures;
  readonly pid: number;
  /** Milliseconds since 1970, both. */
  readonly startedAt: number;
  readonly settingsReadAt: number;
  readonly reading: DaemonReport['reading'];
  readonly plugins: readonly PluginDescription[];
  readonly elsewhere: readonly RemotePluginDescription[];
  /** Null while no run is on. */
  readonly looksDueAt: { readonly remote: number | null; readonly local: number | null } | null;
}

/** `state` null: nothing was ever synced. `live` null: no daemon runs. */
export function statusReport(
  profile: Profile,
  state: State | null,
  live: LiveFacts | null,
  itemsMax: number,
  past: PastFacts = nothingPast,
  shared: NonNullable<StatusReport['shared']> = [],
): StatusReport {
  const status = state === null ? null : statusOf(state);
  const notAtRest = status?.notAtRest ?? [];
  const standings = { pending: 0, waiting: 0, problem: 0, ignored: 0, blocked: 0, held: 0 };
  for (const { standing } of notAtRest) standings[standing] += 1;
  const open = notAtRest.length - standings.ignored;
  return {
    schema: statusSchemaVersion,
    state: live?.phase ?? (state === null ? 'neverSynced' : 'stopped'),
    inSync:
      state !== null &&
      state.started !== null &&
      state.remote.lastAt !== null &&
      state.local.lastAt !== null &&
      state.halted === null &&
      state.factsAwaited.size === 0 &&
      (live?.suspended ?? null) === null &&
      open === 0 &&
      !shared.some(({ standing, notInSync }) => standing === 'synced' && notInSync > 0) &&
      !(status?.oddities ?? []).some(({ code }) => holdsData.has(code)),
    version: profile.version,
    folder: profile.settings.sync_dir,
    logFolder: logFolder(profile),
    drive: state?.started == null ? null : { id: state.started.drive.id, kind: state.started.drive.kind },
    seq: state?.seq ?? 0,
    items: status?.items ?? 0,
    atRest: status?.atRest ?? 0,
    notInSync: open,
    conflicts: past.conflicts,
    lastChangeAt: timeOf(past.lastChangeAt),
    standings,
    notAtRest: notAtRest.slice(0, itemsMax).map(({ path, standing, detail, failure }) => ({
      path,
      standing,
      detail,
      failure: shortFailure(failure),
    })),
    notShown: Math.max(0, notAtRest.length - itemsMax),
    held: status?.held ?? null,
    oddities: status?.oddities.map(({ path, code, detail }) => ({ path, code, detail })) ?? [],
    halted: shortFailure(status?.halted ?? null),
    pauses: [...(state?.pauses.values() ?? [])].map(({ why, since, until }) => ({
      ...{ why, since: requiredTime(since), until: timeOf(until) },
    })),
    ...(shared.length > 0 && { shared }),
    ...(status !== null && status.factsAwaited.length > 0 && { factsAwaited: [...status.factsAwaited] }),
    suspended: shortFailure(live?.suspended ?? null),
    looks: { remote: look(state, 'remote', live), local: look(state, 'local', live) },
    daemon: live === null || state === null ? null : daemonReport(state, live, itemsMax),
  };
}

/** Oddities that a user may have saved something in. */
const holdsData: ReadonlySet<LocalOddity['code']> = new Set(['notUtf8', 'unreadable']);

function look(
  state: State | null,
  side: 'remote' | 'local',
  live: LiveFacts | null,
): StatusReport['looks']['remote'] {
  return {
    lastAt: timeOf(state?.[side].lastAt ?? null),
    dueAt: timeOf(live?.looksDueAt?.[side] ?? null),
    isUnderWay: live !== null && state !== null && state[side].look.command !== null,
    failure: shortFailure(state?.[side].look.failure ?? null),
  };
}

function daemonReport(state: State, live: LiveFacts, itemsMax: number): DaemonReport {
  const { figures } = live;
  const { runs, reloads, succeeded, failed, uploadedFiles, uploadedBytes, downloadedFiles, downloadedBytes } =
    figures;
  const looking = [state.remote.look.command, state.local.look.command, state.subscription.underWay];
  const underWay = [...looking.filter((command) => command !== null), ...state.inFlight.values()];
  return {
    pid: live.pid,
    startedAt: requiredTime(live.startedAt),
    settingsReadAt: requiredTime(live.settingsReadAt),
    reading: live.reading,
    isWatching: figures.isWatching,
    watchLimit: figures.watchLimit,
    offlineSince: timeOf(figures.offlineSince),
    channel: channelOf(state, figures),
    remotePlugins: live.elsewhere.map(remotePlugin),
    plugins: live.plugins.map(
      ({ name, version, needs, startMs, commands, reactions, requests, ...wrong }) => ({
        ...{ name, version, needs: { ...needs }, startMs, commands: [...commands] },
        ...{ reactions: [...reactions], requests },
        ...{ faults: wrong.faults, lastFault: wrong.lastFault, lastFailure: wrong.lastFailure },
      }),
    ),
    underWay: underWay.slice(0, itemsMax).map(({ id, type, path }) => {
      const transfer = figures.transfers.get(id);
      return {
        type,
        path,
        doneBytes: transfer?.doneBytes ?? null,
        totalBytes: transfer?.totalBytes ?? null,
      };
    }),
    underWayCount: underWay.length,
    nextDueAt: timeOf(live.looksDueAt === null ? null : nextDueAt(state)),
    counters: {
      runs,
      reloads,
      succeeded,
      failed,
      uploadedFiles,
      uploadedBytes,
      downloadedFiles,
      downloadedBytes,
    },
  };
}

function remotePlugin(plugin: RemotePluginDescription): DaemonReport['remotePlugins'][number] {
  const { name, state, version, commands, faults, lastFault, absence, needs, work } = plugin;
  const { remedy } = failureGuide.pluginAbsent;
  return {
    ...{ name, state, version, commands, faults, lastFault, needs, work },
    absence: absence === null ? null : { detail: absence, remedy },
  };
}

function channelOf({ started, subscription }: State, { channel }: Figures): DaemonReport['channel'] {
  const { signals, forged, detail } = channel;
  const refused = Object.values(channel.refused).reduce((sum, one) => sum + one, 0);
  const { activity } = subscription;
  const wanted = channelType(started?.policy ?? null, started?.plugins.map(({ name }) => name) ?? []);
  const common = { signals, forged, refused, subscription: null, expiresAt: null, firstFailure: null };
  if (wanted === 'polling') return { ...common, type: wanted, state: 'off', detail: null };
  if (wanted === 'socketio') return { ...common, type: wanted, state: channel.state, detail };
  const isHeld = activity.state === 'active' || activity.state === 'renewing';
  // Of a line that is down nothing comes, however well the subscription is.
  const isBroken = activity.state === 'backingOff' || channel.state === 'broken';
  return {
    ...common,
    type: wanted,
    state: isBroken ? 'broken' : isHeld ? 'open' : 'opening',
    subscription: activity.state,
    expiresAt: timeOf(activity.expiresAt),
    detail: activity.failure?.detail ?? detail,
    firstFailure: isHeld ? null : channel.firstFailure,
  };
}

function channelType(policy: Policy | null, plugins: readonly string[]): DaemonReport['channel']['type'] {
  if (policy !== null && policy.pace.subscription !== null) return 'webhook';
  return plugins.includes('socketio') ? 'socketio' : 'polling';
}

const shortFailure = (failure: FailureDetails | null): StatusReport['halted'] =>
  failure === null ? null : { code: failure.code, detail: failure.detail };

const requiredTime = (at: number): string => new Date(at).toISOString();
const timeOf = (at: number | null): string | null => (at === null ? null : requiredTime(at));
