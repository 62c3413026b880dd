/** `tidemark plugin run`: one plugin in this process, for a daemon in another one. */
import { createConnect } from '@tidemark/socket';
import { connectNatsBus } from '@tidemark/bus';
import type { Bus, Clock, Random, RootIdentity } from '@tidemark/contracts';
import { Failure, isSameRoot } from '@tidemark/contracts';
import type { FolderDisk } from '@tidemark/disk';
import { createHttpListen } from '@tidemark/listener';
import type { Lendable, PluginFault, RemoteStanding, RunRemotePluginOptions } from '@tidemark/plugin-host';
import { assertCanLeave, driveKeyOf, inboxOf, runRemotePlugin } from '@tidemark/plugin-host';
import type { Output } from '@tidemark/plugin-sdk';
import { createSecretFiles } from '@tidemark/secrets';
import { openAccount } from '../account.ts';
import { natsAccess } from '../bus.ts';
import { capabilitiesOf } from '../capabilities.ts';
import { createContentSpool } from '../content-spool.ts';
import { diskOf } from '../open-disk.ts';
import { refuseUnfitRoot } from '../own-places.ts';
import { spoolFolder, type Profile } from '../profile.ts';
import type { ConfiguredPlugin } from './arrange-plugins.ts';
import { createRequest } from './create-request.ts';
import { createShowOnDesktop } from './show-on-desktop.ts';
import { nkeyFileFor } from './plugin-keys.ts';

export interface PluginApart extends ConfiguredPlugin {
  /** Plugins of the settings, of which those that change content work where it is carried. */
  readonly theirs: readonly ConfiguredPlugin[];
  /** One of our own: it opens what it needs by the profile's own settings. */
  readonly isOurs: boolean;
  readonly profile: Profile;
  /** `nats://host:port` */
  readonly server: string;
  /** As the drive is called by the service, or as subjects call it; null: the account tells. */
  readonly driveId: string | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** `drive`: as the service calls it. */
  readonly onStanding: (standing: RemoteStanding, drive: string) => void;
  readonly onFault: (fault: PluginFault) => void;
}

/**
 * Resolves when it was asked to end and has ended. A server or a daemon that goes away is waited for. Throws SetupError, and
 * Failure: `offline` when the server or the service cannot be reached at the start, `loginRequired`, `invalidRequest`.
 */
export async function runPluginApart(options: PluginApart): Promise<void> {
  const { plugin, config, isOurs, clock, random, output, signal, onFault } = options;
  assertCanLeave(plugin, isOurs ? 'ours' : 'theirs');
  const lent = isOurs ? await lendOurs(options) : await lendTheirs(options);
  try {
    const drive = options.driveId ?? (await lent.driveId());
    const bus = await connect(options);
    try {
      await runRemotePlugin({
        ...{ ...lent.lendable, plugin, config, isOurs, bus, clock, random, output, signal, onFault },
        driveKey: driveKeyOf(drive),
        onStanding: (standing) => options.onStanding(standing, drive),
        ...(lent.refuseRoot !== undefined && { refuseRoot: lent.refuseRoot }),
        ...(isOurs && plugin.needs?.content === true && contentOf(options)),
      });
    } finally {
      await bus.close();
    }
  } finally {
    await lent.close();
  }
}

const contentOf = ({ theirs, profile }: PluginApart): Pick<RunRemotePluginOptions, 'changing' | 'spool'> => ({
  changing: theirs.filter((one) => one.plugin.content !== undefined),
  spool: createContentSpool({
    folder: spoolFolder(profile),
    reservedBytes: profile.settings.space_reservation,
  }),
});

/** What a plugin works with, opened and closed with it. */
interface Lent {
  readonly lendable: Omit<Lendable, 'clock' | 'random' | 'output'>;
  readonly refuseRoot?: (root: RootIdentity) => Promise<string | null>;
  /** Throws Failure. */
  driveId(): Promise<string>;
  close(): Promise<void>;
}

const unknownDrive = (): Promise<never> =>
  Promise.reject(
    new Failure({
      code: 'invalidRequest',
      detail:
        "Cannot run a plugin apart: it is not known for which drive. Give --drive ID; 'tidemark status' shows the id where the daemon runs",
    }),
  );

/** Its own ports and files, and nothing of the account. */
async function lendTheirs({ plugin, profile }: PluginApart): Promise<Lent> {
  return {
    lendable: {
      listen: createHttpListen(),
      connect: createConnect({ allowedHosts: plugin.needs?.connect ?? [] }),
      ...(plugin.needs?.request !== undefined && { request: createRequest() }),
      secrets: createSecretFiles(`${profile.locations.state}/plugins/secrets`),
      store: createSecretFiles(`${profile.locations.state}/plugins/store`, 'store'),
      showOnDesktop: profile.settings.disable_notifications ? async () => undefined : createShowOnDesktop(),
      wantsFileActions: profile.settings.notify_file_actions,
    },
    driveId: unknownDrive,
    close: async () => undefined,
  };
}

/** What it declares, of the account and the folder of the profile. */
async function lendOurs(options: PluginApart): Promise<Lent> {
  const { plugin, profile, clock, random, environment } = options;
  const { needs = {} } = plugin;
  const account = openAccount({ profile, clock, random, environment, rotation: 'written' });
  if (needs.drive !== undefined && !(await account.login.isStored()))
    throw new Failure({
      code: 'loginRequired',
      detail: `Cannot run plugin "${plugin.name}" apart: it works with the account, and no user is logged in here`,
    });
  if (needs.disk !== undefined) refuseUnfitRoot(profile);
  const disk =
    needs.disk === undefined
      ? null
      : diskOf(profile, clock, random, {
          looks: plugin.handle?.ScanLocal !== undefined,
          places: needs.disk === 'write',
        });
  // The service is asked by the daemon: who listens to strangers needs no login.
  const { notifications: _, ...capabilities } = capabilitiesOf(profile, account, [
    options,
    ...options.theirs,
  ]);
  return {
    lendable: {
      ...capabilities,
      ...(needs.drive !== undefined && { drive: account.drive }),
      ...(disk !== null && { disk }),
    },
    ...(disk !== null && { refuseRoot: (root: RootIdentity) => strangeRoot(disk, root) }),
    driveId: async () =>
      (await account.login.isStored()) ? (await account.drive.info()).id : unknownDrive(),
    async close() {
      await disk?.close();
      await account.close();
    },
  };
}

/** A file would else be put into the folder over which the disk is usually mounted. */
async function strangeRoot(disk: FolderDisk, root: RootIdentity): Promise<string | null> {
  try {
    const found = await disk.root({ mark: false });
    return found.id === root.id || isSameRoot(root, found)
      ? null
      : 'the sync folder is another one here than that of the daemon';
  } catch (error) {
    if (error instanceof Failure) return error.details.detail;
    throw error;
  }
}

async function connect({ plugin, profile, server, onFault }: PluginApart): Promise<Bus> {
  const { bus_ca_file: caFile } = profile.settings;
  return connectNatsBus({
    servers: [server],
    name: `tidemark plugin ${plugin.name}`,
    // So that a server can keep answers to one plugin from all others.
    access: {
      ...natsAccess(caFile, nkeyFileFor(plugin.name, profile)),
      inboxPrefix: inboxOf(plugin.name),
    },
    onError: (error) => {
      const detail = error instanceof Error ? error.message : String(error);
      onFault({ plugin: plugin.name, details: { code: 'offline', detail } });
    },
  }).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Failure(
      { code: 'offline', detail: `Cannot reach the bus at ${server}: ${detail}` },
      { cause: error },
    );
  });
}
