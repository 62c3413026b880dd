/** What plugins may reach beside drive and disk, in a run that goes on. */
import { createHttpListen } from '@tidemark/listener';
import { connectedHosts } from '@tidemark/plugin-host';
import { createOpenRelay } from '@tidemark/relay';
import { createSecretFiles } from '@tidemark/secrets';
import { createConnect } from '@tidemark/socket';
import type { Account } from './account.ts';
import { ownPlaces } from './own-places.ts';
import { createRequest } from './plugins/create-request.ts';
import { createPluginFiles } from './plugins/plugin-files.ts';
import { createShowOnDesktop } from './plugins/show-on-desktop.ts';
import { natsAccess } from './bus.ts';
import type { Profile } from './profile.ts';
import { secretsFolder, storeFolder } from './profile.ts';
import type { ProfileRun } from './profile-run.ts';

export function capabilitiesOf(
  profile: Profile,
  { notifications, connecting }: Account,
  plugins: ProfileRun['plugins'] = [],
): ProfileRun['capabilities'] {
  // Besides the hosts of the service, those that plugins of the settings declare; each reaches only its own.
  const declared =
    profile.settings.plugins.length === 0 ? [] : plugins.flatMap(({ plugin }) => connectedHosts(plugin));
  const { relay_server: server, relay_drive: drive, relay_ca_file, relay_nkey_file } = profile.settings;
  return {
    ...(server === ''
      ? {}
      : {
          openRelay: createOpenRelay({ server, drive, access: natsAccess(relay_ca_file, relay_nkey_file) }),
        }),
    notifications,
    connect: createConnect({ ...connecting, allowedHosts: [...connecting.allowedHosts, ...declared] }),
    ...(plugins.some(({ plugin }) => plugin.needs?.request !== undefined) && {
      request: createRequest(networkOf(connecting)),
    }),
    listen: createHttpListen(),
    secrets: createSecretFiles(secretsFolder(profile)),
    store: createSecretFiles(storeFolder(profile), 'store'),
    showOnDesktop: profile.settings.disable_notifications ? showNothing : createShowOnDesktop(),
    wantsFileActions: profile.settings.notify_file_actions,
    files: createPluginFiles({
      home: profile.locations.home,
      places: [{ what: 'the sync folder', path: profile.settings.sync_dir }, ...ownPlaces(profile)],
      reservedBytes: profile.settings.space_reservation,
    }),
  };
}

/** The user wants it so: nothing is wrong. */
const showNothing = async (): Promise<void> => undefined;

const networkOf = ({
  caFile,
  ipFamily,
  proxy,
}: Account['connecting']): Parameters<typeof createRequest>[0] => ({
  ...(caFile !== undefined && { caFile }),
  ...(ipFamily !== undefined && { ipFamily }),
  ...(proxy !== undefined && { proxy }),
});
