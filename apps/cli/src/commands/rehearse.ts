/** A run in which nothing is written: both sides are looked at for real, every change is predicted. */
import { inProcess, openBus, pluginsOfSettings, runProfile } from '@tidemark/daemon';
import type { ConfiguredPlugin, RunEnd } from '@tidemark/daemon';
import type { CommandContext } from '../context.ts';
import { interruption } from '../interruption.ts';
import { clock, random, withRun } from '../open.ts';
import { workers } from '../plugins.ts';

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
      return await runProfile({
        ...opened,
        profile,
        bus,
        clock,
        random,
        output,
        mode: 'rehearse',
        plugins: [...workers(profile), ...(await rulesOnly(profile))],
        massDeleteConfirmed: commandLine.force === 'yes',
        monitoring: false,
        lend: {},
        interrupted: interrupted.signal,
      });
    } finally {
      interrupted.release();
      await bus.close();
    }
  });
}

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
