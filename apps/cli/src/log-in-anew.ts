/** `--reauth`, and a start without any command, which logs in where no user is logged in. */
import { Failure } from '@tidemark/contracts';
import { peerApplicationId, registrationNeeded } from '@tidemark/graph';
import { renderMissingMode } from '@tidemark/settings';
import type { CommandContext } from './context.ts';
import { logIn } from './log-in.ts';
import { accountOf } from './open.ts';

/** Forgets the login and takes a new one. Throws Failure; in a dry run nothing is forgotten. */
export async function logInAnew(context: CommandContext): Promise<void> {
  if (context.profile.settings.dry_run)
    throw new Failure({
      code: 'loginRequired',
      detail: 'Cannot log in anew: a dry run changes nothing, and a login is a change',
    });
  // Before the login that works is gone.
  if (context.profile.settings.application_id === peerApplicationId)
    throw registrationNeeded('Cannot log in anew');
  const account = accountOf(context, { rotation: 'written' });
  try {
    context.output.line('Deleting the saved authentication status ... re-authentication requested');
    await account.login.forget();
    await logIn(context, account.login);
  } finally {
    await account.close();
  }
}

/** Neither a mode nor a command was given. */
export async function logInOnly(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const account = accountOf(context, { rotation: 'written' });
  try {
    const isNew = commandLine.reauthenticate === 'yes';
    if (!isNew && !profile.settings.dry_run && !(await account.login.isStored())) {
      await logIn(context, account.login);
    } else if (!isNew) {
      for (const line of renderMissingMode(commandLine.invokedAs)) output.errorLine(line);
      return 1;
    }
    output.line(
      'The application has been successfully authorised, but no extra command options have been specified.',
    );
    return 0;
  } finally {
    await account.close();
  }
}
