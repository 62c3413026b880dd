/** `--print-access-token`: for debugging. A reader of it can do for an hour what the user can. */
import type { CommandContext } from '../../context.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { withAccount } from './with-account.ts';

export async function printAccessToken(context: CommandContext): Promise<number> {
  // Past the log file.
  const { commandLine, console } = context;
  if (!console.isTerminal && commandLine.force !== 'yes') {
    console.errorLine(
      'ERROR: The access token opens the account, and standard output is no terminal: use --force if it may go there',
    );
    return exitCodeOf('usage', commandLine);
  }
  return withAccount(context, async ({ login }) => {
    console.errorLine('WARNING: This token opens the account until it expires: give it to no one');
    console.line(await login.accessToken());
    return 0;
  });
}
