/** Reads a log where it is. Damage at its end does not show in what is read, so it is told afterwards. */
import { existsSync } from 'node:fs';
import type { EventLog } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import {
  beginOfFold,
  type FoldBegin,
  logFolder,
  type RecordedRules,
  rulesFromRecord,
  rulesOfRuns,
  withLog,
} from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { RulesFor } from '@tidemark/engine';
import { isBundle } from '@tidemark/event-log';
import type { CommandContext } from './context.ts';
import { exitCodeOf } from './exit-code.ts';

/** Resolves to the exit code of `use`, or to the one of a damaged log. Throws Failure. */
export function readLog(
  { commandLine, output }: CommandContext,
  folder: string,
  use: (log: EventLog) => Promise<number>,
): Promise<number> {
  return withLog(folder, async (log) => {
    // On the other channel: what is told of the events may be read by a program.
    if (log.first > 1 && !isBundle(log))
      output.errorLine(
        `NOTE: Events 1 to ${log.first - 1} are not in the log any more: their archives were removed, because all of it would have taken more than log_max_size`,
      );
    const exitCode = await use(log);
    if (log.opening.state !== 'damaged') return exitCode;
    output.errorLine(`ERROR: The event log is damaged, events are missing: ${log.opening.detail}`);
    output.errorLine(`       Next sync: ${failureGuide.logDamaged.remedy}`);
    return exitCodeOf('logDamaged', commandLine);
  });
}

/**
 * What filters and plugins say of the log's items: a bundle knows what they said, for another log the plugins of the settings do, with the
 * settings and facts of the log. Those that are not here any more are named.
 */
export async function rulesOf({ profile, output }: CommandContext, log: EventLog): Promise<RulesFor> {
  if (isBundle(log)) return rulesFromRecord(log.bundle.head.rules as RecordedRules[]);
  const { rulesFor, hears } = await rulesOfRuns(profile);
  const named = new Set<string>();
  return (policy, basis) => {
    for (const plugin of basis.plugins) {
      const who = `plugin "${plugin.name}" ${plugin.version}`;
      if (plugin.rules !== true || hears(plugin) || named.has(who)) continue;
      named.add(who);
      // On the other channel: what is told of the events may be read by a program.
      output.errorLine(
        escaped(
          `NOTE: Rules of ${who} decided in this log, and it is not here: what follows lacks what they said`,
        ),
      );
    }
    return rulesFor(policy, basis);
  };
}

/** The folder of the log that the command names, or of our own. Null: there is none, which is said. */
export function logOf({ output, profile }: CommandContext, named: string | undefined): string | null {
  const folder = named ?? logFolder(profile);
  if (existsSync(folder)) return folder;
  output.errorLine(`ERROR: There is no event log at ${folder}`);
  output.errorLine('       Run a sync first, or name the folder of a saved log, or an incident bundle');
  return null;
}

/** Behind the oldest snapshot when the first events were removed, which is said. Throws Failure. */
export async function foldBegin(
  { output }: CommandContext,
  log: EventLog,
  rulesFor: RulesFor,
): Promise<FoldBegin> {
  const begin = await beginOfFold(log, rulesFor);
  if (begin.first !== undefined && !isBundle(log))
    output.errorLine(
      `NOTE: What follows begins at event ${begin.first}, behind the oldest state that was kept`,
    );
  return begin;
}
