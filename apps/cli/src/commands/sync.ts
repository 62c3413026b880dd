/** `--sync`: one run that ends when both sides agree, and its dry run. */
import { arrangePlugins, loadCapabilities } from '@tidemark/daemon';
import type { RunEnd, Wanted } from '@tidemark/daemon';
import type { CommandContext } from '../context.ts';
import { acceptStart } from '../accepted-start.ts';
import { beforeRun } from '../before-run.ts';
import { obstacleIn } from '../obstacle.ts';
import { exitCodeOf, kindOf } from '../exit-code.ts';
import { runOnce } from '../one-run.ts';
import { withRun } from '../open.ts';
import { withReporter } from '../plugins.ts';

export async function sync(
  context: CommandContext,
  wanted: Wanted = context.commandLine.force === 'yes' ? 'whatIsHeld' : 'nothing',
): Promise<number> {
  const { commandLine, profile } = context;
  const { settings } = profile;
  const mode = settings.dry_run ? 'rehearse' : 'real';
  const json = 'output' in commandLine.action && commandLine.action.output === 'json';
  const stopped = await beforeRun(context, json);
  if (stopped !== null) return stopped;

  const { here, elsewhere } = await arrangePlugins(
    withReporter(profile, { json, dryRun: mode === 'rehearse' }),
    profile,
  );
  return withRun(context, { mode, resync: settings.resync }, async (opened) => {
    const end = await runOnce(context, opened, {
      ...{ mode, wanted, bus: settings, plugins: here, elsewhere },
      // Ours need none of it in a run that ends by itself.
      capabilities:
        settings.plugins.length === 0
          ? {}
          : (await loadCapabilities()).capabilitiesOf(profile, opened.account, here),
    });
    if (mode === 'real') acceptStart(profile, (line) => context.output.errorLine(line));
    return report(context, end);
  });
}

/** The reporter has said how it went, deletions that wait for a decision included; what is left is the exit code. */
export function report({ commandLine }: CommandContext, { cause, status }: RunEnd): number {
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
