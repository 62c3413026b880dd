import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { guid } from '../identity/token-errors.ts';
import type { World } from '../server/world.ts';
import { createSession } from './session.ts';

/** What a listener calls for a request that asks to be upgraded. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const sessionsMax = 1000;

/** Answers `/socket.io/?EIO=4&transport=websocket`; anything else is refused. Polling is not played. */
export function createUpgrade(world: World): UpgradeListener {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1_000_000, perMessageDeflate: false });
  return (request, socket, head) => {
    const url = URL.parse(request.url ?? '', 'http://localhost');
    const isEngine = url?.pathname === '/socket.io/' && url.searchParams.get('EIO') === '4';
    if (url === null || !isEngine || url.searchParams.get('transport') !== 'websocket')
      return refuse(socket, '400 Bad Request');
    if (world.settings.socketUpgrade === 'refused') return refuse(socket, '503 Service Unavailable');
    if (world.channels.sessions.size >= sessionsMax) return refuse(socket, '503 Service Unavailable');
    server.handleUpgrade(request, socket, head, (opened) => {
      const token = url.searchParams.get('token') ?? '';
      const session = createSession(world, opened, guid(world.random), token);
      world.channels.sessions.add(session);
      opened.on('close', () => world.channels.sessions.delete(session));
      // A client that breaks the protocol is cut off by `ws` itself; there is nothing more to say about it.
      opened.on('error', () => opened.terminate());
    });
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
