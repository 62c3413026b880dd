/** `undo` and `conflicts`: what the user wants back, and which version of two. */
import type { Action } from './command-line.ts';
import { define, json, optional, withSeq } from './define-subcommand.ts';
import type { SubcommandInput } from './subcommands.ts';

export const undoSubcommand = define(
  'undo',
  'Undo what a run, a decision, or everything since a time did, on both sides; without any of these, finish an undo that was cut',
  ['[PATH]'],
  [
    { long: 'run', argument: 'SEQ|last', summary: 'Undo the run that this event is in, or the last one' },
    { long: 'since', argument: 'TIME', summary: 'Undo everything after a time, or within a duration as 2h' },
    { long: 'seq', argument: 'SEQ', summary: 'Undo one decision: the event of its plan, or of its outcome' },
    { long: 'dry-run', summary: 'Only show what would be done' },
    { long: 'yes', summary: 'Do not ask' },
    { long: 'partial', summary: 'Undo what is possible when a part is not' },
    json,
  ],
  undoAction,
);

export const conflictsSubcommand = define(
  'conflicts',
  'List conflicts, show how two versions differ, or keep one of them or both',
  ['[list|show|keep]', '[PATH|local|remote|both|newest]', '[PATH]'],
  [{ long: 'all', summary: 'With keep: of all conflicts' }, json],
  conflictsAction,
  [
    {
      name: 'list',
      operands: [],
      takes: ['json'],
      summary: 'List the conflicts of which both versions are there',
    },
    {
      name: 'show',
      operands: ['PATH'],
      takes: ['json'],
      summary: 'Show how the two versions of this file differ',
    },
    {
      name: 'keep',
      operands: ['local|remote|both|newest', '[PATH]'],
      takes: ['all', 'json'],
      summary:
        'Keep the version of this device, that of the drive, the one that was saved last, or both under names of their own',
    },
  ],
);

function undoAction({ operands: [path], output, value }: SubcommandInput): Action | string {
  const [run, since, number] = [value('run'), value('since'), value('seq')];
  if ([run, since, number].filter((one) => one !== undefined).length > 1)
    return "'undo' takes one of --run, --since and --seq";
  if (path !== undefined && (run ?? number) !== undefined) return "'undo PATH' can be used with --since only";
  const isGiven = (long: string): boolean => value(long) === 'true';
  const common = {
    type: 'undo',
    output,
    consent: isGiven('dry-run') ? 'dryRun' : isGiven('yes') ? 'given' : 'ask',
    partial: isGiven('partial') ? 'yes' : 'no',
  } as const;
  if (since !== undefined) return { ...common, target: { by: 'since', since, ...optional('path', path) } };
  if (run === 'last') return { ...common, target: { by: 'run', run } };
  return withSeq(run === undefined ? 'seq' : 'run', run ?? number, (seq) => {
    if (seq === undefined) return path === undefined ? common : { ...common, target: { by: 'path', path } };
    return { ...common, target: run === undefined ? { by: 'seq', seq } : { by: 'run', run: seq } };
  });
}

function conflictsAction({ operands, output, value }: SubcommandInput): Action | string {
  const [step = 'list', second, third] = operands;
  const isAll = value('all') === 'true';
  if (isAll && step !== 'keep') return "--all can only be used with 'conflicts keep'";
  if (step === 'list')
    return second === undefined
      ? { type: 'conflicts', step, output }
      : `Unexpected argument '${second}' for 'conflicts list'`;
  if (step === 'show') {
    if (second === undefined) return "Missing PATH: 'conflicts show PATH'";
    return third === undefined
      ? { type: 'conflicts', step, path: second, output }
      : `Unexpected argument '${third}' for 'conflicts show'`;
  }
  if (step !== 'keep') return `Unknown step '${step}': use list, show or keep`;
  if (second !== 'local' && second !== 'remote' && second !== 'both' && second !== 'newest')
    return "'conflicts keep' takes local, remote, both or newest, and a PATH or --all";
  if ((third === undefined) !== isAll) return "'conflicts keep' takes a PATH, or --all";
  return { type: 'conflicts', step, keep: second, output, ...optional('path', third) };
}
