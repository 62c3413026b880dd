/** A run in which nothing is written: both sides are looked at for real, every change is predicted. */
import { Failure } from '@tidemark/contracts';
import { createConfirmation, inProcess, openBus, pluginsOfSettings, runProfile } from '@tidemark/daemon';
import type { ConfiguredPlugin, RunEnd } from '@tidemark/daemon';
import type { CommandContext } from '../context.ts';
import { interruption } from '../interruption.ts';
import { obstacleIn } from '../obstacle.ts';
import { clock, random, withRun } from '../open.ts';
import { workers } from '../plugins.ts';

/** @throws Failure when a side could not be looked at */
export function rehearse(context: CommandContext): Promise<RunEnd> {
  const { profile, output, commandLine } = context;
  return withRun(context, { mode: 'rehearse', resync: profile.settings.resync }, async (opened) => {
    const interrupted = interruption(output);
    const bus = await openBus(inProcess, {
      onError: (detail) => {
        output.errorLine(`ERROR: A message between plugins was lost, so the run ends: ${detail}`);
        interrupted.end();
      },
      onOutside: (detail) => output.errorLine(`WARNING: ${detail}`),
    });
    try {
      const end = await runProfile({
        ...opened,
        profile,
        bus,
        clock,
        random,
        output,
        mode: 'rehearse',
        plugins: [...workers(profile), ...(await rulesOnly(profile))],
        massDeleteConfirmed: commandLine.force === 'yes',
        confirmation: createConfirmation(commandLine.force === 'yes' ? 'whatIsHeld' : 'nothing'),
        monitoring: false,
        lend: {},
        interrupted: interrupted.signal,
      });
      const obstacle = obstacleIn(end.status);
      if (obstacle !== null) throw new Failure(obstacle);
      return end;
    } finally {
      interrupted.release();
      await bus.close();
    }
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
