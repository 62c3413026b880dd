/** `why-excluded PATH`: which rule keeps a path out of the sync, where it is written, and what would let the path in. */
import { existsSync } from 'node:fs';
import type { WhyExcludedReport } from '@tidemark/control';
import { explainSchemaVersion } from '@tidemark/control';
import {
  createRulesFor,
  excludedReport,
  exclusionOf,
  logFolder,
  renderExcluded,
  settingsRules,
  stateFromLog,
} from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { State } from '@tidemark/engine';
import { createPathFinder, oddityAt, renderOddity, standingOf, standingText } from '@tidemark/engine';
import type { CommandContext } from '../context.ts';
import { readLog } from '../read-log.ts';
import { withinRoot } from '../within-root.ts';

/** As other programs answer such a question: 0, it is; 1, it is not. */
const exitCodes = { excluded: 0, notExcluded: 1 } as const;

export async function whyExcluded(context: CommandContext): Promise<number> {
  const { profile } = context;
  const folder = logFolder(profile);
  if (!existsSync(folder)) return answer(context, null);
  return readLog(context, folder, async (log) => {
    const { state } = await stateFromLog(log, createRulesFor(await settingsRules(profile)));
    return answer(context, state);
  });
}

async function answer(context: CommandContext, state: State | null): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'whyExcluded') throw new Error('Not the command line of this command');
  const path = withinRoot(action.path, profile.settings.sync_dir);
  const finder = createPathFinder(path);
  if (state !== null) finder.look(state.trees);
  const [item = null] = finder.found();
  const excluded = await exclusionOf(profile, path, state, item);
  const oddity = state === null ? null : oddityAt(state, path);
  const standing = state === null || item === null ? null : standingOf(state, item);
  const isExcluded = excluded !== null || oddity !== null;
  if (action.output === 'json') {
    const report: WhyExcludedReport = {
      ...{ schema: explainSchemaVersion, path, isExcluded },
      ...{ excluded: excluded && excludedReport(excluded), oddity: oddity && { ...oddity } },
      standing: standing && { ...standing, failure: standing.failure && { ...standing.failure } },
    };
    output.line(JSON.stringify(report));
  } else {
    const lines = [
      ...(excluded === null ? [] : renderExcluded(excluded)),
      ...(oddity === null ? [] : renderOddity(path, oddity)),
      ...(isExcluded
        ? []
        : [`Nothing excludes "${path}"${standing === null ? '' : `. It is ${standingText(standing)}`}`]),
    ];
    for (const line of lines) output.line(escaped(line));
  }
  return isExcluded ? exitCodes.excluded : exitCodes.notExcluded;
}
