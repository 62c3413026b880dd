/** `conflicts`: what both sides changed at the same time, how the versions differ, and which of them is to stay. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { escaped } from '@tidemark/disk';
import type { Conflict, ConflictVersion } from '@tidemark/engine';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { keepConflicts } from '../keep-conflicts.ts';
import { type PlaceConflicts, withConflicts } from '../located-conflicts.ts';
import { named } from '../settle-conflicts.ts';
import { type Saver, type SaverOf, whoSaved } from '../who-saved.ts';
import { withinRoot } from '../within-root.ts';

export async function conflicts(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'conflicts') throw new Error('Not the command line of this command');
  if (action.step === 'keep') return keepConflicts(context, action);
  return withConflicts(context, async (places) => {
    if (action.step === 'list') return list(context, places);
    const wanted = places.flatMap(({ found }) =>
      named(found, withinRoot(action.path, profile.settings.sync_dir)),
    );
    if (wanted.length === 0) {
      output.errorLine(`ERROR: "${escaped(action.path)}" is in no conflict`);
      return exitCodeOf('failed', commandLine);
    }
    for (const one of wanted) show(context, one);
    return 0;
  });
}

async function list(context: CommandContext, places: readonly PlaceConflicts[]): Promise<number> {
  const { commandLine, output } = context;
  const { action } = commandLine;
  const isJson = 'output' in action && action.output === 'json';
  const isNone = places.every(({ found }) => found.length === 0);
  for (const place of places) {
    const saverOf = await whoSaved(context, place);
    for (const one of place.found)
      if (isJson) output.line(JSON.stringify(asJson(one, place, saverOf)));
      else for (const line of asText(one, place, saverOf)) output.line(line);
  }
  if (isJson) return 0;
  output.line(
    isNone
      ? 'No conflicts'
      : "See both with 'tidemark conflicts show PATH', settle with 'tidemark conflicts keep local|remote|both|newest PATH'",
  );
  return 0;
}

function asJson(one: Conflict, { shared }: PlaceConflicts, saverOf: SaverOf): object {
  const withSaver = (version: ConflictVersion) => ({ ...version, savedBy: saverOf(version) ?? undefined });
  const { named: has, kept } = one;
  return {
    ...one,
    named: withSaver(has),
    kept: withSaver(kept),
    ...(shared !== null && { sharedFolder: shared.place.path }),
  };
}

function asText(
  { named: one, kept, isEqual }: Conflict,
  { shared }: PlaceConflicts,
  saverOf: SaverOf,
): readonly string[] {
  return [
    `"${escaped(one.path)}"${shared === null ? '' : `, in the shared folder "${escaped(shared.place.path)}"`}`,
    `  has the name   ${described(one)}${saverText(saverOf(one))}`,
    `  beside it      ${described(kept)}${saverText(saverOf(kept))}, "${escaped(kept.path)}"`,
    ...(isEqual ? ['  both are equal: keeping any of them drops the copy'] : []),
  ];
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
