import type { WebSocket } from 'ws';
import type { World } from '../server/world.ts';
import type { Channel } from './channels.ts';

/** One Engine.IO 4 session over one WebSocket, with the namespaces of Socket.IO 5 that the service has. */
export type SocketSession = {
  readonly id: string;
  /** What it listens to; undefined until it joined the namespace. */
  readonly channel: () => Channel | undefined;
  readonly notify: () => void;
  /** The server takes it out of the namespace (`41`); the connection stays. */
  readonly disconnect: () => void;
  /** From now on nothing is sent and nothing answered, as when a machine between the two forgot the connection. */
  readonly silence: () => void;
  /** The connection ends without a word. */
  readonly drop: () => void;
};

const namespace = '/notifications';
const frameMaxCharacters = 65_536;

export function createSession(
  world: Pick<World, 'settings' | 'channels' | 'now'>,
  socket: WebSocket,
  id: string,
  token: string,
): SocketSession {
  let channel: Channel | undefined;
  let isSilent = false;
  let answerTimer: NodeJS.Timeout | undefined;
  const { socketPingIntervalMs, socketPingTimeoutMs } = world.settings;

  const send = (frame: string): void => {
    if (!isSilent) socket.send(frame);
  };
  const disconnect = (): void => {
    if (channel === undefined) return;
    channel = undefined;
    send(`41${namespace},`);
  };
  const ping = (): void => {
    if (channel !== undefined && channel.expiresAtMs <= world.now()) disconnect();
    send('2');
    answerTimer ??= setTimeout(() => socket.terminate(), socketPingTimeoutMs).unref();
  };
  const pingTimer = setInterval(ping, socketPingIntervalMs).unref();

  const join = (wanted: string): void => {
    if (wanted === '' || wanted === '/') return send(`40${JSON.stringify({ sid: `${id}-0` })}`);
    if (wanted !== namespace) return send(`44${wanted},${JSON.stringify({ message: 'Invalid namespace' })}`);
    channel = world.channels.find(token);
    if (channel === undefined) return send(`44${wanted},${JSON.stringify({ message: 'Unauthorized' })}`);
    send(`40${wanted},${JSON.stringify({ sid: `${id}-1` })}`);
  };
  const receive = (frame: string): void => {
    if (isSilent) return;
    if (frame === '3') {
      clearTimeout(answerTimer);
      answerTimer = undefined;
    } else if (frame === '1') socket.close();
    else if (frame.startsWith('40')) join(namespaceIn(frame.slice(2)));
    else if (frame.startsWith('41')) channel = undefined;
    // Clients have no events to send here, and anything else is not Engine.IO.
    else socket.terminate();
  };

  socket.on('message', (data, isBinary) => {
    const frame = isBinary ? '' : String(data);
    if (frame.length > frameMaxCharacters) socket.terminate();
    else receive(frame);
  });
  socket.on('close', () => {
    clearInterval(pingTimer);
    clearTimeout(answerTimer);
  });
  const opening = {
    sid: id,
    upgrades: [],
    pingInterval: socketPingIntervalMs,
    pingTimeout: socketPingTimeoutMs,
    maxPayload: 1_000_000,
  };
  send(`0${JSON.stringify(opening)}`);
  return {
    id,
    channel: () => channel,
    notify: () => {
      if (channel === undefined) return;
      const told = notificationOf(channel);
      const payload = world.settings.socketPayload === 'text' ? JSON.stringify(told) : told;
      send(`42${namespace},${JSON.stringify(['notification', payload])}`);
    },
    disconnect,
    silence: () => {
      isSilent = true;
      clearInterval(pingTimer);
      clearTimeout(answerTimer);
    },
    drop: () => socket.terminate(),
  };
}

/** `/notifications,{…}`, and as some clients write it without the comma. */
function namespaceIn(text: string): string {
  if (!text.startsWith('/')) return '';
  const end = text.search(/[,?{]/);
  return end < 0 ? text : text.slice(0, end);
}

function notificationOf({ id, drive, expiresAtMs }: Channel): Readonly<Record<string, unknown>> {
  return {
    subscriptionId: id,
    subscriptionExpirationDateTime: new Date(expiresAtMs).toISOString(),
    changeType: 'updated',
    resource: `drives/${drive.driveId}/root`,
    resourceData: { '@odata.type': '#Microsoft.Graph.DriveItem' },
  };
}
