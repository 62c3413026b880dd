/** `explain PATH`: what happened to the item that holds the path, or held it last, which rule decided, what the service was asked, and how it ended. */
import { existsSync } from 'node:fs';
import type { Explanation } from '@tidemark/engine';
import { renderExplanation, renderOddity } from '@tidemark/engine';
import type { PathTold } from '@tidemark/daemon';
import { exclusionOf, explainReport, logFolder, renderExcluded, tellPath } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { seq } from '@tidemark/contracts';
import type { CommandLine } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { foldBegin, readLog, rulesOf } from '../read-log.ts';
import { withinRoot } from '../within-root.ts';

export async function explain(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'explain') return 2;
  const folder = action.log ?? logFolder(profile);
  const path = withinRoot(action.path, profile.settings.sync_dir);
  if (!existsSync(folder)) {
    const excluded = action.log === undefined ? await exclusionOf(profile, path, null, null) : null;
    if (excluded !== null) return tell(context, path, { explanations: [], excluded, oddity: null });
    output.errorLine('ERROR: Nothing has been synced yet, so there is nothing to explain');
    return exitCodeOf('failed', commandLine);
  }
  return readLog(context, folder, async (log) => {
    const rulesFor = await rulesOf(context, log);
    const told = await tellPath(path, {
      ...{ log, rulesFor, begin: await foldBegin(context, log, rulesFor) },
      ...(action.atSeq !== undefined && { to: seq(action.atSeq) }),
      // Of another log, and of a moment in the past, the settings as they are now tell nothing.
      profile: action.log === undefined && action.atSeq === undefined ? profile : null,
    });
    return tell(context, path, told);
  });
}

function tell({ commandLine, output }: CommandContext, path: string, told: PathTold | null): number {
  if (told === null) {
    output.errorLine(`ERROR: No run has ever seen "${escaped(path)}" on either side`);
    output.errorLine(
      '       Give the path relative to the sync folder, as it is or was; a change since the last run is not known yet',
    );
    return exitCodeOf('failed', commandLine);
  }
  const { action } = commandLine;
  if (action.type === 'explain' && action.output === 'json') {
    output.line(JSON.stringify(explainReport(path, told)));
    return 0;
  }
  const { explanations, excluded, oddity } = told;
  const why = [
    ...(excluded === null ? [] : renderExcluded(excluded)),
    ...(oddity === null ? [] : renderOddity(path, oddity)),
  ];
  const events = lines(path, explanations, commandLine);
  const isBoth = why.length > 0 && events.length > 0;
  for (const line of [...why, ...(isBoth ? [''] : []), ...events]) output.line(escaped(line));
  return 0;
}

/** The item that holds the path, or held it last, within a screen; with `--verbose` everything, of every item that ever held it. */
function lines(
  path: string,
  [first, ...others]: readonly Explanation[],
  { verbosity }: CommandLine,
): readonly string[] {
  if (first === undefined) return [];
  const everything = verbosity > 0;
  const formatTime = (at: number): string => new Date(at).toISOString();
  const render = (explanation: Explanation): readonly string[] =>
    renderExplanation(explanation, { formatTime, everything });
  const wasRenamed = first.path !== path && first.standing !== 'gone';
  const told = [...(wasRenamed ? [`"${path}" is "${first.path}" by now`] : []), ...render(first)];
  if (everything) return [...told, ...others.flatMap((other) => ['', ...render(other)])];
  if (others.length === 0) return told;
  const more = others.length === 1 ? 'Another item' : `${others.length} other items`;
  return [...told, '', `${more} had this path too: --verbose tells everything`];
}
