import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificatesIn } from './certificates/certificates.ts';
import { replyControl } from './control/control-requests.ts';
import type { ItemSpec } from './control/drive-operations.ts';
import { createOperator, type Operator } from './control/operator.ts';
import { createWorld } from './create-world.ts';
import type { Flavour } from './model/flavour.ts';
import { handleRequest } from './server/handle-request.ts';
import { listen, type Listener } from './server/listener.ts';
import type { Settings } from './server/settings.ts';
import { createUpgrade } from './sockets/upgrade.ts';

export type SimulatorOptions = {
  /** Default `business`. */
  readonly flavour?: Flavour;
  /** Ids, tokens and chance follow from it. Default 1. */
  readonly seed?: number;
  /** Where certificates are kept; a temporary folder that `close` removes when absent. */
  readonly stateFolder?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Zero or absent = any free port. */
  readonly port?: number;
  readonly httpPort?: number;
  readonly controlPort?: number;
  /** A Unix socket that answers the control API as well; it is reachable from outside a network namespace. */
  readonly controlSocket?: string;
  readonly settings?: Partial<Settings>;
  readonly tree?: readonly ItemSpec[];
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  readonly quotaTotalBytes?: number;
  /** Item ids of a personal drive: on today's platform (default) or as before it. */
  readonly personalForm?: 'migrated' | 'legacy';
  /** Sixteen hexadecimal digits: the id of a personal drive. One that begins with 0 can be shown shortened. */
  readonly accountId?: string;
};

/** A running service. The urls have no trailing slash. */
export type Simulator = Operator & {
  /** `https://127.0.0.1:port/v1.0` */
  readonly graphUrl: string;
  /** `https://127.0.0.1:port`, the authority without its tenant. */
  readonly loginUrl: string;
  /** The same service without TLS. */
  readonly httpUrl: string;
  readonly controlUrl: string;
  readonly caFile: string;
  readonly close: () => Promise<void>;
};

/**
 * Starts the service on loopback.
 * @throws what listening throws (a port that is taken) and what writing the certificates throws.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const ownFolder =
    options.stateFolder === undefined ? await mkdtemp(join(tmpdir(), 'graph-simulator-')) : undefined;
  const keys = await certificatesIn(options.stateFolder ?? ownFolder ?? '');
  const clock = { aheadMs: 0 };
  const world = createWorld(options, clock);
  const operator = createOperator(world, clock, options.flavour ?? 'business');
  const host = options.host ?? '127.0.0.1';
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    handleRequest(world, request, response).catch((error: unknown) => reportBug(error, response));
  };
  const control = (request: IncomingMessage, response: ServerResponse): void => {
    replyControl(operator, request, response).catch((error: unknown) => reportBug(error, response));
  };
  const upgrade = createUpgrade(world);
  const listeners: Listener[] = [];
  const open = async (listener: Promise<Listener>): Promise<Listener> => {
    listeners.push(await listener);
    return listener;
  };
  const closeAll = async (): Promise<void> => {
    world.notifier.close();
    world.channels.close();
    await Promise.all(listeners.map((listener) => listener.close()));
    if (ownFolder !== undefined) await rm(ownFolder, { recursive: true, force: true });
  };
  try {
    const secure = await open(listen({ host, port: options.port ?? 0, keys }, handler, upgrade));
    const plain = await open(listen({ host, port: options.httpPort ?? 0 }, handler, upgrade));
    const controls = await open(listen({ host: '127.0.0.1', port: options.controlPort ?? 0 }, control));
    if (options.controlSocket !== undefined) {
      await open(listen({ host, port: 0, socketPath: options.controlSocket }, control));
    }
    operator.drive().seed(options.tree ?? []);
    return {
      ...operator,
      graphUrl: `${secure.address}/v1.0`,
      loginUrl: secure.address,
      httpUrl: plain.address,
      controlUrl: controls.address,
      caFile: keys.caFile,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** A fault of the simulator itself, never an injected one: said aloud on standard error. */
function reportBug(error: unknown, response: ServerResponse): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`Cannot answer a request: ${text}\n`);
  response.destroy();
}
