/** `auth`: log in, log out, say whether a login is stored. */
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { logIn } from '../log-in.ts';
import { accountOf } from '../open.ts';

export async function auth(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  if (commandLine.action.type !== 'auth') return 2;
  const account = accountOf(context, { rotation: 'written' });
  try {
    switch (commandLine.action.step) {
      case 'logout':
        output.line('Deleting the saved authentication status ...');
        await account.login.forget();
        return 0;
      case 'status': {
        const stored = await account.login.isStored();
        if (commandLine.action.output === 'json')
          output.line(JSON.stringify({ stored, path: profile.locations.refreshToken }));
        else
          output.line(
            stored ? `A login is stored in ${profile.locations.refreshToken}` : 'Nobody is logged in',
          );
        return stored ? 0 : exitCodeOf('login', commandLine);
      }
      case 'login': {
        await logIn(context, account.login);
        const info = await account.drive.info();
        output.line(`Logged in: ${info.kind} drive ${info.id}`);
        return 0;
      }
    }
  } finally {
    await account.close();
  }
}
