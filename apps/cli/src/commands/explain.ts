/** `explain PATH`: what happened to the item that holds the path, or held it last, which rule decided, what the service was asked, and how it ended. */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Explanation } from '@tidemark/engine';
import { explainPath, oddityAt, renderExplanation, renderOddity } from '@tidemark/engine';
import { logFolder } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { seq } from '@tidemark/contracts';
import type { CommandLine } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { foldBegin, readLog, rulesOf } from '../read-log.ts';

export async function explain(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'explain') return 2;
  const folder = action.log ?? logFolder(profile);
  if (!existsSync(folder)) {
    output.errorLine('ERROR: Nothing has been synced yet, so there is nothing to explain');
    return exitCodeOf('failed', commandLine);
  }
  const path = withinRoot(action.path, profile.settings.sync_dir);
  return readLog(context, folder, async (log) => {
    const rulesFor = await rulesOf(context, log);
    const { first, from } = await foldBegin(context, log, rulesFor);
    const range = {
      ...(first !== undefined && { from: first }),
      ...(action.atSeq !== undefined && { to: seq(action.atSeq) }),
    };
    const { explanations, state } = await explainPath(path, { read: () => log.read(range), rulesFor, from });
    const oddity = explanations.length === 0 ? oddityAt(state, path) : null;
    if (explanations.length === 0 && oddity === null) {
      output.errorLine(`ERROR: No run has ever seen "${escaped(path)}" on either side`);
      output.errorLine(
        '       Give the path relative to the sync folder, as it is or was; a change since the last run is not known yet',
      );
      return exitCodeOf('failed', commandLine);
    }
    const told = oddity === null ? explanations : [{ path, oddity }];
    if (action.output === 'json') for (const one of told) output.line(JSON.stringify(one));
    else
      for (const line of oddity === null
        ? lines(path, explanations, commandLine)
        : renderOddity(path, oddity))
        output.line(escaped(line));
    return 0;
  });
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

/** Absolute paths and paths with `./` are welcome as well. */
function withinRoot(path: string, root: string): string {
  if (!path.startsWith('/')) return path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  return relative(resolve(root), resolve(path));
}
