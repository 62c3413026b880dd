/** `auth`: logs in, logs out, says whether a login is stored. */
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { guideLogin } from '../first-login/guide.ts';
import { accountOf } from '../open.ts';

export async function auth(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  if (commandLine.action.type !== 'auth') return 2;
  const { action } = commandLine;
  if (action.step === 'login') return guideLogin(context, action);
  const account = accountOf(context, { rotation: 'written' });
  try {
    switch (action.step) {
      case 'logout':
        output.line('Deleting the saved authentication status ...');
        await account.login.forget();
        return 0;
      case 'status': {
        const stored = await account.login.isStored();
        if (action.output === 'json')
          output.line(JSON.stringify({ stored, path: profile.locations.refreshToken }));
        else
          output.line(
            stored ? `A login is stored in ${profile.locations.refreshToken}` : 'Nobody is logged in',
          );
        return stored ? 0 : exitCodeOf('login', commandLine);
      }
    }
  } finally {
    await account.close();
  }
}
