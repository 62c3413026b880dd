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
  /** `mixed`: a personal drive id arrives in varying case. */
  driveIdCasing: 'stable' | 'mixed';
  /** `empty`: PATCH answers 204 without a body. */
  patchAnswer: 'item' | 'empty';
  /** `bumped`: creating an upload session changes the eTag of an existing file. */
  sessionTag: 'kept' | 'bumped';
  /**
   * What an upload session does about a taken name when the body does not say. Documented as `fail`; rclone never
   * says and overwrites files on the live service, so `replace` is played.
   */
  sessionConflict: 'replace' | 'fail';
  /** When a fragment that is no multiple of 320 KiB is refused. */
  fragmentStrictness: 'atCommit' | 'atOnce';
  /** `ignored`: a download answers 200 with everything whatever the Range. */
  downloadRanges: 'honoured' | 'ignored';
  /** `absent`: files carry no hash at all. */
  fileHashes: 'present' | 'absent';
  /** How a selected download URL is answered: on some libraries only `content.downloadUrl` works. */
  downloadUrlSelect: 'both' | 'contentOnly';
  /**
   * A bearer token on a pre-authenticated URL. Microsoft documents that it may answer 401; the live service is
   * tolerant enough that rclone 1.60, which always sends one, works.
   */
  authorizationOnLinks: 'refused' | 'tolerated';
  refreshRotation: 'keepsOld' | 'revokesOld';
  idToken: 'sent' | 'omitted';
  /** `single`: the application is registered in one tenant, so `common` answers AADSTS50194. */
  tenancy: 'multiple' | 'single';
  /** Requests to Graph in any minute before 429; zero = no limit. */
  throttleRequestsPerMinute: number;
  throttleRetryAfterSeconds: number;
  subscriptionCreateErrorCode: 'ValidationError' | 'InvalidRequest';
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
    driveIdCasing: 'stable',
    patchAnswer: 'item',
    sessionTag: 'kept',
    sessionConflict: 'replace',
    fragmentStrictness: 'atCommit',
    downloadRanges: 'honoured',
    fileHashes: 'present',
    downloadUrlSelect: 'both',
    authorizationOnLinks: 'refused',
    refreshRotation: 'keepsOld',
    idToken: 'sent',
    tenancy: 'multiple',
    throttleRequestsPerMinute: 0,
    throttleRetryAfterSeconds: 5,
    subscriptionCreateErrorCode: 'ValidationError',
  };
}
