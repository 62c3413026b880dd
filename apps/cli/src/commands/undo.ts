/** `undo`: shows what it would take to have both sides as they were, asks, does it, and syncs. The undo itself can be undone. */
import {
  createRulesFor,
  findSpan,
  type Profile,
  settingsRules,
  sharedPlaceAt,
  undoPlan,
  unfinishedChanges,
} from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { UndoPlan, UndoSpan, UndoTarget } from '@tidemark/engine';
import type { Action } from '@tidemark/settings';
import { beforeRun } from '../before-run.ts';
import { confirmed } from '../confirm.ts';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import type { Opened } from '../open.ts';
import { clock, withRun } from '../open.ts';
import { parseSince } from '../since.ts';
import { nothingPossible, oneSideOnly, undoAsked, undoQuestion, undoText } from '../undo-text.ts';
import { isMonitorRunning, makeAndSync } from '../user-changes.ts';
import { withinRoot } from '../within-root.ts';

type UndoAction = Action & { readonly type: 'undo' };

export async function undo(context: CommandContext): Promise<number> {
  const { commandLine, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'undo') throw new Error('Not the command line of this command');
  const refuse = refusing(context);
  if (profile.settings.download_only || profile.settings.upload_only) return refuse(oneSideOnly);
  const stopped = await beforeRun(context);
  if (stopped !== null) return stopped;
  const isDryRun = action.consent === 'dryRun';
  const isLive = await isMonitorRunning(context);
  // Beside a monitor the log is read where it is.
  const mode = isDryRun || isLive ? 'rehearse' : 'real';
  return withRun(context, { mode, resync: false }, async (opened) => {
    const unfinished = await unfinishedChanges(opened.log.read());
    if (unfinished !== null) {
      if (isDryRun) return 0;
      const { asked } = unfinished.planned;
      context.output.errorLine(`NOTE: What the ${asked} left open is made now, and nothing else is undone`);
      return makeAndSync(context, opened, unfinished, {
        ...{ source: 'undo', isLive },
        json: action.output === 'json',
      });
    }
    const target = targetOf(action, profile);
    if (typeof target === 'string') return refuse(target);
    const span = await findSpan(opened.log, target);
    if (typeof span === 'string') return refuse(span);
    return undoSpan(context, action, opened, { span, isLive });
  });
}

const refusing =
  ({ commandLine, output }: CommandContext) =>
  (why: string, kind: 'failed' | 'needsDecision' = 'failed'): number => {
    output.errorLine(`ERROR: ${escaped(why)}`);
    return exitCodeOf(kind, commandLine);
  };

function targetOf({ target }: UndoAction, profile: Profile): UndoTarget | string {
  if (target === undefined)
    return 'No undo was left open. Say what to undo: a PATH, --run, --since or --seq (tidemark undo --help)';
  if (target.by === 'path') {
    const path = withinRoot(target.path, profile.settings.sync_dir);
    const shared = sharedPlaceAt(profile, path);
    return shared === null
      ? { by: 'path', path }
      : `"${path}" is in the shared folder "${shared.place.path}", which undo does not reach: 'tidemark explain' says where what it held before is`;
  }
  if (target.by !== 'since') return target;
  const at = parseSince(target.since, clock.now());
  return at === null
    ? `--since takes a time or a duration as 2h, not '${target.since}'`
    : { by: 'since', at };
}

async function undoSpan(
  context: CommandContext,
  action: UndoAction,
  opened: Opened,
  { span, isLive }: { readonly span: UndoSpan; readonly isLive: boolean },
): Promise<number> {
  const { output, profile } = context;
  const refuse = refusing(context);
  const path = action.target !== undefined && 'path' in action.target ? action.target.path : undefined;
  const plan = await undoPlan({
    ...{ log: opened.log, disk: opened.disk, state: opened.state, driveKind: opened.info.kind, span },
    path: path === undefined ? undefined : withinRoot(path, profile.settings.sync_dir),
    rulesFor: createRulesFor(await settingsRules(profile)),
  });
  const json = action.output === 'json';
  if (json) output.line(JSON.stringify({ type: 'undoPlan', span: { ...span, items: undefined }, ...plan }));
  else for (const line of planLines(plan, span)) output.line(line);
  if (plan.changes.length === 0 && plan.refused.length === 0) return 0;
  if (action.consent === 'dryRun') return 0;
  const isPart = plan.refused.length > 0 && action.partial === 'no';
  if (plan.changes.length === 0) return refuse(nothingPossible, 'needsDecision');
  if (action.consent === 'ask') {
    if (process.stdin.isTTY !== true)
      return refuse('Nothing was done: without a terminal to ask at, undo needs --yes', 'needsDecision');
    const question = `${undoQuestion({ ...plan, refused: isPart ? plan.refused : [] })} [y/N] `;
    if (!(await confirmed({ lines: [], question }, context)))
      return refuse('Nothing was done', 'needsDecision');
  } else if (isPart)
    return refuse('Nothing was done: a part cannot be undone. --partial undoes the rest', 'needsDecision');
  const asked = undoAsked(span, path);
  return makeAndSync(context, opened, { asked, changes: plan.changes }, { source: 'undo', json, isLive });
}

function planLines(plan: UndoPlan, span: UndoSpan): readonly string[] {
  const { title, changes, leftTitle, left } = undoText(plan, span);
  const listed = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${escaped(line)}`);
  return [title, ...listed(changes), ...(leftTitle === null ? [] : [leftTitle]), ...listed(left)];
}
