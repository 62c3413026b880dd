import type { HiddenAnswer } from '../model/sharing.ts';

/** The switchboard: every behaviour that varies on the live service, changeable while the simulator runs. */
export type Settings = {
  /** Added to every request before it is handled. */
  latencyMs: number;
  /** Rows per delta page before ancestors are added. */
  deltaPageSize: number;
  childrenPageSize: number;
  /** Above this a simple upload answers 413. Microsoft documents 250 MB; older pages say 4 MB. */
  simpleUploadMaxBytes: number;
  accessTokenLifetimeMs: number;
  downloadUrlLifetimeMs: number;
  uploadSessionLifetimeMs: number;
  deltaTokenLifetimeMs: number;
  /** Whether the items below a removed folder get tombstones of their own. */
  tombstoneDescendants: 'listed' | 'omitted';
  /** Whether the ancestors of every changed item stand on its delta page. */
  deltaAncestors: 'repeated' | 'omitted';
  /**
   * Whether `parentReference` of a delta row has a path. The documentation says it has none; the peer client
   * (onedrive 2.4) needs one, and worked, so the service sends it.
   */
  deltaPaths: 'present' | 'absent';
  /** How a personal drive id arrives: `mixed` in varying case, `shortened` without its leading zero. */
  driveIdForm: 'stable' | 'mixed' | 'shortened';
  /** `empty`: PATCH answers 204 without a body. */
  patchAnswer: 'item' | 'empty';
  /** `bumped`: creating an upload session changes the eTag of an existing file. */
  sessionTag: 'kept' | 'bumped';
  /**
   * What an upload session does about a taken name when the body does not say. Documented as `fail`; rclone never
   * says and overwrites files on the live service, so `replace` is played.
   */
  sessionConflict: 'replace' | 'fail';
  /** `office`: on SharePoint, Office, PDF and HTML files come back from an upload with other bytes. */
  uploadRewrite: 'never' | 'office';
  /** `visible`: on a personal drive an open session for a new name shows as an empty file, also when abandoned. */
  sessionPlaceholder: 'none' | 'visible';
  /** `absent`: the answer that opens a session leaves out `nextExpectedRanges`. */
  sessionRanges: 'present' | 'absent';
  /** `held`: a retention policy refuses to delete a folder that is not empty. */
  retention: 'none' | 'held';
  /** In which order the parts of a batch are answered. */
  batchOrder: 'reversed' | 'asSent';
  /** `readOnly`: writes to drives of other persons are refused. */
  sharedDriveAccess: 'readWrite' | 'readOnly';
  /** How what another person does not share, or not any more, is refused. */
  hiddenAnswer: HiddenAnswer;
  /** `forbidden`: the organisation allows no links that open without a login. */
  anonymousLinks: 'allowed' | 'forbidden';
  /** `unsupported`: as in national clouds, the feed answers 400. */
  deltaFeed: 'served' | 'unsupported';
  /** Whether delta links carry their token as a query or in function syntax. */
  deltaLinkForm: 'query' | 'function';
  /** How the drive tells its quota. */
  quotaForm: 'numbers' | 'absent' | 'zeros' | 'text' | 'negative';
  /** When a fragment that is no multiple of 320 KiB is refused. */
  fragmentStrictness: 'atCommit' | 'atOnce';
  /** `ignored`: a download answers 200 with everything whatever the Range. */
  downloadRanges: 'honoured' | 'ignored';
  /** Until this long after a change a file carries no hash. */
  hashDelayMs: number;
  /** `absent`: files carry no hash at all. */
  fileHashes: 'present' | 'absent';
  /** How a selected download URL is answered: on some libraries only `content.downloadUrl` works, where `neither` none does. */
  downloadUrlSelect: 'both' | 'contentOnly' | 'neither';
  /**
   * A bearer token on a pre-authenticated URL. Microsoft documents that it may answer 401; the live service is
   * tolerant enough that rclone 1.60, which always sends one, works.
   */
  authorizationOnLinks: 'refused' | 'tolerated';
  refreshRotation: 'keepsOld' | 'revokesOld';
  idToken: 'sent' | 'omitted';
  /** `reading`: the person grants no permission to write, whatever is asked for. */
  grants: 'asked' | 'reading';
  /** Whether a site tells the region that it is kept in; `refused`: whoever asks for a site is refused. */
  dataLocation: 'told' | 'withheld' | 'refused';
  /** `unknown`: the application is registered without `http://localhost`, so a login that would come back there shows AADSTS50011. */
  loopbackRedirect: 'known' | 'unknown';
  /** `single`: the application is registered in one tenant, so `common` answers AADSTS50194. */
  tenancy: 'multiple' | 'single';
  /** Requests to Graph in any minute before 429; zero = no limit. */
  throttleRequestsPerMinute: number;
  throttleRetryAfterSeconds: number;
  /** `withheld`: subscriptions live, but nothing is delivered. */
  notifications: 'delivered' | 'withheld';
  /** From the first change to its notification, in real time. */
  notificationDelayMs: number;
  subscriptionCreateErrorCode: 'ValidationError' | 'InvalidRequest';
  /** Whether the certificate of a webhook receiver has to be one that the system's store vouches for, as on the live service. */
  receiverCertificates: 'ignored' | 'checked';
  /** `notSupported`: 400 for whoever asks for a Socket.IO address, as some accounts get it. */
  socketChannel: 'served' | 'notSupported';
  /** `refused`: the host of the address answers 503 to every WebSocket. */
  socketUpgrade: 'accepted' | 'refused';
  /** How long an address is good for; the live value is not documented. */
  socketAddressLifetimeMs: number;
  socketPingIntervalMs: number;
  socketPingTimeoutMs: number;
  /** Whether the payload of a notification is an object, or a text that holds JSON. */
  socketPayload: 'object' | 'text';
};

