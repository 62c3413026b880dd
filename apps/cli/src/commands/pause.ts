/** `pause` and `resume`: the monitor that runs changes nothing for a while, or goes on. */
import { giveOrder, stateFolderOf } from '@tidemark/control';
import { logFolder } from '@tidemark/daemon';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { clock } from '../open.ts';
import { parsePauseEnd } from '../pause-end.ts';

export async function pause(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  if (commandLine.action.type !== 'pause') throw new Error('Not the command line of this command');
  const until = parsePauseEnd(commandLine.action, clock.now());
  if (typeof until === 'string') {
    output.errorLine(`ERROR: ${until}`);
    return exitCodeOf('usage', commandLine);
  }
  return order(context, 'pause', until === null ? {} : { until: new Date(until).toISOString() });
}

export const resume = (context: CommandContext): Promise<number> => order(context, 'resume', {});

async function order(
  { commandLine, output, profile }: CommandContext,
  name: 'pause' | 'resume',
  query: Readonly<Record<string, string>>,
): Promise<number> {
  const answer = await giveOrder(stateFolderOf(logFolder(profile)), name, query);
  if (answer === null) {
    output.errorLine(`ERROR: No monitor runs for this profile, so there is nothing to ${name}`);
    return exitCodeOf('failed', commandLine);
  }
  for (const line of answer.lines) output.line(line);
  return 0;
}
