/** `--get-sharepoint-drive-id`: the libraries of a site, or the names of all sites. */
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../../context.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { withAccount } from './with-account.ts';

export const getSharepointDriveId = (context: CommandContext): Promise<number> =>
  withAccount(context, async ({ drive }) => {
    const { commandLine, output } = context;
    const { action } = commandLine;
    if (action.type !== 'getSharepointDriveId') return exitCodeOf('usage', commandLine);
    if ((await drive.info()).kind === 'personal') {
      output.errorLine(
        'ERROR: A OneDrive Personal Account cannot be used with --get-sharepoint-drive-id. Please re-authenticate your client using a OneDrive Business Account.',
      );
      return exitCodeOf('unanswered', commandLine);
    }
    const wanted = action.siteName.trim();
    output.line(`Office 365 Library Name Query: ${escaped(wanted)}`);
    const sites = await drive.account.sites();
    const found = sites.filter(({ name }) => name.trim().toLowerCase() === wanted.toLowerCase());
    for (const site of found)
      for (const { id, name, webUrl } of await drive.account.libraries(site)) {
        output.line(rule);
        output.line(`Site Name:    ${escaped(site.name)}`);
        output.line(`Library Name: ${escaped(name)}`);
        output.line(`drive_id:     ${escaped(id)}`);
        output.line(`Library URL:  ${escaped(webUrl)}`);
      }
    if (found.length > 0) {
      output.line(rule);
      return 0;
    }
    const isAll = wanted === '*';
    if (!isAll)
      output.errorLine(
        "ERROR: The requested SharePoint site could not be found. Please check it's name and your permissions to access the site.",
      );
    output.line('');
    output.line('The following SharePoint site names were returned:');
    for (const { name } of sites) output.line(` * ${escaped(name)}`);
    return isAll ? 0 : exitCodeOf('unanswered', commandLine);
  });

const rule = '-'.repeat(47);
