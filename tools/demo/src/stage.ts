/** Everything one demonstration needs, in one folder: the simulated service, a profile, a sync folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type ItemSpec, type Simulator } from '@tidemark/graph-simulator';

export type Stage = {
  /** Holds all the others. */
  readonly folder: string;
  readonly syncFolder: string;
  readonly configFolder: string;
  readonly trashFolder: string;
  readonly logFolder: string;
  readonly simulator: Simulator;
  readonly close: () => Promise<void>;
};

export async function openStage(tree: readonly ItemSpec[]): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-demo-'));
  const configFolder = join(folder, 'config');
  const syncFolder = join(folder, 'OneDrive');
  mkdirSync(configFolder, { mode: 0o700 });
  const simulator = await startSimulator({ stateFolder: join(folder, 'simulator'), tree });
  const write = (name: string, text: string): void =>
    writeFileSync(join(configFolder, name), text, { mode: 0o600 });
  write('config', `sync_dir = "${syncFolder}"\n`);
  write('refresh_token', simulator.refreshToken);
  write(
    'tidemark.conf',
    `graph_endpoint = "${simulator.graphUrl}"\nlogin_endpoint = "${simulator.loginUrl}"\nca_file = "${simulator.caFile}"\n`,
  );
  return {
    folder,
    syncFolder,
    configFolder,
    trashFolder: join(configFolder, 'tidemark/files/trash'),
    logFolder: join(configFolder, 'tidemark/drives/own/log'),
    simulator,
    close: simulator.close,
  };
}

export const removeStage = ({ folder }: Stage): void => rmSync(folder, { recursive: true, force: true });