const minuteMs = 60_000;

export function defaultSettings(): Settings {
  return {
    latencyMs: 0,
    deltaPageSize: 200,
    childrenPageSize: 200,
    simpleUploadMaxBytes: 250 * 1024 * 1024,
    accessTokenLifetimeMs: 60 * minuteMs,
    downloadUrlLifetimeMs: 60 * minuteMs,
    uploadSessionLifetimeMs: 24 * 60 * minuteMs,
    deltaTokenLifetimeMs: 30 * 24 * 60 * minuteMs,
    tombstoneDescendants: 'listed',
    deltaAncestors: 'repeated',
    deltaPaths: 'present',
    driveIdForm: 'stable',
    patchAnswer: 'item',
    sessionTag: 'kept',
    uploadRewrite: 'never',
    sessionPlaceholder: 'none',
    sessionRanges: 'present',
    retention: 'none',
    batchOrder: 'reversed',
    sharedDriveAccess: 'readWrite',
    hiddenAnswer: 'accessDenied',
    anonymousLinks: 'allowed',
    deltaFeed: 'served',
    deltaLinkForm: 'query',
    quotaForm: 'numbers',
    sessionConflict: 'replace',
    fragmentStrictness: 'atCommit',
    downloadRanges: 'honoured',
    hashDelayMs: 0,
    fileHashes: 'present',
    downloadUrlSelect: 'both',
    authorizationOnLinks: 'refused',
    refreshRotation: 'keepsOld',
    idToken: 'sent',
    grants: 'asked',
    dataLocation: 'told',
    loopbackRedirect: 'known',
    tenancy: 'multiple',
    throttleRequestsPerMinute: 0,
    throttleRetryAfterSeconds: 5,
    notifications: 'delivered',
    notificationDelayMs: 200,
    subscriptionCreateErrorCode: 'ValidationError',
    receiverCertificates: 'ignored',
    socketChannel: 'served',
    socketUpgrade: 'accepted',
    socketAddressLifetimeMs: 60 * minuteMs,
    socketPingIntervalMs: 25_000,
    socketPingTimeoutMs: 20_000,
    socketPayload: 'object',
  };
}
