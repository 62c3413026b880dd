/** A simulated service and a client connected to it over real HTTPS on loopback. For tests only. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteSink, ByteSource, Clock, RemoteRow } from '@tidemark/contracts';
import { resolveEndpoints } from '../auth/clouds.ts';
import { createLogin, type Login, type LoginOptions } from '../auth/login.ts';
import { createTokenFile, type TokenStore } from '../auth/token-file.ts';
import { createGraphDrive, type GraphDrive, type GraphDriveOptions } from '../drive/graph-drive.ts';
import { createBudget, type Budget } from '../http/budget.ts';
import { createNetwork, type Network, type NetworkOptions } from '../http/network.ts';
import { createSystemClock, createSystemRandom } from '../system.ts';

/** What a simulated service has to offer; the specs bring the real simulator. */
export interface SimulatedService {
  readonly graphUrl: string;
  readonly loginUrl: string;
  readonly caFile: string;
  readonly refreshToken: string;
  readonly close: () => Promise<void>;
}

export interface Rig<Simulator extends SimulatedService = SimulatedService> {
  readonly simulator: Simulator;
  readonly drive: GraphDrive;
  readonly login: Login;
  readonly network: Network;
  readonly budget: Budget;
  readonly tokenStore: TokenStore;
  readonly folder: string;
  /** Another client of the same service, for instance after a restart. */
  anotherDrive(options?: Partial<GraphDriveOptions>): GraphDrive;
  anotherLogin(options?: Partial<LoginOptions>): Login;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly drive?: Partial<GraphDriveOptions>;
  readonly login?: Partial<LoginOptions>;
  readonly network?: NetworkOptions;
}

/** Waits are real but short: what is tested is the order of things, not their length. */
export const hurried: Clock = (() => {
  const clock = createSystemClock();
  return { ...clock, sleep: (delayMs: number, signal) => clock.sleep(Math.min(delayMs, 5), signal) };
})();

export async function startRig<Simulator extends SimulatedService>(
  simulator: Simulator,
  options: RigOptions = {},
): Promise<Rig<Simulator>> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-graph-'));
  const network = createNetwork({ caFile: simulator.caFile, idleTimeoutMs: 1_000, ...options.network });
  const endpoints = resolveEndpoints({
    graphEndpoint: simulator.graphUrl,
    loginEndpoint: simulator.loginUrl,
  });
  const clock = hurried;
  const random = createSystemRandom();
  const budget = createBudget({ clock });
  await writeFile(join(folder, 'refresh_token'), simulator.refreshToken, { mode: 0o600 });
  const tokenStore = createTokenFile({ path: join(folder, 'refresh_token') });
  const anotherLogin = (changes: Partial<LoginOptions> = {}): Login =>
    createLogin({
      endpoints,
      applicationId: null,
      tenant: null,
      access: 'readWrite',
      tokenStore,
      network,
      clock,
      random,
      budget,
      ...options.login,
      ...changes,
    });
  const login = anotherLogin();
  const anotherDrive = (changes: Partial<GraphDriveOptions> = {}): GraphDrive =>
    createGraphDrive({
      endpoints,
      network,
      tokens: login,
      budget,
      clock,
      random,
      ...options.drive,
      ...changes,
    });
  return {
    simulator,
    drive: anotherDrive(),
    login,
    network,
    budget,
    tokenStore,
    folder,
    anotherDrive,
    anotherLogin,
    close: async () => {
      await network.close();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A source that reuses one chunk, as a real reader may. */
export function bytesSource(
  bytes: Uint8Array,
  chunkBytes = 64 * 1024,
): ByteSource & { readonly opened: number[] } {
  const opened: number[] = [];
  return {
    sizeBytes: bytes.length,
    opened,
    open: async function* (offset) {
      opened.push(offset);
      const chunk = new Uint8Array(chunkBytes);
      for (let at = offset; at < bytes.length; at += chunkBytes) {
        const part = bytes.subarray(at, Math.min(bytes.length, at + chunkBytes));
        chunk.set(part);
        yield chunk.subarray(0, part.length);
      }
      chunk.fill(0xee);
    },
  };
}

export interface MemorySink extends ByteSink {
  bytes(): Buffer;
  readonly restarts: number;
}

export function memorySink(kept: Uint8Array = new Uint8Array()): MemorySink {
  let chunks: Uint8Array[] = [Buffer.from(kept)];
  let restarts = 0;
  return {
    offset: kept.length,
    write: (chunk) => {
      chunks.push(Buffer.from(chunk));
    },
    restart: async () => {
      restarts += 1;
      chunks = [];
    },
    bytes: () => Buffer.concat(chunks),
    get restarts() {
      return restarts;
    },
  };
}

/** Bytes that differ everywhere and are the same each time. */
export function someBytes(count: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(count);
  let x = seed;
  for (let index = 0; index < count; index += 1) {
    x = (Math.imul(1_103_515_245, x) + 12_345) & 0x7fff_ffff;
    bytes[index] = (x >> 16) & 255;
  }
  return bytes;
}

/** Every row of one complete round. */
export async function readRound(drive: GraphDrive, link: string | null = null) {
  const rows: Awaited<ReturnType<GraphDrive['delta']>>['rows'][number][] = [];
  for (let next = link; ;) {
    const page = await drive.delta(next);
    rows.push(...page.rows);
    if (page.nextLink === null) return { rows, deltaLink: page.deltaLink };
    next = page.nextLink;
  }
}

export function named(rows: readonly (RemoteRow | { readonly deleted: true })[], name: string): RemoteRow {
  for (const row of rows) if (!('deleted' in row) && row.name === name) return row;
  throw new Error(`no row named ${name}`);
}
