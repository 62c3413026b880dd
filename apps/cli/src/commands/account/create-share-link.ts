/** `--create-share-link`, with `--with-editing-perms` and `--share-password`. */
import type { CommandContext } from '../../context.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { ofSynced } from './file-facts.ts';

export async function createShareLink(context: CommandContext): Promise<number> {
  // Past the log file: the link opens the file.
  const { commandLine, console, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'createShareLink') return exitCodeOf('usage', commandLine);
  return ofSynced(context, '--create-share-link', async ({ drive }, id) => {
    if (profile.settings.dry_run) {
      console.line('DRY-RUN: Would create a link');
      return;
    }
    const { access, password } = action;
    const url = await drive.account.createLink(id, { access, ...(password !== undefined && { password }) });
    console.line(`File Shareable Link: ${url}`);
    if (access === 'write')
      console.line('Shareable Link has read-write permissions - use and provide with caution');
  });
}
