/** `--display-quota`. */
import type { CommandContext } from '../../context.ts';
import { withAccount } from './with-account.ts';

export const displayQuota = (context: CommandContext): Promise<number> =>
  withAccount(context, async ({ drive }) => {
    const { output } = context;
    const { id } = await drive.info();
    const quota = await drive.account.quota();
    if (quota === null) {
      output.line(`Microsoft OneDrive quota information is being restricted for this Drive ID: ${id}`);
      return 0;
    }
    output.line(`Microsoft OneDrive quota information as reported for this Drive ID: ${id}`);
    output.line('');
    output.line(`Deleted:   ${shown(quota.deleted)}`);
    output.line(`Remaining: ${shown(quota.remaining)}`);
    output.line(`State:     ${quota.state}`);
    output.line(`Total:     ${shown(quota.total)}`);
    output.line(`Used:      ${shown(quota.used)}`);
    output.line('');
    return 0;
  });

const shown = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GB (${bytes} bytes)`;
