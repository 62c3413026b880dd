/** `plan`: what a sync would do now and why, without doing it. */
import type { Command } from '@tidemark/contracts';
import type { PlanReport } from '@tidemark/control';
import { commandEffects, heldChangesText, ruleTexts } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import { wishOf } from '@tidemark/engine';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import type { Ahead } from '@tidemark/daemon';
import { planReport } from '@tidemark/daemon';
import { openItems, planAll } from './rehearse.ts';

type IsMeant = (one: { readonly path: string }) => boolean;

export async function plan(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const all = await planAll(context);
  if (all === null) return exitCodeOf('interrupted', commandLine);
  const { action } = commandLine;
  const only = action.type === 'plan' ? action.item : undefined;
  const isMeant: IsMeant = ({ path }) => only === undefined || path === only || path.startsWith(`${only}/`);
  const { own, shared } = all;
  const report = planReport(own);
  if (action.type === 'plan' && action.output === 'json') {
    const others = shared.map(({ place: { path }, ahead }) => ({
      path,
      ...inPlace(planReport(ahead), path, isMeant),
    }));
    output.line(JSON.stringify({ ...meant(report, isMeant), ...(others.length > 0 && { shared: others }) }));
  } else {
    for (const line of inWords(own, report.hash, isMeant)) output.line(line);
    for (const line of all.lines) output.line(`shared ${line}`);
    for (const { place, ahead } of shared)
      for (const line of placeInWords(place.path, ahead, isMeant)) output.line(line);
  }
  if (all.hasFailed) return exitCodeOf('failed', commandLine);
  const isHeld = [own, ...shared.map(({ ahead }) => ahead)].some(({ held }) => held !== null);
  return isHeld ? exitCodeOf('needsDecision', commandLine) : 0;
}

const meant = (report: PlanReport, isMeant: IsMeant): PlanReport => ({
  ...report,
  commands: report.commands.filter(isMeant),
  held: report.held && { ...report.held, commands: report.held.commands.filter(isMeant) },
  leftAlone: report.leftAlone.filter(isMeant),
});

function inPlace(report: PlanReport, below: string, isMeant: IsMeant): Omit<PlanReport, 'schema'> {
  const { schema: _, ...rest } = meant(report, ({ path }) => isMeant({ path: `${below}/${path}` }));
  return rest;
}

/** With the paths that its items have in the sync folder. */
function placeInWords(below: string, ahead: Ahead, isMeant: IsMeant): readonly string[] {
  const commands = ahead.commands.map((command) => ({
    ...command,
    path: `${below}/${command.path}`,
    ...('toPath' in command && { toPath: `${below}/${command.toPath}` }),
  }));
  const notAtRest = ahead.status.notAtRest.map((one) => ({ ...one, path: `${below}/${one.path}` }));
  const told = { ...ahead, commands, status: { ...ahead.status, notAtRest } };
  return [`In the shared folder "${escaped(below)}":`, ...inWords(told, planReport(ahead).hash, isMeant)];
}

function inWords(ahead: Ahead, hash: string, isMeant: IsMeant): readonly string[] {
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
