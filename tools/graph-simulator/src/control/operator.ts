import type { Delivery } from '../graph/notifier.ts';
import type { Flavour } from '../model/flavour.ts';
import { itemNotFound } from '../model/refusal.ts';
import type { Settings } from '../server/settings.ts';
import type { World } from '../server/world.ts';
import type { Counters } from './counters.ts';
import { createDriveOperations, type DriveOperations } from './drive-operations.ts';
import type { Fault, FaultSpec } from './faults.ts';
import type { Lie, LieName, LieSpec } from './lies.ts';
import type { LoggedRequest } from './request-log.ts';

/** Whoever runs the simulator: changes drives as another device, breaks things, reads what happened. */
export type Operator = {
  readonly refreshToken: string;
  readonly flavour: Flavour;
  /** Of the account's organisation. */
  readonly tenantId: string;
  /** The own drive first. */
  readonly driveIds: () => readonly string[];
  /** The account's own drive, or with the flavour `library` the library; by id any other. */
  readonly drive: (driveId?: string) => DriveOperations;
  /** The drive of another person: reachable by id, not in `/me/drives`. Sam's unless said. */
  readonly sharedDrive: (of?: 'sam' | 'robin') => DriveOperations;
  /** Called with every request before it is answered: the place to change a drive between two pages. */
  readonly onRequest: (listener: (request: LoggedRequest) => void) => void;
  /** Called when a notification leaves, over whichever channel. */
  readonly onNotification: (listener: () => void) => void;
  readonly counters: () => Counters;
  readonly requestLog: () => readonly LoggedRequest[];
  readonly resetCounters: () => void;
  readonly addFault: (fault: FaultSpec) => number;
  readonly faults: () => readonly Fault[];
  readonly removeFault: (id: number) => void;
  readonly clearFaults: () => void;
  /** From now on the service tells something that is not so. */
  readonly addLie: (lie: LieSpec) => number;
  readonly lies: () => readonly Lie[];
  readonly clearLies: () => void;
  /** How often each lie was told since the counters were reset. */
  readonly liesTold: () => Readonly<Record<LieName, number>>;
  readonly set: (settings: Partial<Settings>) => void;
  readonly settings: () => Readonly<Settings>;
  /** Moves the simulator's clock forward. */
  readonly advance: (byMs: number) => void;
  /** Every delta token issued so far answers 410 from now on. */
  readonly expireDeltaTokens: () => void;
  readonly expireAccessTokens: () => void;
  /** A claims challenge for every token issued so far to a client that declared `cp1`; others get a plain 401. */
  readonly challengeAccessTokens: () => void;
  readonly revokeSignIn: () => void;
  /** Approves or declines open device codes (all, or the one shown to the person). Returns how many. */
  readonly decideDeviceCode: (decision: 'approved' | 'declined', userCode?: string) => number;
  /** Webhook deliveries that were tried, oldest first. */
  readonly deliveries: () => readonly Delivery[];
  /** Sends a lifecycle event to every subscription that wants them. */
  readonly sendLifecycle: (event: string) => Promise<void>;
  /** Socket.IO clients that listen now. */
  readonly listeners: () => number;
  /**
   * `silence`: they hear nothing more and are not told so; `disconnect`: out of the namespace (`41`); `drop`: the
   * connection ends. Returns how many.
   */
  readonly breakSockets: (how: SocketBreak) => number;
  /** Socket.IO addresses end now. Returns how many were listening. */
  readonly expireSocketAddresses: () => number;
  readonly setQuotaTotal: (totalBytes: number, driveId?: string) => void;
};

export const socketBreaks = ['silence', 'disconnect', 'drop'] as const;
export type SocketBreak = (typeof socketBreaks)[number];

export type ClockOffset = { aheadMs: number };

export function createOperator(world: World, clock: ClockOffset, flavour: Flavour): Operator {
  const operations = new Map<string, DriveOperations>();
  const usual = flavour === 'library' ? (world.sites[0]?.drives[0] ?? world.ownDrive) : world.ownDrive;
  const drive = (driveId?: string): DriveOperations => {
    const model = driveId === undefined ? usual : world.drives.get(driveId.toLowerCase());
    if (model === undefined) throw itemNotFound();
    const known = operations.get(model.driveId) ?? createDriveOperations(model);
    operations.set(model.driveId, known);
    return known;
  };
  const listening = () => [...world.channels.sessions].filter((session) => session.channel() !== undefined);
  return {
    refreshToken: world.identity.seededRefreshToken,
    flavour,
    tenantId: world.account.tenantId,
    driveIds: () => [...world.drives.values()].map((model) => model.driveId),
    drive,
    sharedDrive: (of = 'sam') => drive(world.sharedDrives[of === 'sam' ? 0 : 1].driveId),
    onRequest: (listener) => {
      world.onRequest = listener;
    },
    onNotification: (listener) => {
      world.onNotification = listener;
    },
    counters: world.counters.read,
    requestLog: world.log.read,
    resetCounters: () => {
      world.counters.reset();
      world.log.reset();
      world.lies.resetCounts();
    },
    addFault: world.faults.add,
    faults: world.faults.list,
    removeFault: world.faults.remove,
    clearFaults: world.faults.clear,
    addLie: world.lies.add,
    lies: world.lies.list,
    clearLies: world.lies.clear,
    liesTold: world.lies.counts,
    set: (settings) => {
      Object.assign(world.settings, settings);
    },
    settings: () => world.settings,
    advance: (byMs) => {
      clock.aheadMs += byMs;
    },
    expireDeltaTokens: () => {
      world.deltaEpoch += 1;
    },
    expireAccessTokens: world.identity.expireAccessTokens,
    challengeAccessTokens: world.identity.challengeAccessTokens,
    revokeSignIn: world.identity.revokeEverything,
    decideDeviceCode: (decision, userCode) => world.identity.decideDeviceCode(userCode, decision),
    deliveries: world.notifier.deliveries,
    sendLifecycle: world.notifier.sendLifecycle,
    listeners: () => listening().length,
    breakSockets: (how) => {
      const broken = listening();
      for (const session of broken) session[how]();
      return broken.length;
    },
    expireSocketAddresses: world.channels.expire,
    setQuotaTotal: (totalBytes, driveId) => drive(driveId).model.setQuotaTotal(totalBytes),
  };
}
