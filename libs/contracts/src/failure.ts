/**
 * Failures: the world said no. A failure is data: a code, whether and when another attempt makes sense, what happened
 * in words, and the ids a service's support would ask for. `failureGuide` is the one list of codes.
 */
import type { RemoteRow, RemoteTombstone } from './entry.ts';

/** `soon`: seconds; `later`: minutes; `never`: not before something else changes; `stop`: the whole run ends. */
export type Retry = 'soon' | 'later' | 'never' | 'stop';

export interface FailureGuide {
  readonly retry: Retry;
  readonly meaning: string;
  readonly remedy: string;
}

export const failureGuide = {
  changedMeanwhile: {
    retry: 'soon',
    meaning: 'The file or the drive item changed while it was being worked on',
    remedy: 'Nothing to do: it is looked at again',
  },
  preconditionFailed: {
    retry: 'soon',
    meaning: 'The drive item is no longer in the version the decision was based on',
    remedy: 'Nothing to do: the drive was asked about the item, and the decision is made anew',
  },
  nameTaken: {
    retry: 'soon',
    meaning: 'Another item holds the name',
    remedy: 'Nothing to do: the drive is asked which one it is; both versions are kept',
  },
  notFound: {
    retry: 'soon',
    meaning: 'The drive item or its parent is gone',
    remedy: 'Nothing to do: the drive is asked about the item, and the decision is made anew',
  },
  localGone: {
    retry: 'soon',
    meaning: 'The local file or folder is no longer there',
    remedy: 'Nothing to do: the folder is scanned again',
  },
  throttled: {
    retry: 'later',
    meaning: 'The service asked for fewer requests',
    remedy: 'Wait; work goes on by itself when the service allows it',
  },
  serviceUnavailable: {
    retry: 'later',
    meaning: 'The service had an internal error',
    remedy: 'Wait; if it lasts for hours, look at the service health page of Microsoft 365',
  },
  offline: {
    retry: 'later',
    meaning: 'The service could not be reached',
    remedy: 'Check the network connection, name resolution and proxy settings',
  },
  tlsUntrusted: {
    retry: 'stop',
    meaning: "The service's certificate is not trusted by this machine",
    remedy:
      'Install the certificate authority in the system store, or check the clock and any intercepting proxy',
  },
  timedOut: {
    retry: 'later',
    meaning: 'The service did not answer in time',
    remedy: 'Check the network; see data_timeout and operation_timeout',
  },
  accessDenied: {
    retry: 'never',
    meaning: 'The service refused access to this item',
    remedy: 'Check your permissions on the item online',
  },
  invalidRequest: {
    retry: 'never',
    meaning: 'The service refused the request as malformed or not allowed',
    remedy: 'Look at the name and path of the item; report it with the request id if they look ordinary',
  },
  locked: {
    retry: 'later',
    meaning: 'The item is locked or checked out online',
    remedy: 'Close the document or check it in',
  },
  quotaReached: {
    retry: 'later',
    meaning: 'The drive is full',
    remedy: 'Free space online or buy more; downloads, moves and deletions go on',
  },
  malware: {
    retry: 'never',
    meaning: 'The service flags the file as malware and does not hand it out',
    remedy: 'Remove or clean the file online',
  },
  contentMismatch: {
    retry: 'never',
    meaning:
      'The drive insists on another size or hash than its content has, or stores other bytes than were sent',
    remedy:
      'It is tried again when the item or a setting changes, after a day, or with --resync; for files that the service hands out altered (protected Office files) set disable_download_validation',
  },
  noProgress: {
    retry: 'never',
    meaning: 'A step was carried out, and the item stands where it stood before',
    remedy:
      'Nothing is lost. It is tried again when the item changes; report it with what tidemark explain says',
  },
  incomplete: {
    retry: 'never',
    meaning: 'The drive does not tell enough of the item to sync it, or cannot list what is in it',
    remedy:
      'Rename or save it online, which makes the service write it anew; it is read again when it changes',
  },
  resyncRequired: {
    retry: 'soon',
    meaning: 'The stored position in the change feed is no longer valid',
    remedy: 'Nothing to do: the whole drive is listed again and compared by content',
  },
  loginRequired: {
    retry: 'stop',
    meaning: 'The login has expired or was revoked',
    remedy: 'Log in again: tidemark auth (or --reauth)',
  },
  loginRefused: {
    retry: 'stop',
    meaning: 'The identity platform refused the login',
    remedy: 'See the AADSTS code; your administrator may have to allow the application',
  },
  driveNotFound: {
    retry: 'stop',
    meaning: 'The drive does not exist or you have no access to it',
    remedy: 'Check drive_id in the config file',
  },
  diskFull: {
    retry: 'later',
    meaning: 'The disk is full or over quota',
    remedy:
      'Free space in the file system of the sync folder (see space_reservation), or in that of the log if it is named',
  },
  diskDenied: {
    retry: 'never',
    meaning: 'The operating system refused access',
    remedy: 'Check owner and permissions of the file and its folder',
  },
  mountBoundary: {
    retry: 'never',
    meaning: 'It is a mount point, which stays where it is, or the way leads to another file system',
    remedy:
      'Nothing is lost. Undo the change online, or repeat it on disk by hand; it is tried again when the item changes, after a day, or with --resync',
  },
  diskReadOnly: { retry: 'never', meaning: 'The file system is read-only', remedy: 'Remount it writable' },
  diskFault: {
    retry: 'later',
    meaning: 'The operating system reported an input/output error',
    remedy: 'Check the disk (dmesg); nothing was changed',
  },
  nameTooLong: {
    retry: 'never',
    meaning: 'The name or path is too long for the other side',
    remedy: 'Use a shorter name',
  },
  invalidName: { retry: 'never', meaning: 'The name cannot exist on the other side', remedy: 'Rename it' },
  caseClash: {
    retry: 'never',
    meaning: 'Another name in the same folder differs in letter case only, which the drive cannot hold',
    remedy: 'Rename one of the two',
  },
  rootSuspended: {
    retry: 'stop',
    meaning: 'The sync folder is missing or another one than before',
    remedy: 'Mount or restore it; if the change is intended, run with --resync',
  },
  driveSuspended: {
    retry: 'stop',
    meaning:
      'The drive came back empty, or without most of what was agreed, and said of no item that it was deleted',
    remedy:
      'Look at the drive online. To send what is on disk again run with --resync; if the loss is intended, with --force',
  },
  massDelete: {
    retry: 'stop',
    meaning: 'More deletions are pending than classify_as_big_delete allows',
    remedy: 'Look at them with tidemark status; confirm with tidemark apply and the hash that it shows',
  },
  preservationFailed: {
    retry: 'never',
    meaning: 'The local version could not be kept aside, so it was not replaced',
    remedy: 'Remove old safeBackup files beside it',
  },
  logDamaged: {
    retry: 'stop',
    meaning: 'The event log is damaged or older than its witness',
    remedy: 'Both sides are compared by content; nothing is deleted in that run',
  },
  notSupported: {
    retry: 'later',
    meaning: 'The service does not offer this for the account, or not now',
    remedy: 'Nothing to do: changes are found by polling, and it is tried again',
  },
  callbackFailed: {
    retry: 'later',
    meaning: 'The service could not reach the address at which notifications are to arrive',
    remedy:
      'The monitor says once which hop between webhook_public_url and this machine fails; tidemark doctor webhook walks the whole way',
  },
  listenerFailed: {
    retry: 'later',
    meaning: 'The local listener for notifications could not be opened',
    remedy:
      'Check webhook_listening_host and webhook_listening_port, and whether another program uses the port',
  },
  relayFailed: {
    retry: 'later',
    meaning: 'The relay that takes in notifications for this machine could not be reached',
    remedy:
      'Check relay_server, relay_nkey_file and relay_ca_file, and that `tidemark relay` runs on the public host; until then changes are found by polling',
  },
  logTooNew: {
    retry: 'stop',
    meaning: 'The event log was written by a newer version of Tidemark',
    remedy: 'Use that version again; nothing was changed',
  },
  pluginAbsent: {
    retry: 'later',
    meaning: 'The plugin that is to do it runs in another process, and that process does not answer',
    remedy:
      'Start it (tidemark plugin run NAME), or take it out of remote_plugins; it is tried again by itself',
  },
  starved: {
    retry: 'stop',
    meaning: 'The program went on without serving a timer, a transfer or a signal, and was ended',
    remedy:
      'Report it with the log lines before it. Nothing is lost: the next run finds what was left, as after a power failure',
  },
  pluginFault: {
    retry: 'later',
    meaning: 'A plugin failed unexpectedly',
    remedy: 'Report it with the log lines around it',
  },
} as const satisfies Record<string, FailureGuide>;

export type FailureCode = keyof typeof failureGuide;

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
