import type { DriveModel } from '../model/drive-model.ts';
import { Refusal } from '../model/refusal.ts';
import { guid } from '../identity/token-errors.ts';
import type { Exchange } from '../server/exchange.ts';
import { jsonReply, type Reply } from '../server/reply.ts';
import type { World } from '../server/world.ts';
import type { SocketSession } from './session.ts';

/**
 * The Socket.IO channels: addresses that were handed out, and the sessions that are open on them. Addresses carry a token
 * and end; what the live service does with an open connection at that moment is not known, here it is disconnected.
 */
export type Channels = {
  /** A new address for the drive. */
  readonly open: (drive: DriveModel) => Channel;
  /** By the token of its address; undefined when there is none that is alive. */
  readonly find: (token: string) => Channel | undefined;
  readonly sessions: Set<SocketSession>;
  readonly driveChanged: (drive: DriveModel) => void;
  /** Every address handed out so far ends now, and with it what is connected to it. Returns how many sessions. */
  readonly expire: () => number;
  readonly close: () => void;
};

export type Channel = {
  readonly id: string;
  readonly token: string;
  readonly drive: DriveModel;
  readonly expiresAtMs: number;
};

const channelsMax = 1000;

/** @param leaving called when a notification leaves */
export function createChannels(
  world: Pick<World, 'settings' | 'random' | 'now'>,
  leaving: () => void,
): Channels {
  const channels = new Map<string, Channel>();
  const sessions = new Set<SocketSession>();
  const pending = new Map<DriveModel, NodeJS.Timeout>();

  const deliver = (drive: DriveModel): void => {
    pending.delete(drive);
    leaving();
    for (const session of sessions) if (session.channel()?.drive === drive) session.notify();
  };
  return {
    sessions,
    open: (drive) => {
      const channel: Channel = {
        id: guid(world.random),
        token: Buffer.from(`${guid(world.random)}${guid(world.random)}`).toString('base64url'),
        drive,
        expiresAtMs: world.now() + world.settings.socketAddressLifetimeMs,
      };
      for (const [token, { expiresAtMs }] of channels) if (expiresAtMs <= world.now()) channels.delete(token);
      if (channels.size >= channelsMax) throw new Refusal(429, 'activityLimitReached', 'Too many channels');
      channels.set(channel.token, channel);
      return channel;
    },
    find: (token) => {
      const channel = channels.get(token);
      return channel !== undefined && channel.expiresAtMs > world.now() ? channel : undefined;
    },
    driveChanged: (drive) => {
      if (world.settings.notifications === 'withheld' || pending.has(drive)) return;
      if ([...sessions].every((session) => session.channel()?.drive !== drive)) return;
      // One hint stands for every change until it is sent.
      pending.set(drive, setTimeout(deliver, world.settings.notificationDelayMs, drive).unref());
    },
    expire: () => {
      channels.clear();
      const connected = [...sessions].filter((session) => session.channel() !== undefined);
      for (const session of connected) session.disconnect();
      return connected.length;
    },
    close: () => {
      for (const timer of pending.values()) clearTimeout(timer);
      pending.clear();
      for (const session of sessions) session.drop();
    },
  };
}

/** `GET …/root/subscriptions/socketIo` */
export function replySocketAddress(world: World, exchange: Exchange, drive: DriveModel): Reply {
  if (world.settings.socketChannel === 'notSupported')
    throw new Refusal(400, 'notSupported', 'Operation not supported');
  const { id, token, expiresAtMs } = world.channels.open(drive);
  const query = new URLSearchParams({ token, applicationId: guid(world.random) });
  return jsonReply(200, {
    '@odata.context': `${exchange.origin}/v1.0/$metadata#subscriptions/$entity`,
    id,
    notificationUrl: `${exchange.origin}/notifications?${query.toString()}`,
    expirationDateTime: new Date(expiresAtMs).toISOString(),
  });
}
