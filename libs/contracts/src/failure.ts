/**
 * Failures: the world said no. A failure is data: a code, whether and when another attempt makes sense, what happened
 * in words, and the ids a service's support would ask for. `remedies` is the one list of codes.
 */
import type { RemoteRow, RemoteTombstone } from './entry.ts';

/** `soon`: seconds; `later`: minutes; `never`: not before something else changes; `stop`: the whole run ends. */
export type Retry = 'soon' | 'later' | 'never' | 'stop';

/** What each code means, and what may help; by when another attempt makes sense. */
const remedies = {
  soon: {
    /** The file or the drive item changed while it was being worked on. */
    changedMeanwhile: 'Nothing to do: it is looked at again',
    /** The drive item is no longer in the version the decision was based on. */
    preconditionFailed: 'Nothing to do: the drive was asked about the item, and the decision is made anew',
    /** Another item holds the name. */
    nameTaken: 'Nothing to do: the drive is asked which one it is; both versions are kept',
    /** The drive item or its parent is gone. */
    notFound: 'Nothing to do: the drive is asked about the item, and the decision is made anew',
    /** The local file or folder is no longer there. */
    localGone: 'Nothing to do: the folder is scanned again',
    /** The stored position in the change feed is no longer valid. */
    resyncRequired: 'Nothing to do: the whole drive is listed again and compared by content',
  },
  later: {
    /** The service asked for fewer requests. */
    throttled: 'Wait; work goes on by itself when the service allows it',
    /** The service had an internal error. */
    serviceUnavailable: 'Wait; if it lasts for hours, look at the service health page of Microsoft 365',
    /** The service could not be reached. */
    offline: 'Check the network connection, name resolution and proxy settings',
    /** The service did not answer in time. */
    timedOut: 'Check the network; see connect_timeout, data_timeout and operation_timeout',
    /** The item is locked or checked out online. */
    locked: 'Close the document or check it in',
    /** The drive is full. */
    quotaReached: 'Free space online or buy more; downloads, moves and deletions go on',
    /** The disk is full or over quota. */
    diskFull:
      'Free space in the file system of the sync folder (see space_reservation), or in that of the log if it is named',
    /** The operating system reported an input/output error. */
    diskFault: 'Check the disk (dmesg); nothing was changed',
    /** The service does not offer this for the account, or not now. */
    notSupported: 'Nothing to do: changes are found by polling, and it is tried again',
    /** The service could not reach the address at which notifications are to arrive. */
    callbackFailed:
      'The monitor says once which hop between webhook_public_url and this machine fails; tidemark doctor webhook walks the whole way',
    /** The local listener for notifications could not be opened. */
    listenerFailed:
      'Check webhook_listening_host and webhook_listening_port, and whether another program uses the port',
    /** The relay that takes in notifications for this machine could not be reached. */
    relayFailed:
      'Check relay_server, relay_nkey_file and relay_ca_file, and that `tidemark relay` runs on the public host; until then changes are found by polling',
    /** The plugin that is to do it runs in another process, and that process does not answer. */
    pluginAbsent:
      'Start it (tidemark plugin run NAME), or take it out of remote_plugins or plugin_process; it is tried again by itself',
    /** A plugin failed unexpectedly. */
    pluginFault: 'Report it with the log lines around it',
  },
  never: {
    /** The service refused access to this item. */
    accessDenied: 'Check your permissions on the item online',
    /** The service refused the request as malformed or not allowed. */
    invalidRequest:
      'Look at the name and path of the item; report it with the request id if they look ordinary',
    /** The service flags the file as malware and does not hand it out. */
    malware: 'Remove or clean the file online',
    /** The drive insists on another size or hash than its content has, or stores other bytes than were sent. */
    contentMismatch:
      'It is tried again when the item or a setting changes, after a day, or with --resync; for files that the service hands out altered (protected Office files) set disable_download_validation',
    /** A plugin could not change the content on its way between disk and drive, or did not make what the drive holds. */
    contentFailed:
      'Nothing was changed. Look at the settings of the plugin that is named, and at its key; it is tried again when the item or a setting changes, after a day, or with --resync',
    /** A step was carried out, and the item stands where it stood before. */
    noProgress:
      'Nothing is lost. It is tried again when the item changes; report it with what tidemark explain says',
    /** The drive does not tell enough of the item to sync it, or cannot list what is in it. */
    incomplete:
      'Rename or save it online, which makes the service write it anew; it is read again when it changes',
    /** The operating system refused access. */
    diskDenied: 'Check owner and permissions of the file and its folder',
    /** It is a mount point, which stays where it is, or the way leads to another file system. */
    mountBoundary:
      'Nothing is lost. Undo the change online, or repeat it on disk by hand; it is tried again when the item changes, after a day, or with --resync',
    /** The file system is read-only. */
    diskReadOnly: 'Remount it writable',
    /** The name or path is too long for the other side. */
    nameTooLong: 'Use a shorter name',
    /** The name cannot exist on the other side. */
    invalidName: 'Rename it',
    /** Another name in the same folder differs in letter case only, which the drive cannot hold. */
    caseClash: 'Rename one of the two',
    /** The local version could not be kept aside, so it was not replaced. */
    preservationFailed: 'Remove old safeBackup files beside it',
  },
  stop: {
    /** The service's certificate is not trusted by this machine. */
    tlsUntrusted:
      'Install the certificate authority in the system store, or check the clock and any intercepting proxy',
    /** There is no login, or it has expired or was revoked. */
    loginRequired: 'Log in: tidemark auth (or --reauth)',
    /** The identity platform refused the login. */
    loginRefused: 'See the AADSTS code; your administrator may have to allow the application',
    /** The drive does not exist or you have no access to it. */
    driveNotFound: 'Check drive_id in the config file',
    /** The sync folder is missing or another one than before. */
    rootSuspended: 'Mount or restore it; if the change is intended, run with --resync',
    /** Another process syncs the folder, a folder in it, or one around it. */
    rootBusy: 'Stop the other one, or give each profile a folder of its own, not one in the other: sync_dir',
    /** The sync folder holds files of our own, or lies among them. */
    rootUnfit:
      'Nothing was synced. Give sync_dir a folder with nothing of Tidemark in it or around it, or move what is named here elsewhere (see --confdir, log_dir, recycle_bin_path, plugins)',
    /** The drive came back empty, or without most of what was agreed, and said of no item that it was deleted. */
    driveSuspended:
      'Look at the drive online. To send what is on disk again run with --resync; if the loss is intended, with --force',
    /** More deletions are pending than classify_as_big_delete allows. */
    massDelete: 'Look at them with tidemark status; confirm with tidemark apply and the hash that it shows',
    /** Both sides agreed on content that a plugin had changed on its way, and this run does not have that plugin, or another key. */
    contentPluginMissing:
      'Nothing was changed. Give the run that plugin and its key again; or run once with --resync to go on without, which leaves what is on the drive as the plugin made it',
    /** The event log is damaged or older than its witness. */
    logDamaged: 'Both sides are compared by content; nothing is deleted in that run',
    /** The event log was written by a newer version of Tidemark. */
    logTooNew: 'Use that version again; nothing was changed',
    /** The program went on without serving a timer, a transfer or a signal, and was ended. */
    starved:
      'Report it with the log lines before it. Nothing is lost: the next run finds what was left, as after a power failure',
  },
} as const satisfies Record<Retry, Record<string, string>>;

