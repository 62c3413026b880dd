/** `explain --run` and `explain --since`: what happened in a part of the log, each change with its reason, and what was not in sync at its end. */
import { findSpan, storyOf, storyReport } from '@tidemark/daemon';
import type { EventLog } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import type { UndoSpan, UndoTarget } from '@tidemark/engine';
import { renderStory } from '@tidemark/engine';
import type { Action } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { clock } from '../open.ts';
import { logOf, readLog, rulesOf } from '../read-log.ts';
import { parseSince, sinceForms } from '../since.ts';
import { screenLines } from '../screen-lines.ts';

type SpanAction = Action & { readonly type: 'explainSpan' };

export async function explainSpan(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const { action } = commandLine;
  if (action.type !== 'explainSpan') throw new Error('Not the command line of this command');
  const target = targetOf(action);
  if (typeof target === 'string') {
    output.errorLine(`ERROR: ${escaped(target)}`);
    return exitCodeOf('usage', commandLine);
  }
  const folder = logOf(context, action.log);
  if (folder === null) return exitCodeOf('failed', commandLine);
  return readLog(context, folder, async (log) => {
    const span = await findSpan(log, target);
    if (typeof span === 'string') {
      output.errorLine(`ERROR: ${span}`);
      return exitCodeOf('failed', commandLine);
    }
    return tell(context, action, log, span);
  });
}

function targetOf({ target }: SpanAction): UndoTarget | string {
  if (target.by === 'run') return target;
  const at = parseSince(target.since, clock.now());
  return at === null ? `Cannot read --since "${target.since}": ${sinceForms}` : { by: 'since', at };
}

async function tell(
  context: CommandContext,
  action: SpanAction,
  log: EventLog,
  span: UndoSpan,
): Promise<number> {
  const { output, commandLine } = context;
  const story = await storyOf(log, span, await rulesOf(context, log));
  if (action.output === 'json') {
    output.line(JSON.stringify(storyReport(span, story)));
    return 0;
  }
  const hints = hintsOf(action, story.groups.length > 0);
  const lines = renderStory(story, {
    ...{ name: capital(span.name), everything: commandLine.verbosity > 0 },
    ...{ formatTime: (at) => new Date(at).toISOString(), linesMax: screenLines - hints.length },
  });
  for (const line of [...lines, ...hints]) output.line(escaped(line));
  return 0;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Of our own log: how to ask on, and how to go back. */
function hintsOf({ log, target }: SpanAction, hasHappened: boolean): readonly string[] {
  if (log !== undefined || !hasHappened) return [];
  const span = target.by === 'run' ? `--run ${target.run}` : `--since ${target.since}`;
  return [
    'Of one item: tidemark explain PATH',
    `To take it back: tidemark undo ${span} --dry-run shows what that takes`,
  ];
}
