/** The real plugin in the real host, on loopback, with a service to talk to. For specs only. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInProcessBus } from '@tidemark/bus';
import type { Bus, Clock, Command, Notifications, Observation } from '@tidemark/contracts';
import { commandId, itemId, seq } from '@tidemark/contracts';
import {
  createBudget,
  createGraphNotifications,
  createLogin,
  createNetwork,
  createSystemClock,
  createSystemRandom,
  createTokenFile,
  resolveEndpoints,
} from '@tidemark/graph';
import type { Simulator } from '@tidemark/graph-simulator';
import { createHttpListen } from '@tidemark/listener';
import { createHost, subjectsOf } from '@tidemark/plugin-host';
import type { Notice, ToldNotice } from '@tidemark/plugin-sdk';
import { createSecretFiles } from '@tidemark/secrets';
import { createWebhook } from './webhook.ts';

const subjects = subjectsOf('home');
const clock = createSystemClock();
const random = createSystemRandom();

export interface SpecWorld {
  readonly bus: Bus;
  readonly url: string;
  readonly port: number;
  readonly observations: readonly Observation[];
  readonly notices: readonly Notice[];
  /** Everything that went over the bus, as text. */
  heard(): string;
  faults: readonly string[];
  /** Sends the command and resolves to how it ended. */
  perform(command: Wanted): Promise<Observation>;
  stop(): Promise<void>;
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
  const bus = createInProcessBus();
  const observations: Observation[] = [];
  const notices: Notice[] = [];
  const faults: string[] = [];
  let heard = '';
  const changed = new Set<() => void>();
  await bus.subscribe('sync.>', (payload) => {
    heard += JSON.stringify(payload);
  });
  await bus.subscribe(subjects.observations, (payload) => {
    observations.push(...(payload as readonly Observation[]));
    for (const look of changed) look();
  });
  await bus.subscribe(subjects.notice, (payload) => {
    notices.push(...(payload as readonly ToldNotice[]).map(({ notice }) => notice));
    for (const look of changed) look();
  });
  const until = <Found>(find: () => Found | undefined): Promise<Found> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        changed.delete(look);
        resolve(found);
      };
      changed.add(look);
      look();
    });
  const unused = {} as never;
  const host = createHost({
    ...{ drive: unused, disk: unused, output: unused, random, driveKey: 'home' },
    bus: options.through?.(bus) ?? bus,
    clock: options.clock ?? clock,
    notifications: options.notifications,
    secrets: createSecretFiles(options.folder),
    listen: createHttpListen(),
    plugins: [{ plugin: createWebhook(), config: { host: '127.0.0.1', port: 0, ...options.config } }],
    onFault: ({ details }) => faults.push(details.detail),
  });
  await host.start();
  const isUp = options.listener !== 'fails';
  const address = await until(() => {
    for (const notice of notices) if (notice.type === 'listenerStarted') return notice.address;
    return isUp ? undefined : '';
  });
  const port = Number(address.split(':')[1]);
  const url = `http://127.0.0.1:${port}/webhooks/onedrive`;
  let commands = 0;
  return {
    ...{ bus, url, port, observations, notices, faults },
    heard: () => heard,
    async perform(wanted) {
      commands += 1;
      const id = commandId(seq(7), commands);
      const command = {
        ...{ id, item: itemId(0), path: '', lifetimeMs: 600_000, url },
        reason: { rule: 'subscription-wanted', differs: '', causes: [] },
        ...wanted,
      };
      await bus.publish(subjects.command(wanted.type), command as unknown as Command);
      return until(() => observations.find((one) => 'command' in one && one.command === id));
    },
    async stop() {
      await host.stop();
      await bus.close();
    },
  };
}

/** The notifications port against the simulated service. */
export async function connectTo(simulator: Simulator) {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-webhook-'));
  const path = join(folder, 'refresh_token');
  await writeFile(path, simulator.refreshToken, { mode: 0o600 });
  const endpoints = resolveEndpoints({
    graphEndpoint: simulator.graphUrl,
    loginEndpoint: simulator.loginUrl,
  });
  const network = createNetwork({ caFile: simulator.caFile });
  const shared = { endpoints, network, budget: createBudget({ clock }), clock, random };
  const tokens = createLogin({
    ...shared,
    ...{ applicationId: null, tenant: null, access: 'readWrite' },
    tokenStore: createTokenFile({ path }),
  });
  return {
    folder,
    notifications: createGraphNotifications({ ...shared, tokens }),
    async close() {
      await network.close();
      await rm(folder, { recursive: true, force: true });
    },
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

/** A notification as the service sends it. */
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

export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json; charset=utf-8' },
): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }> {
  const response = await fetch(url, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
}
