/** `plan`: what a sync would do now and why, without doing it. */
import type { Command } from '@tidemark/contracts';
import { commandEffects, ruleTexts } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { rehearse } from './rehearse.ts';

export async function plan(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const { rehearsed, status } = await rehearse(context);
  const { action } = commandLine;
  const json = action.type === 'plan' && action.output === 'json';
  const only = action.type === 'plan' ? action.item : undefined;
  const commands = rehearsed.filter(
    (command) => only === undefined || command.path === only || command.path.startsWith(`${only}/`),
  );
  if (json) for (const command of commands) output.line(JSON.stringify(command));
  else {
    for (const command of commands) output.line(describe(command));
    output.line(
      commands.length === 0
        ? 'Nothing to do: both sides agree'
        : `${commands.length} changes: ${summary(commands)}`,
    );
    if (status.deletionsHeld > 0)
      output.line(`${status.deletionsHeld} deletions wait for a confirmation (--force)`);
  }
  return status.deletionsHeld > 0 ? exitCodeOf('needsDecision', commandLine) : 0;
}

function describe(command: Command): string {
  const where = commandEffects[command.type] === 'writesDrive' ? 'drive' : 'disk ';
  const target =
    command.type === 'MoveLocal'
      ? ` to "${escaped(command.toPath)}"`
      : command.type === 'MoveRemote'
        ? ` (on the drive: "${escaped(command.toName)}")`
        : '';
  return `${where}  ${command.type.padEnd(18)} "${escaped(command.path)}"${target}\n         because ${ruleTexts[command.reason.rule]} (${command.reason.differs})`;
}

function summary(commands: readonly Command[]): string {
  const counts = new Map<string, number>();
  for (const { type } of commands) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => `${count} ${type}`).join(', ');
}
