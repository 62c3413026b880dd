/** A TCP proxy on loopback between the daemon and the service. It passes bytes on, until told to do worse. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type Proxy = {
  readonly port: number;
  /** Every connection ends with a reset, now. */
  readonly reset: () => void;
  /** Connections stay open, and nothing gets through in either direction. */
  readonly stall: () => void;
  /** New connections are reset at once. */
  readonly refuse: () => void;
  /** Passes everything on again. What a stall held back arrives. */
  readonly heal: () => void;
  readonly close: () => Promise<void>;
};

export async function openProxy(targetPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let mode: 'passing' | 'stalled' | 'refusing' = 'passing';
  const keep = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
    socket.on('data', (bytes: Buffer) => {
      if (!other.write(bytes)) socket.pause();
    });
    other.on('drain', () => {
      if (mode !== 'stalled') socket.resume();
    });
    if (mode === 'stalled') socket.pause();
  };
  const server = createServer((client) => {
    if (mode === 'refusing') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const service = connect(targetPort, '127.0.0.1');
    keep(client, service);
    keep(service, client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const reset = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    reset,
    stall: () => {
      mode = 'stalled';
      for (const socket of sockets) socket.pause();
    },
    refuse: () => {
      mode = 'refusing';
      reset();
    },
    heal: () => {
      mode = 'passing';
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      server.close();
      reset();
      await once(server, 'close');
    },
  };
}
