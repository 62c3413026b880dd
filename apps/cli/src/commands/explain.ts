/** `explain PATH`: what happened to it, which rule decided, what the service was asked, and how it ended. Every item that ever held the path is told. */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { EventLog, RecordedEvent, Seq } from '@tidemark/contracts';
import type { PathMatch, State } from '@tidemark/engine';
import {
  createPathFinder,
  explain as explainItem,
  explainOddity,
  relatedPlans,
  renderExplanation,
  replay,
} from '@tidemark/engine';
import { createRulesFor, logFolder } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { seq } from '@tidemark/contracts';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { readLog } from '../read-log.ts';
import { settingsRules } from '../settings-rules.ts';

export async function explain(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'explain') return 2;
  const folder = logFolder(profile);
  if (!existsSync(folder)) {
    output.errorLine('ERROR: Nothing has been synced yet, so there is nothing to explain');
    return exitCodeOf('failed', commandLine);
  }
  const path = withinRoot(action.path, profile.settings.sync_dir);
  return readLog(context, folder, async (log) => {
    const finder = createPathFinder(path);
    const { state } = await replay({
      batches: log.read(action.atSeq === undefined ? {} : { to: seq(action.atSeq) }),
      rulesFor: createRulesFor(await settingsRules(profile)),
      check: false,
      watch: finder.watch,
    });
    const matches = finder.matches(state);
    if (matches.length === 0) {
      const lines = explainOddity(state, path);
      if (lines === null) {
        output.errorLine(`ERROR: No run has ever seen "${escaped(path)}" on either side`);
        output.errorLine(
          '       Give the path relative to the sync folder, as it is or was; a change since the last run is not known yet',
        );
        return exitCodeOf('failed', commandLine);
      }
      for (const line of lines) output.line(escaped(line));
      return 0;
    }
    for (const [index, match] of matches.entries()) {
      const explanation = await explainMatch(log, state, match);
      if (action.output === 'json') output.line(JSON.stringify(explanation));
      else {
        if (index > 0) output.line('');
        for (const line of renderExplanation(explanation, (at) => new Date(at).toISOString()))
          output.line(escaped(line));
      }
    }
    return 0;
  });
}

async function explainMatch(
  log: EventLog,
  state: State,
  match: PathMatch,
): Promise<ReturnType<typeof explainItem>> {
  const history: RecordedEvent[] = [];
  for await (const recorded of log.history(match.item)) if (recorded.seq <= state.seq) history.push(recorded);
  const looks: RecordedEvent[] = [];
  for (const plan of relatedPlans(history))
    for (const recorded of await eventAt(log, plan)) looks.push(recorded);
  return explainItem({ history, state, item: match.item, looks, match });
}

async function eventAt(log: EventLog, at: Seq): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const batch of log.read({ from: at, to: at }))
    for (const recorded of batch) if (recorded.seq === at) found.push(recorded);
  return found;
}

/** Absolute paths and paths with `./` are welcome as well. */
function withinRoot(path: string, root: string): string {
  if (!path.startsWith('/')) return path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  return relative(resolve(root), resolve(path));
}
