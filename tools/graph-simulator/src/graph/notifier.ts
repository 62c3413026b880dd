import { consumerTenantId } from '../identity/identity.ts';
import type { DriveModel } from '../model/drive-model.ts';
import type { World } from '../server/world.ts';
import { postOut } from './post-out.ts';
import type { Subscription } from './subscriptions.ts';

/** Tells webhook receivers that something changed; what changed is for the delta feed to say. */
export type Notifier = {
  readonly driveChanged: (drive: DriveModel) => void;
  /** `reauthorizationRequired`, `subscriptionRemoved` or `missed`, to every subscription with a lifecycle URL. */
  readonly sendLifecycle: (event: string) => Promise<void>;
  /** Every delivery that was tried, oldest first. */
  readonly deliveries: () => readonly Delivery[];
  readonly close: () => void;
};

export type Delivery = {
  readonly subscriptionId: string;
  readonly attempt: number;
  /** Zero when nobody answered in time. */
  readonly status: number;
};

const responseLimitMs = 3000;
const attemptsMax = 5;
const firstRetryMs = 1000;
const deliveriesKept = 10_000;

export function createNotifier(world: Omit<World, 'notifier'>): Notifier {
  const pending = new Map<string, NodeJS.Timeout>();
  let deliveries: Delivery[] = [];
  const tell = async (subscription: Subscription, attempt: number): Promise<void> => {
    const body = JSON.stringify({ value: [rowOf(world, subscription)] });
    world.onNotification();
    const status = await postTo(world, subscription.notificationUrl, body);
    if (deliveries.length >= deliveriesKept) deliveries = deliveries.slice(deliveriesKept / 2);
    deliveries.push({ subscriptionId: subscription.id, attempt, status });
    const isTaken = status >= 200 && status < 300;
    if (!isTaken && attempt < attemptsMax)
      schedule(subscription, firstRetryMs * 2 ** (attempt - 1), attempt + 1);
  };
  const schedule = (subscription: Subscription, delayMs: number, attempt: number): void => {
    const send = (): void => {
      pending.delete(subscription.id);
      const alive = world.subscriptions.list().find(({ id }) => id === subscription.id);
      if (alive !== undefined) void tell(alive, attempt);
    };
    pending.set(subscription.id, setTimeout(send, delayMs).unref());
  };
  return {
    driveChanged: (drive) => {
      if (world.settings.notifications === 'withheld') return;
      for (const subscription of world.subscriptions.list()) {
        // One hint stands for every change until it is sent.
        if (pending.has(subscription.id) || driveOf(world, subscription) !== drive) continue;
        schedule(subscription, world.settings.notificationDelayMs, 1);
      }
    },
    sendLifecycle: async (lifecycleEvent) => {
      for (const subscription of world.subscriptions.list()) {
        if (subscription.lifecycleNotificationUrl === undefined) continue;
        const { changeType: _, resource: __, resourceData: ___, ...row } = rowOf(world, subscription);
        await postTo(
          world,
          subscription.lifecycleNotificationUrl,
          JSON.stringify({ value: [{ ...row, lifecycleEvent }] }),
        );
      }
    },
    deliveries: () => deliveries,
    close: () => {
      for (const timer of pending.values()) clearTimeout(timer);
      pending.clear();
    },
  };
}

async function postTo({ settings }: Pick<World, 'settings'>, address: string, body: string): Promise<number> {
  try {
    const outgoing = {
      type: 'application/json; charset=utf-8',
      body,
      limitMs: responseLimitMs,
      certificates: settings.receiverCertificates,
    };
    return (await postOut(new URL(address), outgoing)).status;
  } catch {
    // A receiver that is away is what this plays against: zero is its status.
    return 0;
  }
}

function driveOf(world: Omit<World, 'notifier'>, { resource }: Subscription): DriveModel | undefined {
  const id = /^\/?drives\/([^/]+)\/root/.exec(resource)?.[1];
  return id === undefined ? world.ownDrive : world.drives.get(decodeURIComponent(id).toLowerCase());
}

function rowOf(world: Omit<World, 'notifier'>, subscription: Subscription) {
  const isPersonal = world.account.tenantId === consumerTenantId;
  return {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: new Date(subscription.expiresAtMs).toISOString(),
    clientState: subscription.clientState,
    changeType: 'updated',
    resource: subscription.resource.replace(/^\//, ''),
    tenantId: isPersonal ? '' : world.account.tenantId,
    resourceData: { '@odata.type': '#Microsoft.Graph.DriveItem' },
  };
}
