import { createCounterBook } from './control/counters.ts';
import { createFaultBook } from './control/faults.ts';
import { createLieBook } from './control/lies.ts';
import type { ClockOffset } from './control/operator.ts';
import { createRequestLog } from './control/request-log.ts';
import { createNotifier } from './graph/notifier.ts';
import { createSubscriptions } from './graph/subscriptions.ts';
import { consumerTenantId, createIdentity } from './identity/identity.ts';
import { guid } from './identity/token-errors.ts';
import { DriveModel } from './model/drive-model.ts';
import type { Flavour } from './model/flavour.ts';
import type { PersonalForm } from './model/item-ids.ts';
import { seededRandom } from './model/random.ts';
import type { Owner } from './model/sharing.ts';
import { defaultSettings, type Settings } from './server/settings.ts';
import { createThrottle } from './server/throttle.ts';
import type { Account, Site, World } from './server/world.ts';
import { createChannels } from './sockets/channels.ts';
import { createLinks } from './transfer/links.ts';
import { createUploadSessions } from './transfer/upload-sessions.ts';

export type WorldOptions = {
  readonly flavour?: Flavour;
  readonly seed?: number;
  readonly settings?: Partial<Settings>;
  readonly now?: () => number;
  readonly quotaTotalBytes?: number;
  /** Item ids of a personal drive: on today's platform (default) or as before it. */
  readonly personalForm?: PersonalForm;
  /** Sixteen hexadecimal digits: the id of a personal drive. One that begins with 0 can be shown shortened. */
  readonly accountId?: string;
};

const sam: Owner = { displayName: 'Sam Simulated', email: 'sam@contoso.example' };
const robin: Owner = { displayName: 'Robin Simulated', email: 'robin@contoso.example' };

const requestsLogged = 20_000;
const usualQuotaBytes = 1_099_511_627_776;

/** One account, its drives and everything that answers for them. Ids and tokens follow from the seed. */
export function createWorld(options: WorldOptions, clock: ClockOffset): World {
  const seed = options.seed ?? 1;
  const random = seededRandom(seed);
  const base = options.now ?? Date.now;
  const now = (): number => base() + clock.aheadMs;
  const settings = { ...defaultSettings(), ...options.settings };
  const isPersonal = options.flavour === 'personal';
  const account = accountOf(isPersonal, guid(random), guid(random));
  const quotaTotalBytes = options.quotaTotalBytes ?? usualQuotaBytes;
  const ids = { personalForm: options.personalForm, accountId: options.accountId };
  const drive = (flavour: Flavour, driveSeed: number, name: string, owner?: Owner): DriveModel =>
    new DriveModel({
      ...(owner !== undefined && { owner }),
      flavour,
      seed: driveSeed,
      now,
      quotaTotalBytes,
      name,
      ids: driveSeed === seed ? ids : {},
    });
  const ownDrive = drive(isPersonal ? 'personal' : 'business', seed, 'OneDrive');
  const libraries = isPersonal ? [] : [drive('library', seed + 7919, 'Documents')];
  const sharedDrives = [
    drive(ownDrive.flavour, seed + 104_729, 'Shared by Sam', sam),
    drive(ownDrive.flavour, seed + 1_299_709, 'Shared by Robin', robin),
  ] as const;
  const sites: Site[] = isPersonal
    ? []
    : [
        {
          id: `contoso.sharepoint.com,${guid(random)},${guid(random)}`,
          name: 'Marketing',
          webUrl: 'https://contoso.sharepoint.com/sites/Marketing',
          drives: libraries,
        },
      ];
  const ownRandom = seededRandom(seed + 15_485_863);
  const ownSite: Site | null = isPersonal
    ? null
    : {
        id: `contoso-my.sharepoint.com,${guid(ownRandom)},${guid(ownRandom)}`,
        name: account.displayName,
        webUrl: 'https://contoso-my.sharepoint.com/personal/user_contoso_com',
        drives: [ownDrive],
      };
  const drives = [ownDrive, ...libraries, ...sharedDrives];
  const world: Omit<World, 'notifier'> = {
    settings,
    now,
    random,
    account,
    ownDrive,
    sharedDrives,
    onRequest: () => {},
    onNotification: () => {},
    sites,
    ownSite,
    drives: new Map(drives.map((model) => [model.driveId.toLowerCase(), model])),
    deltaEpoch: 1,
    identity: createIdentity(settings, account, random, now),
    uploads: createUploadSessions(settings, random, now),
    links: createLinks(seed, now, () => settings.downloadUrlLifetimeMs),
    subscriptions: createSubscriptions(random, now),
    channels: createChannels({ settings, random, now }, () => world.onNotification()),
    throttle: createThrottle(settings, now),
    faults: createFaultBook(random),
    lies: createLieBook(),
    counters: createCounterBook(),
    log: createRequestLog(requestsLogged),
  };
  const notifier = createNotifier(world);
  for (const model of drives) {
    model.onChange = () => {
      notifier.driveChanged(model);
      world.channels.driveChanged(model);
    };
  }
  return Object.assign(world, { notifier });
}

function accountOf(isPersonal: boolean, id: string, tenantId: string): Account {
  return {
    id: isPersonal ? `00000000-0000-0000-${id.slice(19)}` : id,
    displayName: 'Alex Simulated',
    userPrincipalName: isPersonal ? 'alex@outlook.example' : 'alex@contoso.example',
    tenantId: isPersonal ? consumerTenantId : tenantId,
  };
}
