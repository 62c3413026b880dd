/** `plan`: what a sync would do now and why, without doing it. */
import type { Command } from '@tidemark/contracts';
import { commandEffects, heldChangesText, ruleTexts } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import { wishOf } from '@tidemark/engine';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { openItems, rehearse } from './rehearse.ts';

export async function plan(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const { rehearsed, status, cause } = await rehearse(context);
  if (cause === 'interrupted') return exitCodeOf('interrupted', commandLine);
  const { action } = commandLine;
  const json = action.type === 'plan' && action.output === 'json';
  const only = action.type === 'plan' ? action.item : undefined;
  const isMeant = ({ path }: { readonly path: string }): boolean =>
    only === undefined || path === only || path.startsWith(`${only}/`);
  const commands = rehearsed.filter(isMeant);
  const open = openItems(status).filter(isMeant);
  if (json) for (const command of commands) output.line(JSON.stringify(command));
  else {
    for (const line of commands.flatMap(describe)) output.line(line);
    for (const { standing, path, detail } of open) {
      output.line(`left   ${standing.padEnd(18)} "${escaped(path)}"`);
      output.line(`         because ${escaped(detail)}`);
    }
    const changes =
      commands.length === 0 ? 'Nothing to do' : `${commands.length} changes: ${summary(commands)}`;
    const agreed = commands.length === 0 ? ': both sides agree' : '';
    output.line(
      open.length === 0
        ? `${changes}${agreed}`
        : `${changes}; ${open.length} ${open.length === 1 ? 'item is' : 'items are'} not in sync`,
    );
    if (status.held !== null) for (const line of heldChangesText(status.held)) output.line(line);
  }
  return status.held !== null ? exitCodeOf('needsDecision', commandLine) : 0;
}

function describe(command: Command): readonly string[] {
  const where = commandEffects[command.type] === 'writesDrive' ? 'drive' : 'disk ';
  return [
    `${where}  ${escaped(wishOf(command))}`,
    `         because ${ruleTexts[command.reason.rule]} (${command.reason.differs})`,
  ];
}

function summary(commands: readonly Command[]): string {
  const counts = new Map<string, number>();
  for (const { type } of commands) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => `${count} ${type}`).join(', ');
}
