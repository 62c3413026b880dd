/** `tidemark plugin run`: one plugin in this process, for a daemon in another one. */
import { createConnect } from '@tidemark/socket';
import { connectNatsBus } from '@tidemark/bus';
import type { Clock, Random } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { createHttpListen } from '@tidemark/listener';
import type { PluginFault, RemoteStanding } from '@tidemark/plugin-host';
import { assertCanLeave, driveKeyOf, runRemotePlugin } from '@tidemark/plugin-host';
import type { Output } from '@tidemark/plugin-sdk';
import { createSecretFiles } from '@tidemark/secrets';
import { natsAccess } from '../bus.ts';
import type { Profile } from '../profile.ts';
import type { ConfiguredPlugin } from './arrange-plugins.ts';
import { createRequest } from './create-request.ts';

export interface PluginApart extends ConfiguredPlugin {
  readonly profile: Profile;
  /** `nats://host:port` */
  readonly server: string;
  /** As the drive is called by the service, or as subjects call it. */
  readonly drive: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly onStanding: (standing: RemoteStanding) => void;
  readonly onFault: (fault: PluginFault) => void;
}

/**
 * Resolves when it was asked to end and has ended. A server or a daemon that goes away is waited for. Throws SetupError, and
 * Failure `offline` when the server cannot be reached at the start.
 */
export async function runPluginApart(options: PluginApart): Promise<void> {
  const { plugin, profile, server, onFault } = options;
  const { bus_ca_file: caFile, bus_nkey_file: nkeyFile } = profile.settings;
  assertCanLeave(plugin);
  const bus = await connectNatsBus({
    servers: [server],
    name: `tidemark plugin ${plugin.name}`,
    // So that a server can keep answers to one plugin from all others.
    access: { ...natsAccess(caFile, nkeyFile), inboxPrefix: `_INBOX_${plugin.name}` },
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
  try {
    await runRemotePlugin({
      ...options,
      bus,
      driveKey: driveKeyOf(options.drive),
      listen: createHttpListen(),
      connect: createConnect({ allowedHosts: plugin.needs?.connect ?? [] }),
      ...(plugin.needs?.request !== undefined && { request: createRequest() }),
      secrets: createSecretFiles(`${profile.locations.state}/plugins/secrets`),
      store: createSecretFiles(`${profile.locations.state}/plugins/store`, 'store'),
    });
  } finally {
    await bus.close();
  }
}
