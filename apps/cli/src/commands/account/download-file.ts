/**
 * `--download-file`: a run that is restricted to one file and changes nothing online, so that what is in its place on disk is kept as in
 * any other run.
 */
import type { DriveInfo, RemoteRow } from '@tidemark/contracts';
import { leftOut, type Profile, UnfitArgument } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../../context.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { runOnce } from '../../one-run.ts';
import { withRun } from '../../open.ts';
import { pluginsOfOneRun } from '../../plugins.ts';
import { report } from '../sync.ts';
import { drivePath, findOnline, withAccount } from './with-account.ts';

export async function downloadFile(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const { action } = commandLine;
  if (action.type !== 'downloadFile') return exitCodeOf('usage', commandLine);
  const path = drivePath(context, action.path, '--download-file');
  const profile = await withAccount(context, async (account) => {
    const info = await account.drive.info();
    const row = await findOnline(account, info, path);
    if (row === null)
      throw new UnfitArgument(`The file "${escaped(path)}" to download does not exist online`);
    if (row.kind !== 'file')
      throw new UnfitArgument(
        `"${escaped(path)}" is no file online. For a directory: --sync --download-only --single-directory`,
      );
    if (row.name !== path.slice(path.lastIndexOf('/') + 1))
      throw new UnfitArgument(`The file is called "${escaped(row.name)}" online. Name it so`);
    return profileFor(context.profile, info, row, path);
  });
  try {
    return await download({ ...context, profile });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'LogBusy') throw error;
    output.errorLine(
      `ERROR: Cannot download "${escaped(path)}" while a sync or a monitor of the same profile runs`,
    );
    output.errorLine(
      '       A monitor downloads what is in its scope by itself. For this file, stop it first',
    );
    return exitCodeOf('busy', commandLine);
  }
}

async function download(context: CommandContext): Promise<number> {
  const { profile } = context;
  const mode = profile.settings.dry_run ? 'rehearse' : 'real';
  const { here, elsewhere } = await pluginsOfOneRun(profile, { mode, json: false });
  return withRun(context, { mode, resync: false, scope: 'known' }, async (opened) => {
    const parts = { mode, plugins: here, elsewhere, wanted: 'nothing' } as const;
    return report(context, await runOnce(context, opened, parts));
  });
}

function profileFor(profile: Profile, info: DriveInfo, row: RemoteRow, path: string): Profile {
  const settings = {
    ...profile.settings,
    ...{ download_only: true, upload_only: false, local_first: false, cleanup_local_files: false },
    ...{ no_remote_delete: false, remove_source_files: false, remove_source_folders: false },
    mirror_local_state: false,
  };
  const restricted = { ...profile, settings, commandLine: { ...profile.commandLine, singleDirectory: path } };
  const item = { path, kind: 'file', sizeBytes: row.sizeBytes } as const;
  if (leftOut(restricted, info.kind, item) === null) return restricted;
  // A file that is named is wanted; the next run leaves it alone again.
  return {
    ...restricted,
    syncListText: null,
    settings: { ...settings, ...withoutFilters },
  };
}

const withoutFilters = {
  ...{ skip_file: [], skip_dir: [], skip_dotfiles: false, skip_size: 0 },
  check_nosync: false,
} as const;
