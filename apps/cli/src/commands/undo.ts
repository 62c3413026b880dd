/** `undo`: shows what it would take to have both sides as they were, asks, does it, and syncs. The undo itself can be undone. */
import type { EventLog } from '@tidemark/contracts';
import {
  createRulesFor,
  findSpan,
  logFolder,
  type Profile,
  settingsRules,
  sharedPlaceFrom,
  sharedPlacesWithLog,
  undoPlan,
  unfinishedChanges,
  withLog,
} from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { UndoPlan, UndoSpan, UndoTarget } from '@tidemark/engine';
import type { Action } from '@tidemark/settings';
import { beforeRun } from '../before-run.ts';
import { confirmed } from '../confirm.ts';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { clock, withRun } from '../open.ts';
import { forReadingText, inSharedPlace, type Place } from '../place.ts';
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
  const isLive = await isMonitorRunning(context);
  // Beside a monitor the log is read where it is.
  const mode = action.consent === 'dryRun' || isLive ? 'rehearse' : 'real';
  return withRun(context, { mode, resync: false }, async (opened) => {
    const path = pathOf(action, profile);
    const meant = path === undefined ? null : sharedPlaceFrom(profile, path);
    const own = { context, opened, shared: null };
    if (meant !== null)
      return inSharedPlace(context, opened, meant, mode, (place) =>
        undoIn(place, action, { isLive, path: meant.inside }),
      );
    const others = sharedPlacesWithLog(profile);
    const [first] = others;
    if (action.target !== undefined && path === undefined && first !== undefined)
      context.output.errorLine(
        `NOTE: This is about your own drive. What happened in a shared folder is undone with its path, as: tidemark undo "${escaped(first.place.path)}"`,
      );
    if (action.target !== undefined || (await isOpen(opened.log)))
      return undoIn(own, action, { isLive, ...(path !== undefined && { path }) });
    for (const shared of others)
      if (await withLog(logFolder(shared.profile), isOpen))
        return inSharedPlace(context, opened, shared, mode, (place) => undoIn(place, action, { isLive }));
    return refuse(
      'No undo was left open. Say what to undo: a PATH, --run, --since or --seq (tidemark undo --help)',
    );
  });
}

const isOpen = async (log: Pick<EventLog, 'read'>): Promise<boolean> =>
  (await unfinishedChanges(log.read())) !== null;

/** Relative to the sync folder. */
function pathOf({ target }: UndoAction, { settings }: Profile): string | undefined {
  const path = target !== undefined && 'path' in target ? target.path : undefined;
  return path === undefined ? undefined : withinRoot(path, settings.sync_dir);
}

interface Wish {
  readonly isLive: boolean;
  /** Relative to the place; empty: the place itself. */
  readonly path?: string;
}

async function undoIn(place: Place, action: UndoAction, { isLive, path }: Wish): Promise<number> {
  const { context, opened, shared } = place;
  const refuse = refusing(context);
  if (shared?.isFolder === false) return refuse(onlyDownloaded(shared.below));
  const unfinished = await unfinishedChanges(opened.log.read());
  if (unfinished !== null) {
    if (action.consent === 'dryRun') return 0;
    const { asked } = unfinished.planned;
    context.output.errorLine(
      `NOTE: What the ${escaped(asked)} left open is made now, and nothing else is undone`,
    );
    const json = action.output === 'json';
    return makeAndSync(place, unfinished, { source: 'undo', json, isLive });
  }
  const target = targetOf(action, path);
  if (typeof target === 'string') return refuse(target);
  const span = await findSpan(opened.log, target);
  if (typeof span === 'string') return refuse(span);
  return undoSpan(place, action, { span, isLive, ...(path !== '' && { path }) });
}

const refusing =
  ({ commandLine, output }: CommandContext) =>
  (why: string, kind: 'failed' | 'needsDecision' = 'failed'): number => {
    output.errorLine(`ERROR: ${escaped(why)}`);
    return exitCodeOf(kind, commandLine);
  };

const onlyDownloaded = (below: string): string =>
  `What is in "${below}" is only downloaded, so nothing of it can be undone: 'tidemark explain' says where earlier content is`;

function targetOf({ target }: UndoAction, path: string | undefined): UndoTarget | string {
  if (target === undefined) return 'Nothing was left open';
  // Of a shared folder as a whole: its last run that changed anything.
  if (target.by === 'path')
    return path === undefined || path === '' ? { by: 'run', run: 'last' } : { by: 'path', path };
  if (target.by !== 'since') return target;
  const at = parseSince(target.since, clock.now());
  return at === null
    ? `--since takes a time or a duration as 2h, not '${target.since}'`
    : { by: 'since', at };
}

async function undoSpan(
  place: Place,
  action: UndoAction,
  { span, isLive, path }: Wish & { readonly span: UndoSpan },
): Promise<number> {
  const { context, opened, shared } = place;
  const { output, profile } = context;
  const refuse = refusing(context);
  const possible = await undoPlan({
    ...{ log: opened.log, disk: opened.disk, state: opened.state, span, path },
    driveKind: shared === null ? opened.info.kind : 'shared',
    rulesFor: createRulesFor(await settingsRules(profile)),
  });
  const plan =
    possible.changes.length > 0 && (await shared?.isForReading()) === true ? unmade(possible) : possible;
  const json = action.output === 'json';
  if (json) {
    const below = shared === null ? {} : { below: shared.below };
    output.line(JSON.stringify({ type: 'undoPlan', ...below, span: { ...span, items: undefined }, ...plan }));
  } else for (const line of planLines(plan, span, shared)) output.line(line);
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
  return makeAndSync(place, { asked, changes: plan.changes }, { source: 'undo', json, isLive });
}

/** All of it stays as it is. */
const unmade = ({ changes, refused }: UndoPlan): UndoPlan => ({
  changes: [],
  refused: [
    ...refused,
    ...[...new Set(changes.map(({ path }) => path))].map((path) => ({ path, why: forReadingText })),
  ],
});

function planLines(plan: UndoPlan, span: UndoSpan, shared: Place['shared']): readonly string[] {
  const head = shared === null ? [] : [`In the shared folder "${escaped(shared.below)}":`];
  const { title, changes, leftTitle, left } = undoText(plan, span);
  const listed = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${escaped(line)}`);
  return [...head, title, ...listed(changes), ...(leftTitle === null ? [] : [leftTitle]), ...listed(left)];
}
