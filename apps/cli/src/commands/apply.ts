/**
 * `apply`: does exactly a plan that `plan` has shown, or refuses and says what changed; or lets what is held go on, by its own
 * hash. In the daemon that runs, or in a sync of its own.
 */
import { readFileSync } from 'node:fs';
import { askPlan, giveOrder, type PlanReport, planReportSchema, stateFolderOf } from '@tidemark/control';
import { logFolder, planReport, sharedPlaceFrom } from '@tidemark/daemon';
import { errnoOf, escaped } from '@tidemark/disk';
import {
  comparePlans,
  createPlanCheck,
  planHash,
  planHashDigits,
  type PlannedCommand,
} from '@tidemark/engine';
import type { CommandContext } from '../context.ts';
import { beforeRun } from '../before-run.ts';
import { exitCodeOf } from '../exit-code.ts';
import { runOnce } from '../one-run.ts';
import { withRun } from '../open.ts';
import { inSharedPlace } from '../place.ts';
import { pluginsOfOneRun } from '../plugins.ts';
import { planAll, type PlannedAll } from './rehearse.ts';
import { report, sync } from './sync.ts';

/** What the user saw: only its hash, or all of it. */
interface Seen {
  readonly hash: string;
  readonly report: PlanReport | null;
}

export async function apply(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  if (commandLine.action.type !== 'apply') throw new Error('Not the command line of this command');
  const { hash, planFile } = commandLine.action;
  if (planFile !== undefined) {
    const seen = readPlan(planFile);
    if (typeof seen === 'string') {
      output.errorLine(`ERROR: Cannot use "${escaped(planFile)}" as a plan: ${seen}`);
      output.errorLine('       Write one: tidemark plan --json > FILE');
      return exitCodeOf('usage', commandLine);
    }
    return applyPlan(context, { hash: seen.hash, report: seen });
  }
  if (hash?.length === planHashDigits) return applyPlan(context, { hash, report: null });
  return (await order(context, hash)) ?? sync(context, hash === undefined ? 'whatIsHeld' : { hash });
}

async function applyPlan(context: CommandContext, seen: Seen): Promise<number> {
  const { commandLine, output, profile } = context;
  const live = await askPlan(stateFolderOf(logFolder(profile)));
  if (live !== null && 'error' in live) {
    output.errorLine(`ERROR: ${escaped(live.error)}`);
    return exitCodeOf('failed', commandLine);
  }
  if (live?.hash === seen.hash) {
    const answered = await order(context, seen.hash);
    if (answered !== null) return answered;
  }
  // A plan in a file is one of the sync folder.
  const all = await planAll(context, seen.report === null ? 'all' : 'own');
  if (all === null) return exitCodeOf('interrupted', commandLine);
  const now = planReport(all.own);
  if (live !== null || now.hash !== seen.hash) {
    const there = all.shared.find(({ ahead }) => planReport(ahead).hash === seen.hash);
    if (there === undefined) return refuse(context, seen, live ?? now);
    return applyInPlace(context, there, live === null ? 'here' : 'monitor');
  }
  if (now.commands.length === 0 && now.held === null) {
    output.line('Nothing to do');
    return 0;
  }
  const isPlanned = createPlanCheck(allOf(now));
  return sync(context, now.held === null ? 'nothing' : { hash: now.held.hash }, isPlanned);
}

/** The plan of a shared folder is carried out in that folder alone. */
async function applyInPlace(
  context: CommandContext,
  { place, ahead }: PlannedAll['shared'][number],
  by: 'here' | 'monitor',
): Promise<number> {
  const { output, profile } = context;
  const now = planReport(ahead);
  if (now.commands.length === 0 && now.held === null) {
    output.line('Nothing to do');
    return 0;
  }
  if (by === 'monitor') {
    if (now.held === null) {
      output.line('Nothing of it waits for a confirmation: the monitor does it by itself');
      return 0;
    }
    // Null: the monitor has ended since it was asked, so this command does it.
    const answered = await order(context, now.held.hash);
    if (answered !== null) return answered;
  }
  const stopped = await beforeRun(context);
  if (stopped !== null) return stopped;
  const shared = sharedPlaceFrom(profile, place.path);
  if (shared === null) return refuse(context, { hash: now.hash, report: null }, now);
  return withRun(context, { mode: 'real', resync: false }, (opened) =>
    inSharedPlace(context, opened, shared, 'real', async (there) => {
      const { here } = await pluginsOfOneRun(there.context.profile, { mode: 'real', json: false });
      const end = await runOnce(there.context, there.opened, {
        ...{ mode: 'real', wanted: now.held === null ? 'nothing' : { hash: now.held.hash } },
        plugins: there.shared === null ? here : [there.shared.guard, ...here],
        isAllowed: createPlanCheck(allOf(now)),
      });
      return report(context, end);
    }),
  );
}

/** Null: no daemon runs. */
async function order(
  { commandLine, output, profile }: CommandContext,
  hash?: string,
): Promise<number | null> {
  const answer = await giveOrder(
    stateFolderOf(logFolder(profile)),
    'apply',
    hash === undefined ? {} : { plan: hash },
  );
  if (answer === null) return null;
  for (const line of answer.lines) (answer.isAccepted ? output.line : output.errorLine)(line);
  return answer.isAccepted ? 0 : exitCodeOf('needsDecision', commandLine);
}

function refuse({ commandLine, output }: CommandContext, seen: Seen, now: PlanReport): number {
  output.errorLine(
    `ERROR: The plan is another one by now, so nothing was done: ${now.hash}, not ${seen.hash}`,
  );
  if (seen.report !== null) {
    const { came, went, differ } = comparePlans(allOf(seen.report), allOf(now));
    const tell = (what: string, commands: readonly PlannedCommand[]): void => {
      for (const { type, path } of commands.slice(0, shownMax))
        output.errorLine(`       ${what} ${type} "${escaped(path)}"`);
      if (commands.length > shownMax)
        output.errorLine(`       ${what} … and ${commands.length - shownMax} more`);
    };
    tell('came   ', came);
    tell('went   ', went);
    tell('differs', differ);
  } else
    output.errorLine(
      '       To be told what changed: tidemark plan --json > FILE, and later tidemark apply --plan FILE',
    );
  output.errorLine('       See it as it is now: tidemark plan');
  return exitCodeOf('needsDecision', commandLine);
}

const shownMax = 20;

const allOf = ({ commands, held }: PlanReport): readonly PlannedCommand[] => [
  ...commands,
  ...(held?.commands ?? []),
];

/** Otherwise why the file cannot be used, in words. */
function readPlan(file: string): PlanReport | string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = errnoOf(error);
    if (code === null) throw error;
    return code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
  }
  const { success, data } = planReportSchema.safeParse(parsed(text));
  if (!success) return "it is not what 'tidemark plan --json' prints";
  return planHash(data.commands, data.held?.commands ?? []) === data.hash
    ? data
    : 'its hash is not that of its commands: it was shortened by --item, or changed';
}

/** Undefined: no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
