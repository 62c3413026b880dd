/** From settings to policy: what steers decisions, as it goes into the log. */
import type { DriveInfo, FilterPolicy, Pace, Policy } from '@tidemark/contracts';
import { paceOnce } from '@tidemark/contracts';
import { canDeleteForGood } from '@tidemark/graph';
import type { Settings } from '@tidemark/settings';

export interface PolicyFacts {
  readonly settings: Settings;
  readonly syncList: string | null;
  readonly singleDirectory: string | null;
  readonly hostName: string;
  readonly massDeleteConfirmed: boolean;
  readonly driveKind: DriveInfo['kind'];
  readonly monitoring: boolean;
  /** Why what was agreed is forgotten; null or absent: it is not. */
  readonly forget?: string | null;
  /** Of a shared folder: where it lies in the sync folder around it. */
  readonly below?: string | undefined;
}

/** Why a run forgets what was agreed when its user wants that; any other reason is a doubt of ours. */
export const resyncAsked = 'a resync was asked for';

export function policyFrom(facts: PolicyFacts): Policy {
  const { settings, forget = null } = facts;
  // After a doubt nothing is deleted, not even what one side alone has where the other is the truth.
  const isSure = forget === null || forget === resyncAsked;
  return {
    direction: directionFrom(settings),
    localFirst: settings.local_first,
    ...(isSure && settings.mirror_local_state && settings.local_first && !settings.upload_only
      ? { mirrorLocal: true as const }
      : {}),
    keepRemote: settings.no_remote_delete,
    ...(deletesForGood(settings, facts.driveKind) && { deletesForGood: true as const }),
    ...removeSourceFrom(settings),
    cleanupLocal: isSure && settings.cleanup_local_files,
    bypassPreservation: settings.bypass_data_preservation,
    hostName: facts.hostName,
    massDeleteMax: settings.classify_as_big_delete,
    massDeletePercent: settings.mass_delete_fraction,
    massDeleteWindowMs: settings.mass_change_window * 1000,
    massRewritePercent: settings.mass_rewrite_fraction,
    massDeleteConfirmed: facts.massDeleteConfirmed,
    commandsInFlightMax: settings.commands_in_flight,
    ...(settings.transfer_order === 'default' ? {} : { transferOrder: settings.transfer_order }),
    ...(settings.disable_download_validation || settings.disable_upload_validation
      ? { takesMismatches: true as const }
      : {}),
    attemptsMax: attemptsMax,
    pathLengthMax: facts.driveKind === 'personal' ? 430 : 400,
    pace: paceFrom(facts),
    ...(facts.below !== undefined && { below: facts.below }),
    filter: filterFrom(facts),
  };
}

export const directionFrom = (settings: Settings): Policy['direction'] =>
  settings.download_only ? 'download' : settings.upload_only ? 'upload' : 'both';

/** Asked for, and the service can. */
const deletesForGood = (
  { permanent_delete: isWanted, azure_ad_endpoint: cloud }: Settings,
  kind: DriveInfo['kind'],
): boolean => isWanted && canDeleteForGood(cloud === '' ? 'global' : cloud, kind);

/** Each of the two needs the one before it; the settings refuse anything else. */
function removeSourceFrom(settings: Settings): Pick<Policy, 'removeSource'> {
  if (!settings.upload_only || !settings.remove_source_files) return {};
  return { removeSource: settings.remove_source_folders ? 'folders' : 'files' };
}

/** About half a minute of seconds-long waits, a few minutes where the service asks for them. */
const attemptsMax = 4;
function paceFrom({ settings, monitoring }: PolicyFacts): Pace {
  if (!monitoring) return paceOnce;
  const subscribes = settings.webhook_enabled && !settings.upload_only;
  return {
    mode: 'continuous',
    pollIntervalMs: settings.monitor_interval * 1000,
    scanIntervalMs: settings.monitor_interval * scansPerPoll * 1000,
    fullRoundEvery: settings.monitor_fullscan_frequency,
    deletionDelayMs,
    ...(settings.cleanup_local_files && {
      cleanupAfter: looksThatCount[settings.monitor_authoritative_sync],
    }),
    subscription: subscribes
      ? {
          url: settings.webhook_public_url,
          lifetimeMs: settings.webhook_expiration_interval * 1000,
          renewBeforeMs: settings.webhook_renewal_interval * 1000,
          retryMs: settings.webhook_retry_interval * 1000,
        }
      : null,
  };
}

const looksThatCount = {
  monitor_and_signal: 'any',
  monitor_interval: 'due',
  monitor_fullscan_frequency: 'full',
} as const;

/** The disk is scanned as often as the drive is polled: watching may miss things silently. */
const scansPerPoll = 1;
/** Programs that save by deleting a file write it anew within some 100 ms; a user does not feel a second. */
const deletionDelayMs = 1000;
const bytesPerMegabyte = 1024 * 1024;

export function filterFrom({
  settings,
  syncList,
  singleDirectory,
  driveKind,
}: Pick<PolicyFacts, 'settings' | 'syncList' | 'singleDirectory' | 'driveKind'>): FilterPolicy {
  return {
    accountKind: driveKind === 'documentLibrary' ? 'sharepoint' : driveKind,
    skipFile: settings.skip_file.join('|'),
    skipDir: settings.skip_dir.join('|'),
    skipDirStrictMatch: settings.skip_dir_strict_match,
    skipDotfiles: settings.skip_dotfiles,
    skipSymlinks: settings.skip_symlinks,
    checkNosync: settings.check_nosync,
    skipSizeBytes: settings.skip_size * bytesPerMegabyte,
    syncRootFiles: settings.sync_root_files,
    syncList,
    singleDirectory: singleDirectory === null ? null : trimSlashes(singleDirectory),
  };
}

const trimSlashes = (path: string): string => path.replace(/^(\.?\/)+|\/+$/g, '');
