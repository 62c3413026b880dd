/** `--sync`: one run that ends when both sides agree, and its dry run. `--monitor`: one that goes on until it is stopped. */
import { edgesOf, openBus, runProfile } from '@tidemark/daemon';
import type { RunEnd } from '@tidemark/daemon';
import type { CommandContext } from '../context.ts';
import { acceptStart, changedSettings } from '../accepted-start.ts';
import { confirmed } from '../confirm.ts';
import { exitCodeOf, kindOf } from '../exit-code.ts';
import { interruption } from '../interruption.ts';
import { clock, random, withRun } from '../open.ts';
import { withReporter } from '../plugins.ts';

export async function sync(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { settings } = profile;
  const mode = settings.dry_run ? 'rehearse' : 'real';
  const { action } = commandLine;
  const monitoring = action.type === 'monitor' && mode === 'real';
  const json = (action.type === 'sync' || action.type === 'monitor') && action.output === 'json';
  const say = (line: string): void => {
    if (!json) output.line(line);
  };
  if (settings.resync && !settings.resync_auth && !(await confirmed(resyncWarning, output))) return 1;

  const changes = settings.resync ? { changed: [], notices: [] } : changedSettings(profile);
  for (const notice of changes.notices) say(notice);
  if (changes.changed.length > 0) {
    const lines = changes.lines ?? [];
    if (settings.compat_strict_resync) {
      for (const line of lines) output.errorLine(line);
      return 78;
    }
    say(
      `${lines[0] ?? ''} (${changes.changed.join(', ')}): applied without it, nothing is deleted because of it`,
    );
  }
  if (settings.resync) say('Deleting the saved application sync status ...');

  return withRun(context, { mode, resync: settings.resync }, async (opened) => {
    const interrupted = interruption(output);
    const bus = await openBus(settings, (detail) => {
      output.errorLine(`ERROR: A message between plugins was lost, so the run ends: ${detail}`);
      interrupted.end();
    });
    try {
      const end = await runProfile({
        ...opened,
        profile,
        bus,
        clock,
        random,
        output,
        mode,
        plugins: withReporter(profile, { json, dryRun: mode === 'rehearse', monitoring }),
        massDeleteConfirmed: commandLine.force === 'yes',
        monitoring,
        lend: monitoring ? edgesOf(profile, opened.account) : {},
        interrupted: interrupted.signal,
      });
      if (mode === 'real') acceptStart(profile);
      return monitoring && interrupted.by === 'SIGTERM' ? 0 : report(context, end);
    } finally {
      interrupted.release();
      await bus.close();
    }
  });
}

/** The reporter has told the story, deletions that wait for a decision included; what is left is the exit code. */
function report({ commandLine }: CommandContext, { cause, status }: RunEnd): number {
  if (cause === 'interrupted') return exitCodeOf('interrupted', commandLine);
  if (status.halted !== null) {
    return exitCodeOf(kindOf(status.halted.code), commandLine);
  }
  if (status.deletionsHeld > 0) return exitCodeOf('needsDecision', commandLine);
  return status.notAtRest.some(
    ({ standing }) => standing === 'problem' || standing === 'waiting' || standing === 'pending',
  )
    ? exitCodeOf('failed', commandLine)
    : 0;
}

const resyncWarning = {
  lines: [
    '',
    'WARNING: You have asked the client to perform a --resync operation.',
    '         Tidemark will forget what both sides agreed on and compare them by content.',
    '         Nothing is deleted; where both sides differ, both versions are kept.',
    '',
  ],
  question: 'Are you sure you wish to proceed with --resync? [Y/N] ',
};
