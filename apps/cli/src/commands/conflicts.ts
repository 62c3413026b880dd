/** `conflicts`: what both sides changed at the same time, how the versions differ, and which of them is to stay. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { createRulesFor, logFolder, stateFromLog, settingsRules } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { Conflict, ConflictVersion } from '@tidemark/engine';
import type { Action } from '@tidemark/settings';
import { beforeRun } from '../before-run.ts';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { withRun } from '../open.ts';
import { readLog } from '../read-log.ts';
import { conflictsIn, settleConflicts } from '../settle-conflicts.ts';
import { noSavers, type Saver, type SaverOf, whoSaved } from '../who-saved.ts';
import { isMonitorRunning, makeAndSync } from '../user-changes.ts';

export async function conflicts(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'conflicts') throw new Error('Not the command line of this command');
  if (action.step === 'keep') return keep(context, action);
  const folder = logFolder(profile);
  if (!existsSync(folder)) return list(context, [], noSavers);
  return readLog(context, folder, async (log) => {
    const { state } = await stateFromLog(log, createRulesFor(await settingsRules(profile)));
    const found = await conflictsIn(log, state);
    if (action.step === 'list') return list(context, found, await whoSaved(context, found));
    const wanted = named(found, action.path, profile.settings.sync_dir);
    if (wanted.length === 0) {
      output.errorLine(`ERROR: "${escaped(action.path)}" is in no conflict`);
      return exitCodeOf('failed', commandLine);
    }
    for (const one of wanted) show(context, one);
    return 0;
  });
}

/** By either of its two paths. */
function named(found: readonly Conflict[], path: string, root: string): readonly Conflict[] {
  const wanted = path.startsWith('/') ? relative(resolve(root), path) : path.replace(/^(\.\/)+/, '');
  return found.filter(({ named: { path: at }, kept }) => at === wanted || kept.path === wanted);
}

function list(
  { commandLine: { action }, output }: CommandContext,
  found: readonly Conflict[],
  saverOf: SaverOf,
): number {
  if ('output' in action && action.output === 'json') {
    const withSaver = (version: ConflictVersion) => ({ ...version, savedBy: saverOf(version) ?? undefined });
    for (const one of found)
      output.line(JSON.stringify({ ...one, named: withSaver(one.named), kept: withSaver(one.kept) }));
    return 0;
  }
  if (found.length === 0) output.line('No conflicts');
  for (const { named: one, kept, isEqual } of found) {
    output.line(`"${escaped(one.path)}"`);
    output.line(`  has the name   ${described(one)}${saverText(saverOf(one))}`);
    output.line(`  beside it      ${described(kept)}${saverText(saverOf(kept))}, "${escaped(kept.path)}"`);
    if (isEqual) output.line('  both are equal: keeping any of them drops the copy');
  }
  if (found.length > 0)
    output.line(
      "See both with 'tidemark conflicts show PATH', settle with 'tidemark conflicts keep local|remote|both|newest PATH'",
    );
  return 0;
}

const saverText = (saver: Saver | null): string =>
  saver === null
    ? ''
    : 'name' in saver
      ? `, by ${escaped(saver.name)}`
      : `, by unknown (${saver.unknown === 'notTold' ? 'the drive does not tell' : saver.unknown})`;

const described = ({ from, sizeBytes, modifiedAt }: ConflictVersion): string =>
  `saved on ${from === 'disk' ? 'this computer' : 'the drive    '} ${new Date(modifiedAt * 1000).toISOString()}, ${sizeBytes} bytes`;

/** By the program that every Linux system has for this. It says by itself when the files are none of text. */
function show({ output, profile }: CommandContext, { named: one, kept }: Conflict): void {
  output.line(`"${escaped(one.path)}": ${described(one)}`);
  output.line(`"${escaped(kept.path)}": ${described(kept)}`);
  const files = [one, kept].map(({ path }) => join(profile.settings.sync_dir, path));
  const labels = [one, kept].flatMap(({ path, from }) => ['--label', `${path} (${from})`]);
  const { stdout, error } = spawnSync('diff', ['-u', ...labels, '--', ...files], {
    encoding: 'utf8',
    maxBuffer: diffMaxBytes,
  });
  if (error === undefined) for (const line of stdout.trimEnd().split('\n')) output.line(escaped(line));
  else output.line(`  hashes: ${one.hash ?? 'unknown'}, ${kept.hash ?? 'unknown'}`);
}

const diffMaxBytes = 4 * 1024 * 1024;

async function keep(
  context: CommandContext,
  action: Action & { readonly type: 'conflicts'; readonly step: 'keep' },
): Promise<number> {
  const { commandLine, output, profile } = context;
  const json = action.output === 'json';
  const stopped = await beforeRun(context);
  if (stopped !== null) return stopped;
  const isLive = await isMonitorRunning(context);
  // Beside a monitor the log is read where it is.
  return withRun(context, { mode: isLive ? 'rehearse' : 'real', resync: false }, async (opened) => {
    const open = opened.unfinished?.planned;
    if (open !== undefined && open.unasked !== true) {
      output.errorLine(
        `ERROR: The ${escaped(open.asked)} is not finished: 'tidemark undo' first, then decide`,
      );
      return exitCodeOf('needsDecision', commandLine);
    }
    const found = await conflictsIn(opened.log, opened.state);
    const wanted = action.path === undefined ? found : named(found, action.path, profile.settings.sync_dir);
    if (wanted.length === 0) {
      output.errorLine(
        action.path === undefined ? 'No conflicts' : `ERROR: "${escaped(action.path)}" is in no conflict`,
      );
      return action.path === undefined ? 0 : exitCodeOf('failed', commandLine);
    }
    const { asked, changes, settled, left } = settleConflicts(wanted, found, action.keep);
    for (const { path, why } of left) output.errorLine(`ERROR: "${escaped(path)}": ${why}`);
    if (changes.length + settled.length === 0) return exitCodeOf('needsDecision', commandLine);
    const exitCode = await makeAndSync(
      context,
      opened,
      { asked, changes, settled },
      { source: 'conflicts', json, isLive },
    );
    return exitCode === 0 && left.length > 0 ? exitCodeOf('needsDecision', commandLine) : exitCode;
  });
}
