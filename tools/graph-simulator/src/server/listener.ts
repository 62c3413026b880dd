import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { UpgradeListener } from '../sockets/upgrade.ts';

/** An open listener and how to end it. */
export type Listener = {
  /** `https://127.0.0.1:port`, or the path of a socket. */
  readonly address: string;
  readonly port: number;
  readonly close: () => Promise<void>;
};

export type ListenOptions = {
  readonly host: string;
  /** Zero = any free port. */
  readonly port: number;
  /** With keys the listener speaks TLS. */
  readonly keys?: { readonly certificate: string; readonly privateKey: string };
  /** A Unix socket instead of a port. */
  readonly socketPath?: string | undefined;
};

const limits = {
  headersTimeout: 15_000,
  /** A fragment of 60 MiB over a slow link may take its time; a request that never ends may not. */
  requestTimeout: 600_000,
  keepAliveTimeout: 120_000,
  maxHeaderSize: 32_768,
  /** Large bodies are written in few large steps. */
  highWaterMark: 1_048_576,
} as const;
const connectionsMax = 512;

export async function listen(
  options: ListenOptions,
  handler: RequestListener,
  upgrade?: UpgradeListener,
): Promise<Listener> {
  const { keys } = options;
  const server: Server =
    keys === undefined
      ? createHttpServer(limits, handler)
      : createHttpsServer(
          { ...limits, cert: keys.certificate, key: keys.privateKey, ALPNProtocols: ['http/1.1'] },
          handler,
        );
  server.maxConnections = connectionsMax;
  if (upgrade !== undefined) server.on('upgrade', upgrade);
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const onListening = (): void => {
      server.off('error', reject);
      resolve();
    };
    if (options.socketPath === undefined) server.listen(options.port, options.host, onListening);
    else server.listen(options.socketPath, onListening);
  });
  const bound = server.address();
  return {
    address: addressText(options, bound),
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function addressText(options: ListenOptions, bound: AddressInfo | string | null): string {
  if (typeof bound === 'string' || bound === null) return options.socketPath ?? '';
  const host = bound.address === '0.0.0.0' || bound.address === '::' ? 'localhost' : bound.address;
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${options.keys === undefined ? 'http' : 'https'}://${shown}:${bound.port}`;
}
