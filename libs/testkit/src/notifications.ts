/** Notifications as the service sends them, and the port through which it is asked for them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Notifications } from '@tidemark/contracts';

export interface ConnectedNotifications {
  readonly notifications: Notifications;
  /** For what belongs to the client; `close` removes it. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Against the simulated service, logged in. What that takes is loaded by those alone who call this. */
export async function connectNotifications(simulator: {
  readonly refreshToken: string;
  readonly graphUrl: string;
  readonly loginUrl: string;
  readonly caFile: string;
}): Promise<ConnectedNotifications> {
  const graph = await import('@tidemark/graph');
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-notifications-'));
  const path = join(folder, 'refresh_token');
  await writeFile(path, simulator.refreshToken, { mode: 0o600 });
  const [clock, random] = [graph.createSystemClock(), graph.createSystemRandom()];
  const endpoints = graph.resolveEndpoints({
    graphEndpoint: simulator.graphUrl,
    loginEndpoint: simulator.loginUrl,
  });
  const network = graph.createNetwork({ caFile: simulator.caFile });
  const shared = { endpoints, network, budget: graph.createBudget({ clock }), clock, random };
  const tokens = graph.createLogin({
    ...shared,
    ...{ applicationId: null, tenant: null, access: 'readWrite' },
    tokenStore: graph.createTokenFile({ path }),
  });
  return {
    folder,
    notifications: graph.createGraphNotifications({ ...shared, tokens }),
    async close() {
      await network.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One row of a notification, in the form of today. */
export function notificationOf(subscriptionId: string, clientState: string, more: object = {}) {
  return {
    subscriptionId,
    subscriptionExpirationDateTime: '2030-01-01T00:00:00Z',
    clientState,
    changeType: 'updated',
    resource: 'me/drive/root',
    tenantId: '',
    resourceData: { '@odata.type': '#Microsoft.Graph.DriveItem' },
    ...more,
  };
}
