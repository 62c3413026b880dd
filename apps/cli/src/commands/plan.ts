/** `plan`: what a sync would do now and why, without doing it. */
import type { Command } from '@tidemark/contracts';
import { commandEffects, heldChangesText, ruleTexts } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import { wishOf } from '@tidemark/engine';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import type { Ahead } from '@tidemark/daemon';
import { planReport } from '@tidemark/daemon';
import { openItems, planNow } from './rehearse.ts';

export async function plan(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const ahead = await planNow(context);
  if (ahead === null) return exitCodeOf('interrupted', commandLine);
  const { action } = commandLine;
  const only = action.type === 'plan' ? action.item : undefined;
  const isMeant = ({ path }: { readonly path: string }): boolean =>
    only === undefined || path === only || path.startsWith(`${only}/`);
  const report = planReport(ahead);
  if (action.type === 'plan' && action.output === 'json')
    output.line(
      JSON.stringify({
        ...report,
        commands: report.commands.filter(isMeant),
        held: report.held && { ...report.held, commands: report.held.commands.filter(isMeant) },
        leftAlone: report.leftAlone.filter(isMeant),
      }),
    );
  else for (const line of inWords(ahead, report.hash, isMeant)) output.line(line);
  return ahead.held !== null ? exitCodeOf('needsDecision', commandLine) : 0;
}

function inWords(
  ahead: Ahead,
  hash: string,
  isMeant: (one: { readonly path: string }) => boolean,
): readonly string[] {
  const commands = ahead.commands.filter(isMeant);
  const open = openItems(ahead.status).filter(isMeant);
  const changes =
    commands.length === 0 ? 'Nothing to do' : `${commands.length} changes: ${summary(commands)}`;
  const agreed = commands.length === 0 ? ': both sides agree' : '';
  const isEmpty = ahead.commands.length === 0 && ahead.held === null;
  return [
    ...commands.flatMap(describe),
    ...open.flatMap(({ standing, path, detail }) => [
      `left   ${standing.padEnd(18)} "${escaped(path)}"`,
      `         because ${escaped(detail)}`,
    ]),
    open.length === 0
      ? `${changes}${agreed}`
      : `${changes}; ${open.length} ${open.length === 1 ? 'item is' : 'items are'} not in sync`,
    ...(ahead.held === null ? [] : heldChangesText(ahead.held.plan)),
    ...(isEmpty
      ? []
      : [
          `To do exactly this${ahead.held === null ? '' : ', with what waits for your confirmation'}: tidemark apply ${hash}`,
        ]),
  ];
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
