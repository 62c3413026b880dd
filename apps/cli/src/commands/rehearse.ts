/** A run in which nothing is written: both sides are looked at for real, every change is predicted. */
import { Failure } from '@tidemark/contracts';
import { createLookAhead, pluginsOfSettings, rulesAlone, withFilter } from '@tidemark/daemon';
import type { Ahead, RunEnd } from '@tidemark/daemon';
import type { CommandContext } from '../context.ts';
import { obstacleIn } from '../obstacle.ts';
import type { OneRun } from '../one-run.ts';
import { runOnce } from '../one-run.ts';
import { withRun } from '../open.ts';
import { workers } from '../plugins.ts';

export interface Rehearsed extends RunEnd {
  /** The drive that was looked at. */
  readonly driveId: string;
}

/** @throws Failure when a side could not be looked at */
export function rehearse(
  context: CommandContext,
  wanted: OneRun['wanted'] = context.commandLine.force === 'yes' ? 'whatIsHeld' : 'nothing',
): Promise<Rehearsed> {
  const { profile } = context;
  return withRun(context, { mode: 'rehearse', resync: profile.settings.resync }, async (opened) => {
    const end = await runOnce(context, opened, {
      mode: 'rehearse',
      wanted,
      plugins: withFilter([
        ...workers(profile),
        ...rulesAlone(await pluginsOfSettings(profile), opened.state),
      ]),
    });
    const obstacle = obstacleIn(end.status);
    if (obstacle !== null) throw new Failure(obstacle);
    return { ...end, driveId: opened.info.id };
  });
}

/** What a run would do now, and what is held in it. @throws Failure when a side could not be looked at. Null: interrupted. */
export async function planNow(context: CommandContext): Promise<Ahead | null> {
  // Whatever is held is confirmed, so nothing is.
  if (context.commandLine.force === 'yes') {
    const { rehearsed: commands, status, cause } = await rehearse(context);
    return cause === 'interrupted' ? null : { commands, held: null, status };
  }
  const ahead = createLookAhead();
  const end = await rehearse(context, ahead);
  return end.cause === 'interrupted' ? null : ahead.found(end);
}

/** What would not be in sync after everything that is planned. */
export const openItems = ({ notAtRest }: RunEnd['status']): RunEnd['status']['notAtRest'] =>
  notAtRest.filter(({ standing }) => standing !== 'ignored');
