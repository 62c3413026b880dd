/** `what-if`: the same observations under other settings, or with events left out, late or twice, and which decisions would differ. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EventLog } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import {
  pluginToTry,
  type RecordedRules,
  rulesBesideRecord,
  rulesFromRecord,
  unfitForBundle,
} from '@tidemark/daemon';
import { shownJson } from '@tidemark/control';
import { escaped } from '@tidemark/disk';
import type { DecisionDifference, EventEdits, EventPattern, State, WhatIf } from '@tidemark/engine';
import { createWhatIf, initialState, parsePattern, patternForms } from '@tidemark/engine';
import { type BundleHead, isBundle, isEventType } from '@tidemark/event-log';
import type { Action } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { otherPolicy, type OtherPolicy, type OtherSettings } from '../other-policy.ts';
import { foldBegin, logOf, readLog, rulesOf } from '../read-log.ts';

type WhatIfAction = Extract<Action, { type: 'whatIf' }>;

export async function whatIf(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const { action } = commandLine;
  if (action.type !== 'whatIf') return 2;
  const folder = logOf(context, action.log);
  if (folder === null) return exitCodeOf('configuration', commandLine);
  const refuse = (lines: readonly string[]): number => {
    for (const line of lines) output.errorLine(line);
    return exitCodeOf('usage', commandLine);
  };
  const { syncList: listFile } = action;
  if (listFile !== undefined && !existsSync(listFile)) return refuse([`ERROR: There is no file ${listFile}`]);
  const syncList = listFile === undefined ? undefined : readFileSync(listFile, 'utf8');
  const edits = editsOf(action);
  if (typeof edits === 'string') return refuse([`ERROR: ${edits}`]);
  return readLog(context, folder, async (log) => {
    const recordedRules = await rulesOf(context, log);
    const problem = await uneditable(log, edits);
    if (problem !== null) return refuse([`ERROR: ${problem}`]);
    const wished = await (isBundle(log) && action.plugin !== undefined
      ? onBundle({ ...action, plugin: action.plugin, syncList }, context, log.bundle.head)
      : otherPolicy({ ...action, syncList }, context, recordedRules));
    if (!('policy' in wished)) return refuse(wished);
    const changes: WhatIf = { ...wished, events: edits };
    const begin = await foldBegin(context, log, recordedRules);
    const looks = { count: 0 };
    const stateBefore = async (): Promise<State> => (await begin.from?.()) ?? initialState();
    const { take, report } = createWhatIf({
      rulesFor: recordedRules,
      before: { recorded: await stateBefore(), changed: await stateBefore() },
      changes,
      onDifference(difference) {
        if (action.output === 'json') output.line(shownJson(difference));
        else if (isLook(difference) && commandLine.verbosity === 0) looks.count += 1;
        else for (const line of render(difference)) output.line(escaped(line));
      },
    });
    for await (const batch of log.read(begin.first === undefined ? {} : { from: begin.first })) {
      take(batch);
      await context.drained();
    }
    if (action.output === 'json') output.line(JSON.stringify({ summary: report }));
    else {
      if (looks.count > 0)
        output.line(`${looks.count} looks would have been others too: --verbose lists them`);
      output.line(
        `${report.differences - looks.count} decisions differ, at ${report.moments} moments of ${report.events} events`,
      );
      if (report.divergences > 0)
        output.line(
          `At ${report.divergences} moments this version decides otherwise than the recorded one did, without any change: see tidemark replay`,
        );
    }
    return 0;
  });
}

/** Lines: why not. Throws SetupError. */
async function onBundle(
  { plugin, ...wish }: OtherSettings & { readonly plugin: string },
  context: CommandContext,
  head: BundleHead,
): Promise<OtherPolicy | readonly string[]> {
  const tried = await pluginToTry(context.profile, resolve(plugin));
  const unfit = unfitForBundle(tried, head);
  if (unfit !== null) return unfit.map((line, index) => (index === 0 ? `ERROR: ${line}` : `       ${line}`));
  const wished = await otherPolicy(wish, context, rulesFromRecord(head.rules as RecordedRules[]));
  if (!('policy' in wished)) return wished;
  if ((tried.plugin.rules?.settings ?? []).length > 0)
    context.output.errorLine(
      escaped(
        `NOTE: Plugin "${tried.plugin.name}" is asked with its present settings: the bundle hides those of then`,
      ),
    );
  return { ...wished, rulesFor: rulesBesideRecord(wished.rulesFor, tried) };
}

function editsOf({ without, delayed, repeated }: WhatIfAction): EventEdits | string {
  const leftOut: EventEdits['without'][number][] = [];
  for (const text of without) {
    const one: EventPattern | number | null = /^\d{1,15}$/.test(text)
      ? Number(text)
      : parsePattern(text, isEventType);
    if (one === null) return `--without takes the number of an event, ${patternForms}, not '${text}'`;
    leftOut.push(typeof one === 'number' ? seq(one) : one);
  }
  return {
    without: leftOut,
    delayed: delayed.map(({ seq: at, by }) => ({ seq: seq(at), by })),
    repeated: repeated.map(seq),
  };
}

/** Which of the named events cannot be changed, in words. */
async function uneditable(log: EventLog, { without, delayed, repeated }: EventEdits): Promise<string | null> {
  const named = [
    ...without.filter((one) => typeof one === 'number'),
    ...delayed.map((one) => one.seq),
    ...repeated,
  ];
  for (const at of named) {
    if (at < log.first || at > log.head)
      return `There is no event ${at}: the log has events ${log.first} to ${log.head}`;
    for await (const batch of log.read({ from: at, to: at }))
      for (const { event } of batch)
        if (event.type === 'Started' || event.type === 'Planned')
          return `Event ${at} is ${event.type}, which is no observation: a run begins, and the engine plans, whatever else happens`;
  }
  return null;
}

const isLook = ({ path }: DecisionDifference): boolean => path === '';

function render({ seq: at, path, was, wouldBe, inWords }: DecisionDifference): string[] {
  const about = path === '' ? (was ?? wouldBe)?.type : `"${path}"`;
  return [`#${at}  ${about}`, `    was:       ${inWords.was}`, `    would be:  ${inWords.wouldBe}`];
}
