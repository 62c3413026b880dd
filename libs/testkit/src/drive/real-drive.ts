/** The real adapter, connected over HTTPS on loopback to a simulated service of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Drive } from '@tidemark/contracts';
import {
  createBudget,
  createGraphDrive,
  createLogin,
  createNetwork,
  createSystemClock,
  createSystemRandom,
  type GraphDriveOptions,
  resolveEndpoints,
} from '@tidemark/graph';
import { type Flavour, startSimulator } from '@tidemark/graph-simulator';
import type { DriveUser } from './simulated-drive-user.ts';

export interface RealDrive {
  readonly drive: Drive;
  readonly user: DriveUser;
  dispose(): Promise<void>;
}

export interface RealDriveOptions {
  readonly flavour: Flavour;
  readonly pageSize?: number;
  /** Documents are stored with other bytes than were sent, as SharePoint does. */
  readonly rewritesDocuments?: boolean;
  readonly drive?: Partial<GraphDriveOptions>;
}

export async function createRealDrive(options: RealDriveOptions): Promise<RealDrive> {
  const simulator = await startSimulator({
    flavour: options.flavour,
    stateFolder: certificateFolder(),
    settings: {
      ...(options.pageSize !== undefined && { deltaPageSize: options.pageSize }),
      ...(options.rewritesDocuments === true && { uploadRewrite: 'office' as const }),
    },
  });
  const endpoints = resolveEndpoints({
    graphEndpoint: simulator.graphUrl,
    loginEndpoint: simulator.loginUrl,
  });
  const network = createNetwork({ caFile: simulator.caFile, idleTimeoutMs: 2_000 });
  const shared = { endpoints, network, clock: hurried, random: createSystemRandom() };
  const budget = createBudget({ clock: hurried });
  let token: string | null = simulator.refreshToken;
  const tokens = createLogin({
    ...shared,
    budget,
    applicationId: null,
    tenant: null,
    access: 'readWrite',
    tokenStore: {
      path: 'in memory',
      read: async () => token,
      write: async (written) => {
        token = written;
      },
      remove: async () => {
        token = null;
      },
      claim: async () => () => undefined,
    },
  });
  const drive = createGraphDrive({
    ...shared,
    budget,
    tokens,
    driveId: options.flavour === 'library' ? simulator.drive().driveId : null,
    ...(options.pageSize !== undefined && { pageSize: options.pageSize }),
    ...options.drive,
  });
  return {
    drive,
    user: createServiceUser(simulator),
    async dispose() {
      await drive.close();
      await network.close();
      await simulator.close();
    },
  };
}

/** Waits are real but short. */
const hurried: Clock = (() => {
  const clock = createSystemClock();
  return { ...clock, sleep: (delayMs: number, signal) => clock.sleep(Math.min(delayMs, 5), signal) };
})();

let certificates: string | null = null;

/** Keys take longer to make than anything else here: one set serves every service of the process. */
function certificateFolder(): string {
  if (certificates === null) {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-certificates-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    certificates = folder;
  }
  return certificates;
}

function createServiceUser(simulator: Awaited<ReturnType<typeof startSimulator>>): DriveUser {
  const device = simulator.drive();
  const rfc3339 = (seconds: number | undefined): string | undefined =>
    seconds === undefined ? undefined : new Date(seconds * 1000).toISOString();
  /** The operator makes folders on the way; users do not. */
  const expectFree = (path: string): void => {
    const slash = path.lastIndexOf('/');
    if (slash > 0 && device.stat(path.slice(0, slash))?.kind !== 'folder')
      throw new Error(`no such folder: ${path}`);
    if (device.stat(path) !== undefined) throw new Error(`already there: ${path}`);
  };
  return {
    write(path, bytes, modifiedAt) {
      if (device.stat(path) === undefined) expectFree(path);
      if (device.stat(path) === undefined) device.create(path, bytes, rfc3339(modifiedAt));
      else device.modify(path, bytes, rfc3339(modifiedAt));
    },
    makeFolder(path) {
      expectFree(path);
      device.create(path);
    },
    makeNotebook(path) {
      expectFree(path);
      device.seed([{ path, kind: 'package' }]);
    },
    move(path, toPath) {
      if (path.toLowerCase() !== toPath.toLowerCase()) expectFree(toPath);
      device.move(path, toPath);
    },
    remove: (path) => device.remove(path),
    setModifiedAt: (path, modifiedAt) => void device.setModifiedAt(path, rfc3339(modifiedAt) ?? ''),
    tree: () =>
      new Map(
        device.dump().map(({ path, kind, modifiedAt }) => [
          path.slice(1),
          {
            kind: kind === 'file' || kind === 'folder' ? kind : 'opaque',
            bytes: kind === 'file' ? new Uint8Array(device.read(path)) : new Uint8Array(0),
            modifiedAt: Math.floor(Date.parse(modifiedAt) / 1000),
          },
        ]),
      ),
    recycled: () => device.recycled().map(({ path }) => path.slice(1)),
    expireLinks: () => simulator.expireDeltaTokens(),
  };
}
