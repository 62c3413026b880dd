/** Commands that fold a log again: what each takes, and what it becomes. They ask no drive and write nothing. */
import type { Action, Output } from './command-line.ts';
import { define, json, optional, withSeq } from './define-subcommand.ts';
import type { Subcommand } from './subcommands.ts';

export const explain: Subcommand = define(
  'explain',
  'Say why an item is as it is; with --run or --since, what happened in a run or since a time',
  ['[PATH]', '[LOG]'],
  [
    json,
    { long: 'at', argument: 'SEQ', summary: 'As it was after this event' },
    {
      long: 'run',
      argument: 'SEQ|last',
      summary: 'Of everything: the run that this event is in, or the last one',
    },
    { long: 'since', argument: 'TIME', summary: 'Of everything: after a time, or within a duration as 2h' },
  ],
  ({ operands, output, value }) => {
    const [run, since] = [value('run'), value('since')];
    if (run === undefined && since === undefined) return explainPath(operands, output, value('at'));
    if (run !== undefined && since !== undefined) return "'explain' takes one of --run and --since";
    if (value('at') !== undefined) return '--at can only be used with a PATH';
    const [log, more] = operands;
    if (more !== undefined) return "'explain' takes a PATH, or --run or --since";
    const common = { type: 'explainSpan', output, ...optional('log', log) } as const;
    if (since !== undefined) return { ...common, target: { by: 'since', since } };
    if (run === 'last') return { ...common, target: { by: 'run', run } };
    return withSeq('run', run, (seq) => ({ ...common, target: { by: 'run', run: seq ?? 'last' } }));
  },
);

function explainPath(
  [path, log]: readonly string[],
  output: Output,
  at: string | undefined,
): Action | string {
  if (path === undefined) return "'explain' takes a PATH, or --run or --since";
  return withSeq('at', at, (seq) => ({
    ...{ type: 'explain', path, output },
    ...optional('log', log),
    ...optional('atSeq', seq),
  }));
}

export const replay: Subcommand = define(
  'replay',
  'Run a log again and compare the plans, or show how things stood after an event',
  ['[LOG]'],
  [
    json,
    { long: 'to', argument: 'SEQ', summary: 'Stop after this event' },
    { long: 'state', summary: 'Show a summary of what was known then' },
    { long: 'tree', summary: 'Show every item as it was known then' },
    { long: 'diff', argument: 'SEQ..SEQ', summary: 'Show which items two events know differently' },
    { long: 'step', summary: 'Show each event and what it changed; in a terminal, one at each key' },
    {
      long: 'until',
      argument: 'PATTERN',
      summary: 'Stop before the first deletion, conflict, path:GLOB, plugin:NAME or type of an event',
    },
    { long: 'from', argument: 'SEQ', summary: 'With --step or --until: begin with this event' },
    { long: 'check', summary: 'Fail at the first difference' },
  ],
  ({ operands, output, value }) =>
    withSeq('to', value('to'), (toSeq) =>
      withSeq('from', value('from'), (fromSeq) => {
        const isGiven = (long: string): boolean => value(long) === 'true';
        const diff = seqRange('diff', value('diff'));
        if (typeof diff === 'string') return diff;
        const until = value('until');
        const steps = isGiven('step');
        if (steps && until !== undefined) return 'Give --step or --until, not both';
        if (fromSeq !== undefined && !steps && until === undefined)
          return '--from says where --step or --until begins: give one of them';
        return {
          ...{ type: 'replay', output, check: isGiven('check') ? 'yes' : 'no' },
          show: steps ? 'step' : isGiven('tree') ? 'tree' : isGiven('state') ? 'state' : 'report',
          ...optional('log', operands[0]),
          ...optional('toSeq', toSeq),
          ...optional('fromSeq', fromSeq),
          ...optional('until', until),
          ...optional('diff', diff),
        };
      }),
    ),
);

export const bisect: Subcommand = define(
  'bisect',
  'Find the first event of a log after which something holds',
  ['[LOG]'],
  [
    json,
    { long: 'absent', argument: 'PATH', summary: 'What was at this path is not there any more' },
    { long: 'hash', argument: 'PATH=HASH', summary: 'The file at this path has this QuickXorHash' },
    { long: 'conflict', argument: 'GLOB', summary: "A conflict of such a path was decided; '**' is any" },
    {
      long: 'law',
      argument: 'NAME',
      summary: 'A law of the core is broken: plans, agenda, deletions or folders',
    },
    { long: 'on', argument: 'SIDE', summary: 'With --absent or --hash: on the drive, or on the disk, alone' },
    {
      long: 'between',
      argument: 'SEQ..SEQ',
      summary: 'It does not hold after the first and holds after the second: halve, from snapshots',
    },
  ],
  ({ operands, output, value }) => {
    const asks = askedBy(value);
    if (typeof asks === 'string') return asks;
    const on = value('on') ?? 'both';
    if (on !== 'both' && on !== 'drive' && on !== 'disk') return `--on takes drive or disk, not '${on}'`;
    if (on !== 'both' && asks.type !== 'absent' && asks.type !== 'hash')
      return '--on goes with --absent or --hash';
    const between = seqRange('between', value('between'));
    if (typeof between === 'string') return between;
    if (between !== undefined && between.from >= between.to)
      return `--between takes an earlier event and a later one, not '${value('between')}'`;
    return {
      ...{ type: 'bisect', output, asks, on },
      ...optional('log', operands[0]),
      ...optional('between', between),
    };
  },
);

