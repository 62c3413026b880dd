/** `--get-file-link` and `--modified-by`: what the drive says of one synced file. */
import type { DriveItemId } from '@tidemark/contracts';
import type { Account } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../../context.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { drivePath, findOnline, isOnDisk, withAccount } from './with-account.ts';

export const getFileLink = (context: CommandContext): Promise<number> =>
  ofSynced(context, '--get-file-link', async ({ drive }, id) => {
    context.output.line(`WebURL: ${escaped((await drive.account.details(id)).webUrl)}`);
  });

export const modifiedBy = (context: CommandContext): Promise<number> =>
  ofSynced(context, '--modified-by', async ({ drive }, id) => {
    const { modifiedAt, modifiedBy: by } = await drive.account.details(id);
    context.output.line(`Last modified:    ${escaped(modifiedAt)}`);
    context.output.line(`Last modified by: ${escaped(by.name)}`);
    context.output.line(`Email Address:    ${escaped(by.email)}`);
  });

/** Runs `tell` for a file that is on disk and online; else says why not. */
export async function ofSynced(
  context: CommandContext,
  what: string,
  tell: (account: Account, id: DriveItemId) => Promise<void>,
): Promise<number> {
  const { action } = context.commandLine;
  if (!('path' in action) || action.path === undefined) return exitCodeOf('usage', context.commandLine);
  const path = drivePath(context, action.path, what);
  const refuse = (line: string): number => {
    context.output.errorLine(line);
    return exitCodeOf('unanswered', context.commandLine);
  };
  if (!isOnDisk(context, path)) return refuse(`Selected path not found on local system: ${escaped(path)}`);
  return withAccount(context, async (account) => {
    const row = await findOnline(account, await account.drive.info(), path);
    if (row === null)
      return refuse(`Selected path has not been synced with Microsoft OneDrive: ${escaped(path)}`);
    await tell(account, row.id);
    return 0;
  });
}
