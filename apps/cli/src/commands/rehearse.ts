/** A run in which nothing is written: both sides are looked at for real, every change is predicted. */
import { Failure } from '@tidemark/contracts';
import { inProcess, pluginsOfSettings } from '@tidemark/daemon';
import type { ConfiguredPlugin, RunEnd } from '@tidemark/daemon';
import type { CommandContext } from '../context.ts';
import { obstacleIn } from '../obstacle.ts';
import { runOnce } from '../one-run.ts';
import { withRun } from '../open.ts';
import { workers } from '../plugins.ts';

/** @throws Failure when a side could not be looked at */
export function rehearse(context: CommandContext): Promise<RunEnd> {
  const { profile, commandLine } = context;
  return withRun(context, { mode: 'rehearse', resync: profile.settings.resync }, async (opened) => {
    const end = await runOnce(context, opened, {
      mode: 'rehearse',
      wanted: commandLine.force === 'yes' ? 'whatIsHeld' : 'nothing',
      bus: inProcess,
      plugins: [...workers(profile), ...(await rulesOnly(profile))],
      capabilities: {},
    });
    const obstacle = obstacleIn(end.status);
    if (obstacle !== null) throw new Failure(obstacle);
    return end;
  });
}

/** What would not be in sync after everything that is planned. */
export const openItems = ({ notAtRest }: RunEnd['status']): RunEnd['status']['notAtRest'] =>
  notAtRest.filter(({ standing }) => standing !== 'ignored');

/** Their rules decide with us; what else they do is for real runs. */
async function rulesOnly(profile: CommandContext['profile']): Promise<ConfiguredPlugin[]> {
  const theirs = await pluginsOfSettings(profile);
  return theirs.flatMap(({ plugin: { name, version, config: schema, rules }, config }) =>
    rules === undefined
      ? []
      : [
          {
            plugin: {
              ...{ name, rules },
              ...(version !== undefined && { version }),
              ...(schema !== undefined && { config: schema }),
            },
            config,
          },
        ],
  );
}
