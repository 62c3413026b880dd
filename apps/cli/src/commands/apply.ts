/** `apply`: lets the plan with that hash go on, if it still holds, or with `--force` whatever waits: in the daemon that runs, or in a sync of its own. */
import { giveOrder, stateFolderOf } from '@tidemark/control';
import { logFolder } from '@tidemark/daemon';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { sync } from './sync.ts';

export async function apply(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const stateFolder = stateFolderOf(logFolder(profile));
  if (commandLine.action.type !== 'apply') throw new Error('Not the command line of this command');
  const { hash } = commandLine.action;
  const answer = await giveOrder(stateFolder, 'apply', hash === undefined ? {} : { plan: hash });
  if (answer === null) return sync(context, hash === undefined ? 'whatIsHeld' : { hash });
  for (const line of answer.lines) (answer.isAccepted ? output.line : output.errorLine)(line);
  if (answer.isAccepted) return 0;
  return exitCodeOf('needsDecision', commandLine);
}
