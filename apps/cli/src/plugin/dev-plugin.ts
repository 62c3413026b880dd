/**
 * `plugin dev`: a daemon with one plugin, a simulated drive and throwaway folders, all on this machine. What is saved in the folder of the
 * plugin is loaded at once by the daemon that runs.
 */
import { existsSync, watch } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { configuredPlugin, loadPlugin } from '@tidemark/daemon';
import { makeFolders } from '@tidemark/folders';
import { SetupError } from '@tidemark/plugin-host';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { startDevDaemon } from './dev-daemon.ts';
import { mayBeImported } from './may-be-imported.ts';
import { type SimulatedDrive, startSimulatedDrive } from './simulated-drive.ts';

/** Editors write a file in several steps. */
const quietMs = 100;

interface Stage {
  readonly name: string;
  readonly configFolder: string;
  readonly syncFolder: string;
}

/** Throws SetupError when the plugin cannot be loaded, or its settings are not valid. */
export async function devPlugin(
  context: CommandContext,
  action: { readonly file: string; readonly settingsFile?: string },
): Promise<number> {
  const { output } = context;
  const file = resolve(action.file);
  const settingsFile = action.settingsFile === undefined ? null : resolve(action.settingsFile);
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-dev-'));
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  let drive: SimulatedDrive | null = null;
  try {
    drive = await startSimulatedDrive(join(folder, 'drive'));
    if (drive === null) {
      output.errorLine('ERROR: The simulated drive is not there: it lies beside the built command');
      output.errorLine('       In a clone of Tidemark: npm run build, then use dist/tidemark');
      return exitCodeOf('configuration', context.commandLine);
    }
    const stage = await openStage(folder, file, settingsFile, drive);
    output.line(`Folder:  ${stage.syncFolder}`);
    output.line(`Drive:   curl -d '{"path":"/hello.txt","content":"hello"}' ${drive.controlUrl}/create`);
    output.line('         once more with other content, it makes a new version');
    output.line(`Log:     tidemark log --plugin ${stage.name} --confdir ${stage.configFolder}`);
    output.line(`Work:    tidemark plugin why ${stage.name} --confdir ${stage.configFolder}`);
    output.line('Ctrl-C ends it and removes these folders');
    const daemon = startDevDaemon(context, stage.configFolder, ending.signal);
    const places = new Set([dirname(file), ...(settingsFile === null ? [] : [dirname(settingsFile)])]);
    const warn = (why: string): void =>
      output.errorLine(`WARNING: What is saved is not seen any more (${why}): start this again to load it`);
    const watching = [...places].map((place) => watchFolder(place, () => void daemon.reload(), warn));
    const exitCode = await daemon.ended;
    for (const watcher of watching) watcher.close();
    return ending.signal.aborted ? 0 : exitCode;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
    await drive?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function openStage(
  folder: string,
  file: string,
  settingsFile: string | null,
  drive: SimulatedDrive,
): Promise<Stage> {
  const configFolder = join(folder, 'config');
  const syncFolder = join(folder, 'folder');
  makeFolders(join(configFolder, 'plugins'), 0o700);
  const write = (name: string, lines: Readonly<Record<string, string>>): Promise<void> =>
    writeFile(
      join(configFolder, name),
      Object.entries(lines)
        .map(([key, value]) => `${key} = "${value}"\n`)
        .join(''),
    );
  await write('config', { sync_dir: syncFolder });
  await write('tidemark.conf', {
    ...{ graph_endpoint: drive.graphUrl, login_endpoint: drive.loginUrl, ca_file: drive.caFile },
    plugins: file,
  });
  await writeFile(join(configFolder, 'refresh_token'), drive.refreshToken, { mode: 0o600 });
  const place = { folder: configFolder, home: configFolder };
  const { name } = (await loadPlugin(file, place)).plugin;
  if (settingsFile !== null && !existsSync(settingsFile))
    throw new SetupError(name, `there is no file ${settingsFile}`, 'Correct the path after --settings');
  if (settingsFile !== null) await symlink(settingsFile, join(configFolder, `plugins/${name}.json`));
  // What is wrong with it is said before anything is started.
  await configuredPlugin(file, place, { directory: configFolder });
  return { name, configFolder, syncFolder };
}

/** Calls back when nothing has changed for a moment after a change. `onEnd`: the system does not let us watch. */
function watchFolder(folder: string, onChange: () => void, onEnd: (why: string) => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { recursive: true }, (_event, name) => {
    if (name === null || !mayBeImported(name)) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, quietMs);
  });
  watcher.on('error', (error) => onEnd(error.message));
  return {
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