type Asks = Extract<Action, { type: 'bisect' }>['asks'];

function askedBy(value: (long: string) => string | undefined): Asks | string {
  const [absent, hash, glob, law] = ['absent', 'hash', 'conflict', 'law'].map(value);
  const given = [absent, hash, glob, law].filter((one) => one !== undefined);
  if (given.length !== 1) return 'Give one of --absent, --hash, --conflict and --law';
  if (absent !== undefined) return { type: 'absent', path: absent };
  if (glob !== undefined) return { type: 'conflict', glob };
  if (law !== undefined) return { type: 'law', name: law };
  // A hash may end with a '=' of its own.
  const [, path, text] = /^(.+)=([^=]+=?)$/s.exec(hash ?? '') ?? [];
  return path === undefined || text === undefined
    ? `--hash takes a path and a hash as a.txt=AAAAAAAAAAAAAAAAAAAAAAAAAAA=, not '${hash}'`
    : { type: 'hash', path, hash: text };
}

function seqRange(
  long: string,
  text: string | undefined,
): { readonly from: number; readonly to: number } | string | undefined {
  if (text === undefined) return undefined;
  const [, from, to] = /^(\d{1,15})\.\.(\d{1,15})$/.exec(text) ?? [];
  return from === undefined || to === undefined
    ? `--${long} takes two numbers of events as 12..34, not '${text}'`
    : { from: Number(from), to: Number(to) };
}

export const whatIf: Subcommand = define(
  'what-if',
  'Show what a log would have led to under other settings, or with events left out, late or twice',
  ['[LOG]'],
  [
    json,
    {
      long: 'policy',
      argument: 'OPTION=VALUE',
      summary: 'With this setting, as in the configuration file; may repeat',
    },
    { long: 'config', argument: 'FILE', summary: 'With the settings of this configuration file' },
    { long: 'sync-list', argument: 'FILE', summary: 'With the lines of this file as sync_list' },
    {
      long: 'plugin',
      argument: 'FILE',
      summary: 'With the rules of this file in the place of those of the plugin of its name',
    },
    {
      long: 'without',
      argument: 'SEQ|PATTERN',
      summary: 'Without this event, or events of a pattern; may repeat',
    },
    { long: 'delay', argument: 'SEQ:COUNT', summary: 'With this event so many events later; may repeat' },
    { long: 'repeat', argument: 'SEQ', summary: 'With this event twice; may repeat' },
  ],
  ({ operands, output, value, values }) => {
    const policy = values('policy').map((text) => settingFrom(text) ?? text);
    const delayed = values('delay').map((text) => /^(\d{1,15}):(\d{1,9})$/.exec(text) ?? text);
    const repeated = values('repeat').map((text) => /^(\d{1,15})$/.exec(text) ?? text);
    for (const [long, form, all] of [
      ['policy', 'a setting as skip_file=*.tmp', policy],
      ['delay', 'the number of an event and a count as 12:3', delayed],
      ['repeat', 'the number of an event', repeated],
    ] as const) {
      const wrong = all.find((one) => typeof one === 'string');
      if (wrong !== undefined) return `--${long} takes ${form}, not '${String(wrong)}'`;
    }
    return {
      ...{ type: 'whatIf', output, without: values('without') },
      policy: policy.filter((one) => typeof one !== 'string'),
      delayed: delayed.map(([, at, by]) => ({ seq: Number(at), by: Number(by) })),
      repeated: repeated.map(([at]) => Number(at)),
      ...optional('log', operands[0]),
      ...optional('config', value('config')),
      ...optional('syncList', value('sync-list')),
      ...optional('plugin', value('plugin')),
    };
  },
);

/** A setting as `skip_file=*.tmp`; null when it is none. */
export function settingFrom(text: string): { readonly option: string; readonly value: string } | null {
  const [, option, value = ''] = /^([a-z_]+)=(.*)$/s.exec(text) ?? [];
  return option === undefined ? null : { option, value };
}

export const incident: Subcommand = define(
  'incident',
  'Write what happened around a path, or since a time, into one file that can be sent to somebody',
  ['create', '[LOG]'],
  [
    json,
    { long: 'around', argument: 'PATH', summary: 'The events about this path' },
    { long: 'since', argument: 'TIME', summary: 'Only events after a time, or within a duration as 2h' },
    { long: 'keep-names', summary: 'Leave names and paths as they are; secrets are left out all the same' },
    { long: 'output', argument: 'FILE', summary: 'Where to write it; nothing there is replaced' },
  ],
  ({ operands: [step, log], output, value }) => {
    if (step !== 'create') return `Unknown step '${step ?? ''}': use create`;
    return {
      ...{ type: 'incident', step, output, keepNames: value('keep-names') === 'true' ? 'yes' : 'no' },
      ...optional('log', log),
      ...optional('around', value('around')),
      ...optional('since', value('since')),
      ...optional('file', value('output')),
    };
  },
);
