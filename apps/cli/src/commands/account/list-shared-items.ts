/** `--list-shared-items`: what others share with a business account. */
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../../context.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { withAccount } from './with-account.ts';

export const listSharedItems = (context: CommandContext): Promise<number> =>
  withAccount(context, async ({ drive }) => {
    const { commandLine, output } = context;
    if ((await drive.info()).kind === 'personal') {
      output.errorLine('ERROR: Unsupported account type for listing OneDrive Business Shared Items');
      return exitCodeOf('unanswered', commandLine);
    }
    output.line('Listing available OneDrive Business Shared Items:');
    const items = await drive.account.sharedItems();
    for (const { kind, name, sharedBy, id, driveId, parentId } of items) {
      output.line(rule);
      output.line(
        kind === 'file' ? `Shared File:     ${escaped(name)}` : `Shared Folder:   ${escaped(name)}`,
      );
      output.line(`Shared By:       ${escaped(sharedBy.name)} (${escaped(sharedBy.email)})`);
      if (commandLine.verbosity === 0) continue;
      output.line(`Item Id:         ${escaped(id)}`);
      output.line(`Parent Drive Id: ${escaped(driveId)}`);
      output.line(`Parent Item Id:  ${escaped(parentId)}`);
    }
    if (items.length > 0) output.line(rule);
    return 0;
  });

const rule = '-'.repeat(83);
