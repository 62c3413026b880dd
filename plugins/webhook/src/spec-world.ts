/** The real plugin in the real host, on loopback, with a service to talk to. For specs only. */
import type { Bus, Clock, Notifications, Observation } from '@tidemark/contracts';
import { createSystemClock, createSystemRandom } from '@tidemark/graph';
import { createHttpListen } from '@tidemark/listener';
import { createSecretFiles } from '@tidemark/secrets';
import { type PluginRun, startPluginRun } from '@tidemark/testkit';
import { createWebhook } from './webhook.ts';

export interface SpecWorld extends Omit<PluginRun, 'perform'> {
  readonly url: string;
  readonly port: number;
  /** Sends the command and resolves to how it ended. */
  perform(command: Wanted): Promise<Observation>;
}

export type Wanted =
  | { readonly type: 'CreateSubscription'; readonly url?: string }
  | { readonly type: 'RenewSubscription' | 'DeleteSubscription'; readonly subscriptionId: string };

export interface WorldOptions {
  readonly notifications: Notifications;
  readonly folder: string;
  readonly clock?: Clock;
  /** Puts something between host and bus. */
  readonly through?: (bus: Bus) => Bus;
  readonly config?: object;
  /** `fails`: its address cannot be had. Default `starts`. */
  readonly listener?: 'starts' | 'fails';
}

/** One run. Several may follow each other over one folder. */
export async function startWorld(options: WorldOptions): Promise<SpecWorld> {
  const { notifications, folder, clock = createSystemClock(), through, config } = options;
  const run = await startPluginRun({
    plugin: createWebhook(),
    config: { host: '127.0.0.1', port: 0, ...config },
    ...{ clock, random: createSystemRandom() },
    capabilities: { notifications, secrets: createSecretFiles(folder), listen: createHttpListen() },
    ...(through === undefined ? {} : { through }),
  });
  const isUp = options.listener !== 'fails';
  const address = await run.until(() => {
    for (const notice of run.notices) if (notice.type === 'listenerStarted') return notice.address;
    return isUp ? undefined : '';
  });
  const port = Number(address.split(':')[1]);
  const url = `http://127.0.0.1:${port}/webhooks/onedrive`;
  return {
    ...run,
    ...{ url, port },
    perform: (wanted) => run.perform({ lifetimeMs: 600_000, url, ...wanted }),
  };
}

/** A service that grants everything, and keeps what it was told. */
export function createGrantingService() {
  const asked: { readonly url: string; readonly clientState: string }[] = [];
  const expiresAt = Date.UTC(2030, 0, 1);
  const notifications: Notifications = {
    async create({ url, clientState }) {
      asked.push({ url, clientState });
      return { type: 'granted', id: `sub-${asked.length}`, expiresAt, requestIds: [] };
    },
    renew: async (id) => ({ type: 'granted', id, expiresAt, requestIds: [] }),
    delete: async () => ({ requestIds: [] }),
    socketAddress: () => Promise.reject(new Error('this service has no channel')),
  };
  return { notifications, asked };
}

export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json; charset=utf-8' },
): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }> {
  const response = await fetch(url, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
}
