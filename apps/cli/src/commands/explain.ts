/** `explain PATH`: what happened to the item that holds the path, or held it last, which rule decided, what the service was asked, and how it ended. */
import { existsSync } from 'node:fs';
import type { Explanation } from '@tidemark/engine';
import { renderExplanation, renderOddity } from '@tidemark/engine';
import type { PathTold } from '@tidemark/daemon';
import {
  exclusionOf,
  explainReport,
  inShared,
  logFolder,
  readKnownPlaces,
  renderExcluded,
  sharedPlaceAt,
  tellPath,
} from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { seq } from '@tidemark/contracts';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { foldBegin, readLog, rulesOf } from '../read-log.ts';
import { withinRoot } from '../within-root.ts';
import { screenLines } from '../screen-lines.ts';

export async function explain(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'explain') return 2;
  const path = withinRoot(action.path, profile.settings.sync_dir);
  const shared = action.log === undefined ? sharedPlaceAt(profile, path) : null;
  const folder = action.log ?? logFolder(shared?.profile ?? profile);
  if (!existsSync(folder)) {
    const excluded = action.log === undefined ? await exclusionOf(profile, path, null, null) : null;
    if (excluded !== null)
      return tell(context, path, { explanations: [], excluded, oddity: null, places: null });
    output.errorLine('ERROR: Nothing has been synced yet, so there is nothing to explain');
    return exitCodeOf('failed', commandLine);
  }
  return readLog(context, folder, async (log) => {
    const rulesFor = await rulesOf(context, log);
    const told = await tellPath(shared?.inside ?? path, {
      ...{ log, rulesFor, begin: await foldBegin(context, log, rulesFor) },
      ...(action.atSeq !== undefined && { to: seq(action.atSeq) }),
      // Of another log, and of a moment in the past, the settings as they are now tell nothing.
      profile: action.log === undefined && action.atSeq === undefined ? profile : null,
      ...(shared !== null && inShared(profile, path, shared)),
      ...(action.atSeq !== undefined && { profile: null }),
    });
    return tell(context, path, told);
  });
}

function tell(context: CommandContext, path: string, told: PathTold | null): number {
  const { commandLine, output } = context;
  if (told === null && readKnownPlaces(context.profile).some((place) => place.path === path)) {
    context.output.line(
      `"${escaped(path)}" holds what others share, in a log of its own: tidemark status tells how it is`,
    );
    return 0;
  }
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
  const { explanations, excluded, oddity, below } = told;
  const head = below === undefined ? [] : [`In the shared folder "${below}", which has a log of its own:`];
  const inside = below === undefined ? path : path.slice(below.length + 1);
  const why = [
    ...(excluded === null ? [] : renderExcluded(excluded)),
    ...(oddity === null ? [] : renderOddity(path, oddity)),
  ];
  const separated = [...head, ...why, ...(why.length === 0 || explanations.length === 0 ? [] : [''])];
  const events = lines(inside, told, {
    ...{ everything: commandLine.verbosity > 0, linesMax: screenLines - separated.length },
  });
  for (const line of [...separated, ...events]) output.line(escaped(line));
  return 0;
}

/** The item that holds the path, or held it last; with `everything` every item that ever held it. */
function lines(
  path: string,
  { explanations: [first, ...others], places }: PathTold,
  { everything, linesMax }: { readonly everything: boolean; readonly linesMax: number },
): readonly string[] {
  if (first === undefined) return [];
  const wasRenamed = first.path !== path && first.standing !== 'gone';
  const head = wasRenamed ? [`"${path}" is "${first.path}" by now`] : [];
  const more = others.length === 1 ? 'Another item' : `${others.length} other items`;
  const tail =
    others.length === 0 || everything ? [] : ['', `${more} had this path too: --verbose tells everything`];
  const render = (explanation: Explanation): readonly string[] =>
    renderExplanation(explanation, {
      ...{ formatTime: (at) => new Date(at).toISOString(), everything },
      ...{ linesMax: linesMax - head.length - tail.length, ...(places && { places }) },
    });
  const rest = everything ? others.flatMap((other) => ['', ...render(other)]) : tail;
  return [...head, ...render(first), ...rest];
}
