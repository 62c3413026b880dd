import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A network line to a service on loopback that can be cut and mended. What passes through is not looked at. */
export type Line = {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Connections break, and new ones are refused. */
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
};

export async function openLine(
  target: { readonly host: string; readonly port: number },
  onFinished: (close: () => Promise<void>) => void,
): Promise<Line> {
  const sockets = new Set<Socket>();
  const pass = (near: Socket): void => {
    const far = connect(target.port, target.host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  };
  let server: Server | null = null;
  const open = async (port: number): Promise<number> => {
    server = createServer(pass).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : 0;
  };
  const cut = async (): Promise<void> => {
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server = null;
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  const port = await open(0);
  onFinished(cut);
  return { address: `127.0.0.1:${port}`, cut, mend: async () => void (await open(port)) };
}
