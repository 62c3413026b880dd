/** Reads a log where it is. Damage at its end does not show in what is read, so it is told afterwards. */
import { existsSync } from 'node:fs';
import type { EventLog, Seq } from '@tidemark/contracts';
import { Failure, failureGuide, seq } from '@tidemark/contracts';
import {
  createRulesFor,
  logFolder,
  oldestState,
  type RecordedRules,
  rulesFromRecord,
  withLog,
} from '@tidemark/daemon';
import type { RulesFor, State } from '@tidemark/engine';
import { isBundle } from '@tidemark/event-log';
import type { CommandContext } from './context.ts';
import { exitCodeOf } from './exit-code.ts';
import { settingsRules } from './settings-rules.ts';

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

/** What filters and plugins say of the log's items: a bundle knows what they said, for another log the settings do. */
export async function rulesOf({ profile }: CommandContext, log: EventLog): Promise<RulesFor> {
  if (isBundle(log)) return rulesFromRecord(log.bundle.head.rules as RecordedRules[]);
  return createRulesFor(await settingsRules(profile));
}

/** The folder of the log that the command names, or of our own. Null: there is none, which is said. */
export function logOf({ output, profile }: CommandContext, named: string | undefined): string | null {
  const folder = named ?? logFolder(profile);
  if (existsSync(folder)) return folder;
  output.errorLine(`ERROR: There is no event log at ${folder}`);
  output.errorLine('       Run a sync first, or name the folder of a saved log, or an incident bundle');
  return null;
}

/** Where folding the log begins. */
export interface FoldBegin {
  /** The first event to fold; undefined: the first one of the log. */
  readonly first: Seq | undefined;
  /** The state before it, one of its own for each call; undefined: nothing is known. */
  readonly from: (() => Promise<State>) | undefined;
}

/** Behind the oldest snapshot when the first events were removed, which is said. Throws Failure. */
export async function foldBegin(
  { output }: CommandContext,
  log: EventLog,
  rulesFor: RulesFor,
): Promise<FoldBegin> {
  if (log.first === 1) return { first: undefined, from: undefined };
  const from = async (): Promise<State> => {
    const state = await oldestState(log, rulesFor);
    if (state !== null) return state;
    const detail = 'Events were removed from the log, and it holds no snapshot that can be read';
    throw new Failure({ code: 'logDamaged', detail });
  };
  const first = seq((await from()).seq + 1);
  if (!isBundle(log))
    output.errorLine(`NOTE: What follows begins at event ${first}, behind the oldest state that was kept`);
  return { first, from };
}
