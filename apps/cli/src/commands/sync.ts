/** `--sync`: one run that ends when both sides agree, and its dry run. */
import { makeBetweenRuns } from '@tidemark/daemon';
import type { RunEnd, Wanted } from '@tidemark/daemon';
import type { CommandContext } from '../context.ts';
import { asksForJson } from '../for-programs.ts';
import { acceptStart } from '../accepted-start.ts';
import { beforeRun } from '../before-run.ts';
import { obstacleIn } from '../obstacle.ts';
import { exitCodeOf, kindOf } from '../exit-code.ts';
import { escaped } from '@tidemark/disk';
import type { OneRun } from '../one-run.ts';
import { runOnce } from '../one-run.ts';
import { createCycle } from '@tidemark/plugin-reporter';
import { clock, withRun } from '../open.ts';
import { pluginsOfOneRun } from '../plugins.ts';
import { borderOf, prepareShared, rehearsing, syncShared } from '../shared-folders.ts';
import { unshownFileActions } from '../unshown-file-actions.ts';

export async function sync(
  given: CommandContext,
  wanted: Wanted = given.commandLine.force === 'yes' ? 'whatIsHeld' : 'nothing',
  isAllowed?: OneRun['isAllowed'],
): Promise<number> {
  const mode = given.profile.settings.dry_run ? 'rehearse' : 'real';
  const context = mode === 'real' ? given : rehearsing(given);
  const { commandLine, profile } = context;
  const { settings } = profile;
  const json = asksForJson(commandLine);
  const stopped = await beforeRun(context);
  if (stopped !== null) return stopped;

  const { here, elsewhere } = await pluginsOfOneRun(profile, { mode, json });
  const unshown = unshownFileActions({ here }, settings);
  if (unshown !== null) context.output.errorLine(unshown);
  return withRun(context, { mode, resync: settings.resync }, async (opened) => {
    // A plan that was shown is carried out as it is, and nothing else is.
    if (isAllowed === undefined && typeof wanted === 'string')
      await makeBetweenRuns({
        ...{ profile, clock, mode, opened, drive: opened.account.drive },
        say: (line) => {
          if (!json) context.output.line(line);
        },
        warn: (line) => context.output.errorLine(`WARNING: ${line}`),
      });
    const files = await prepareShared(context, opened, { mode, json });
    const border = await borderOf(profile, elsewhere, opened);
    const cycle = createCycle('own');
    const told = { ...context, output: cycle.output('own', context.output) };
    const around = (): Promise<RunEnd> =>
      runOnce(told, opened, {
        ...{ mode, wanted, elsewhere },
        plugins: border === null ? here : [border.guard('own'), ...here],
        ...(isAllowed !== undefined && { isAllowed }),
      });
    // What others share is looked at after that, and belongs to it.
    cycle.expect('shared');
    try {
      const end = await around();
      if (mode === 'real') acceptStart(profile, (line) => context.output.errorLine(line));
      // A plan that was shown is about the sync folder alone.
      if (isAllowed !== undefined) return report(context, end);
      const parts = { mode, json, wanted, end, around, border, cycle, files } as const;
      const codes = await syncShared(context, opened, parts, (other) => report(context, other));
      return codes.find((code) => code !== 0) ?? 0;
    } finally {
      for (const key of ['shared', 'own']) cycle.ended(key);
    }
  });
}

/** The reporter has said how it went, deletions that wait for a decision included; what is left is the exit code. */
export function report({ commandLine, output }: CommandContext, end: RunEnd): number {
  const { cause, status, refused } = end;
  if (refused.length > 0) {
    output.errorLine(
      'ERROR: Something changed while the plan was carried out. What follows is not part of it and was not done',
    );
    for (const { type, path } of refused.slice(0, refusedShownMax))
      output.errorLine(`       ${type} "${escaped(path)}"`);
    output.errorLine('       See what is left to do: tidemark plan');
    return exitCodeOf('needsDecision', commandLine);
  }
  if (cause === 'interrupted') return exitCodeOf('interrupted', commandLine);
  const obstacle = obstacleIn(status);
  if (obstacle !== null) return exitCodeOf(kindOf(obstacle.code), commandLine);
  if (status.held !== null) return exitCodeOf('needsDecision', commandLine);
  return status.notAtRest.some(
    ({ standing }) => standing === 'problem' || standing === 'waiting' || standing === 'pending',
  )
    ? exitCodeOf('failed', commandLine)
    : 0;
}

const refusedShownMax = 20;
