import type { CounterBook } from '../control/counters.ts';
import type { FaultBook } from '../control/faults.ts';
import type { LieBook } from '../control/lies.ts';
import type { LoggedRequest, RequestLog } from '../control/request-log.ts';
import type { Identity } from '../identity/identity.ts';
import type { DriveModel } from '../model/drive-model.ts';
import type { Random } from '../model/random.ts';
import type { PreauthenticatedLinks } from '../transfer/links.ts';
import type { UploadSessions } from '../transfer/upload-sessions.ts';
import type { Settings } from './settings.ts';
import type { Throttle } from './throttle.ts';
import type { Notifier } from '../graph/notifier.ts';
import type { Subscriptions } from '../graph/subscriptions.ts';
import type { Channels } from '../sockets/channels.ts';

/** The person who is signed in. */
export type Account = {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly tenantId: string;
};

/** A SharePoint site with its libraries. */
export type Site = {
  readonly id: string;
  readonly name: string;
  readonly webUrl: string;
  readonly drives: readonly DriveModel[];
};

/** Everything a request handler may touch. */
export type World = {
  readonly settings: Settings;
  /** Milliseconds since 1970; can be moved forward by the control API. */
  readonly now: () => number;
  readonly random: Random;
  readonly account: Account;
  readonly ownDrive: DriveModel;
  /** Drives of other persons, reachable by their ids; the targets of pointers. */
  readonly sharedDrives: readonly [DriveModel, DriveModel];
  /** Called with every request before it is answered. */
  onRequest: (request: LoggedRequest) => void;
  /** Called when a notification leaves, over whichever channel. */
  onNotification: () => void;
  readonly sites: readonly Site[];
  /** The site that the own drive of a work account belongs to: no search finds it. */
  readonly ownSite: Site | null;
  /** By lower-case drive id. */
  readonly drives: ReadonlyMap<string, DriveModel>;
  /** Delta tokens of an older epoch answer 410. */
  deltaEpoch: number;
  readonly identity: Identity;
  readonly uploads: UploadSessions;
  readonly links: PreauthenticatedLinks;
  readonly subscriptions: Subscriptions;
  readonly notifier: Notifier;
  readonly channels: Channels;
  readonly throttle: Throttle;
  readonly faults: FaultBook;
  readonly lies: LieBook;
  readonly counters: CounterBook;
  readonly log: RequestLog;
};