type Remedies = typeof remedies;
export type FailureCode = { [When in Retry]: keyof Remedies[When] }[Retry];

export const failureGuide = Object.fromEntries(
  Object.entries(remedies).flatMap(([retry, codes]) =>
    Object.entries(codes).map(([code, remedy]) => [code, { retry, remedy }]),
  ),
) as { readonly [Code in FailureCode]: { readonly retry: Retry; readonly remedy: string } };

/** Permissions and mounts: mending them causes no event of the disk, so a monitor has to try again on a timer. */
export const isForbiddenUnseen = (code: FailureCode): boolean =>
  code === 'accessDenied' || code === 'diskDenied' || code === 'diskReadOnly';

export interface FailureDetails {
  readonly code: FailureCode;
  /** What happened, starting with the action: `Cannot upload "a/b.txt": …`. No secrets. */
  readonly detail: string;
  /** Wait at least this long before another attempt, when the service said so. */
  readonly afterMs?: number;
  /** Graph's `request-id`, when there was an answer. */
  readonly requestId?: string;
  /** What the service said, for blocks that programs read. Harmless text, but not ours. */
  readonly answer?: ServiceAnswer;
}

export interface ServiceAnswer {
  readonly status: number;
  /** As the service spells it: `ValidationError`. */
  readonly code: string;
  readonly message: string;
}

/** The throwable form. Handlers and adapters throw it; the host records `details` as an event. */
export class Failure extends Error {
  readonly details: FailureDetails;
  /** What the drive showed of the one item that the failure is about, when it was asked. */
  readonly remote: RemoteRow | RemoteTombstone | undefined;
  constructor(
    details: FailureDetails,
    options?: { readonly cause?: unknown; readonly remote?: RemoteRow | RemoteTombstone },
  ) {
    super(details.detail, options);
    this.name = 'Failure';
    this.details = details;
    this.remote = options?.remote;
  }
  get code(): FailureCode {
    return this.details.code;
  }
}
