/** What a cycle plays with: the service, the proxy before it, two volumes, the daemon, and the ledger. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  certificatesIn,
  startSimulator,
  type DriveOperations,
  type Simulator,
} from '@tidemark/graph-simulator';
import { createSeededRandom } from '@tidemark/testkit';
import { createClient, type Client } from './client.ts';
import { createLedger, hashOf, type Ledger } from './ledger.ts';
import { archive, drawPath } from './names.ts';
import { openProxy, type Proxy } from './proxy.ts';
import { openFileSystem, type Volume } from './volumes.ts';

export type Rig = {
  readonly simulator: Simulator;
  readonly drive: DriveOperations;
  readonly proxy: Proxy;
  /** The sync folder. */
  readonly sync: Volume;
  /** Configuration, state, log and trash. */
  readonly state: Volume;
  /** Both are on one file system. */
  readonly isOneDisk: boolean;
  readonly client: Client;
  readonly ledger: Ledger;
  /** Hashes of contents that the drive keeps as older versions of its files. */
  readonly versionHistory: ReadonlySet<string>;
  /** Files that a power cut tore although they were flushed, or put in place by the client. */
  readonly spoiled: string[];
  readonly logBytes: () => number;
  readonly trashFolder: string;
  readonly close: () => Promise<void>;
};

export type RigOptions = {
  readonly seed: number;
  /** The sync folder and the state folder are on one file system, as in most homes. */
  readonly isOneDisk: boolean;
};

export async function openRig({ seed, isOneDisk }: RigOptions): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  const undo: (() => void | Promise<void>)[] = [() => rmSync(folder, { recursive: true })];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const certificates = join(folder, 'certificates');
    await certificatesIn(certificates);
    const simulator = await startSimulator({ seed, stateFolder: certificates });
    undo.push(() => simulator.close());
    const proxy = await openProxy(Number(new URL(simulator.graphUrl).port));
    undo.push(() => proxy.close());
    const stateDisk = openFileSystem(folder, 'state', 1024);
    undo.push(() => stateDisk.close());
    const syncDisk = isOneDisk ? stateDisk : openFileSystem(folder, 'files', 256);
    if (!isOneDisk) undo.push(() => syncDisk.close());
    const state = stateDisk.volume('config');
    const sync = syncDisk.volume('sync');
    const address = `https://127.0.0.1:${proxy.port}`;
    writeLines(join(state.folder, 'config'), {
      ...{ sync_dir: sync.folder, space_reservation: '1', connect_timeout: '3', data_timeout: '5' },
      classify_as_big_delete: '1000000',
    });
    writeLines(join(state.folder, 'tidemark.conf'), {
      ...{ graph_endpoint: `${address}/v1.0`, login_endpoint: address, ca_file: simulator.caFile },
      // A few files deleted are soon half of a small tree.
      ...{ mass_delete_fraction: '100', mass_rewrite_fraction: '100' },
    });
    writeFileSync(join(state.folder, 'refresh_token'), simulator.refreshToken, { mode: 0o600 });
    // What is not flushed when the state folder fails is gone, and so would the settings be.
    execFileSync('sync', ['-f', state.folder]);
    const drive = simulator.drive();
    const ledger = createLedger();
    const versionHistory = keepVersions(drive);
    const random = createSeededRandom(seed).fork('first tree');
    for (let file = 0; file < archive.files; file += 1) {
      const content = ledger.next('drive', 100);
      drive.seed([{ path: `/${archive.folder}/${file}.txt`, content }]);
      ledger.saved(content);
    }
    for (let file = 0; file < 20; file += 1) {
      const path = `/${drawPath(random)}`;
      if (drive.stat(path) !== undefined) continue;
      const content = ledger.next('drive', 100);
      drive.seed([{ path, content }]);
      ledger.saved(content);
    }
    const client = createClient(folder, state.folder);
    undo.push(() => client.kill());
    const tidemark = join(state.folder, 'tidemark');
    return {
      ...{ simulator, drive, proxy, sync, state, isOneDisk, client, ledger, versionHistory, close },
      spoiled: [],
      logBytes: () => bytesIn(join(tidemark, 'drives/own/log')),
      trashFolder: join(tidemark, 'files/trash'),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Notes each content that becomes an older version: the drive can give it back. */
function keepVersions({ model }: DriveOperations): ReadonlySet<string> {
  const kept = new Set<string>();
  const replace = model.replaceContent.bind(model);
  model.replaceContent = (file, ...rest) => {
    const before = file.content?.quickXorHash();
    const replaced = replace(file, ...rest);
    if (before !== undefined) kept.add(before);
    return replaced;
  };
  return kept;
}

function writeLines(path: string, values: Readonly<Record<string, string>>): void {
  const lines = Object.entries(values).map(([key, value]) => `${key} = "${value}"\n`);
  writeFileSync(path, lines.join(''));
}

function bytesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** Every file below a folder: path and hash. */
export function hashesIn(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length), entry.isFile() ? hashOf(readFileSync(path)) : 'folder'];
    }),
  );
}
