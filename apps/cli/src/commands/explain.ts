/** `explain PATH`: what happened to the item that holds the path, or held it last, which rule decided, what the service was asked, and how it ended. */
import { existsSync } from 'node:fs';
import type { Explanation } from '@tidemark/engine';
import { explainPath, oddityAt, renderExplanation, renderOddity } from '@tidemark/engine';
import { logFolder } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { LocalOddity } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { CommandLine } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import type { Excluded } from '../excluded.ts';
import { exclusionOf, renderExcluded } from '../excluded.ts';
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
    const excluded = action.log === undefined ? await exclusionOf(context, path, null, null) : null;
    if (excluded !== null) return tell(context, path, { explanations: [], excluded, oddity: null });
    output.errorLine('ERROR: Nothing has been synced yet, so there is nothing to explain');
    return exitCodeOf('failed', commandLine);
  }
  return readLog(context, folder, async (log) => {
    const rulesFor = await rulesOf(context, log);
    const { first, from } = await foldBegin(context, log, rulesFor);
    const range = {
      ...(first !== undefined && { from: first }),
      ...(action.atSeq !== undefined && { to: seq(action.atSeq) }),
    };
    const { explanations, state } = await explainPath(path, { read: () => log.read(range), rulesFor, from });
    // Of another log, and of a moment in the past, the settings as they are now tell nothing.
    const isNow = action.log === undefined && action.atSeq === undefined;
    const item = explanations.find((one) => one.standing !== 'gone' && one.path === path)?.item ?? null;
    const excluded = isNow ? await exclusionOf(context, path, state, item) : null;
    const oddity = item === null ? oddityAt(state, path) : null;
    return tell(context, path, { explanations, excluded, oddity });
  });
}

interface Told {
  readonly explanations: readonly Explanation[];
  readonly excluded: Excluded | null;
  readonly oddity: LocalOddity | null;
}

function tell({ commandLine, output }: CommandContext, path: string, told: Told): number {
  const { explanations, excluded, oddity } = told;
  if (explanations.length === 0 && excluded === null && oddity === null) {
    output.errorLine(`ERROR: No run has ever seen "${escaped(path)}" on either side`);
    output.errorLine(
      '       Give the path relative to the sync folder, as it is or was; a change since the last run is not known yet',
    );
    return exitCodeOf('failed', commandLine);
  }
  const { action } = commandLine;
  if (action.type === 'explain' && action.output === 'json') {
    if (excluded !== null || oddity !== null)
      output.line(JSON.stringify({ path, ...(oddity && { oddity }), ...(excluded && { excluded }) }));
    for (const one of explanations) output.line(JSON.stringify(one));
    return 0;
  }
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
