/**
 * `replay`: folds a log again and derives every plan anew. A difference is a defect or a changed rule, and is shown where it begins.
 * With `--state`, `--tree` or `--diff` it shows what was known after an event, with `--step` or `--until` single events.
 */
import type { EventLog, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { shownJson } from '@tidemark/control';
import type { RulesFor } from '@tidemark/engine';
import { digestOf, parsePattern, patternForms, replay as replayLog, statusOf } from '@tidemark/engine';
import { isBundle, isEventType } from '@tidemark/event-log';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { foldBegin, logOf, readLog, rulesOf } from '../read-log.ts';
import { renderStep, type Step, stepJson, stepsOf } from '../replay/event-steps.ts';
import { showDifferences, type Showing, showState, showTree } from '../replay/show-moment.ts';
import { stepThrough } from '../replay/step-through.ts';
import { terminalKeys, terminalScreen } from '../replay/terminal-keys.ts';
import { showUntil } from '../replay/until.ts';

export async function replay(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const { action } = commandLine;
  if (action.type !== 'replay') return 2;
  const folder = logOf(context, action.log);
  if (folder === null) return exitCodeOf('configuration', commandLine);
  return readLog(context, folder, async (log) => {
    const rulesFor = await rulesOf(context, log);
    const { toSeq = log.head, fromSeq, show, diff } = action;
    const refuse = (problem: string): number => {
      output.errorLine(`ERROR: ${problem}`);
      return exitCodeOf('usage', commandLine);
    };
    const beyond = [toSeq, fromSeq ?? 0, diff?.from ?? 0, diff?.to ?? 0].find((at) => at > log.head);
    if (beyond !== undefined) return refuse(`There is no event ${beyond}: the log ends at event ${log.head}`);
    const showing = { log, rulesFor, output, form: action.output, drained: context.drained };
    if (action.until !== undefined || show === 'step') {
      const begin = await foldBegin(context, log, rulesFor);
      const from = seq(Math.max(fromSeq ?? 1, begin.first ?? log.first));
      if (from > toSeq) return refuse(`There is nothing to show from event ${from} to event ${toSeq}`);
      const span = { from, to: seq(toSeq) };
      if (action.until === undefined) return step(context, showing, span);
      const pattern = parsePattern(action.until, isEventType);
      if (pattern === null) return refuse(`--until takes ${patternForms}, not '${action.until}'`);
      const found = await showUntil(showing, pattern, { ...span, show: show === 'tree' ? 'tree' : 'state' });
      if (found !== null) return 0;
      output.errorLine(`ERROR: No event from ${from} to ${toSeq} matches '${action.until}'`);
      return exitCodeOf('failed', commandLine);
    }
    if (diff !== undefined) await showDifferences(showing, seq(diff.from), seq(diff.to));
    else if (show === 'tree') await showTree(showing, seq(toSeq));
    else if (show === 'state') await showState(showing, seq(toSeq));
    else return report(context, folder, log, rulesFor);
    return 0;
  });
}

/** One event at each key in a terminal, one after the other elsewhere. */
async function step(
  { output, drained }: CommandContext,
  { log, rulesFor, form }: Showing,
  { from, to }: { readonly from: Seq; readonly to: Seq },
): Promise<number> {
  if (form === 'text' && output.isTerminal && process.stdin.isTTY) {
    const stepsFrom = (at: Seq): AsyncGenerator<Step> => stepsOf(log, rulesFor, at, to);
    await stepThrough({ first: from, last: to, stepsFrom, keys: terminalKeys(), screen: terminalScreen });
    return 0;
  }
  for await (const one of stepsOf(log, rulesFor, from, to)) {
    if (form === 'json') output.line(stepJson(one));
    else for (const line of renderStep(one)) output.line(line);
    await drained();
  }
  return 0;
}

async function report(
  context: CommandContext,
  folder: string,
  log: EventLog,
  rulesFor: RulesFor,
): Promise<number> {
  const { commandLine, output } = context;
  const { action } = commandLine;
  if (action.type !== 'replay') return 2;
  const verdict = await log.verify();
  const begin = await foldBegin(context, log, rulesFor);
  const report = await replayLog({
    batches: log.read({
      ...(begin.first !== undefined && { from: begin.first }),
      ...(action.toSeq !== undefined && { to: seq(action.toSeq) }),
    }),
    ...(begin.from !== undefined && { from: await begin.from() }),
    rulesFor,
    check: true,
  });
  const [first] = report.divergences;
  const status = statusOf(report.state);
  // A bundle says what it led to where it was made.
  const digest = isBundle(log) && action.toSeq === undefined ? log.bundle.head.digest : null;
  const isSame = digest === null || digest === digestOf(report.state);
  const summary = {
    folder,
    events: report.events,
    plans: report.plans,
    divergences: report.divergences.length,
    items: status.items,
    atRest: status.atRest,
    chain: !verdict.ok
      ? `broken at ${verdict.at}: ${verdict.detail}`
      : log.opening.state === 'damaged'
        ? `cut short: ${log.opening.detail}`
        : 'intact',
    ...(digest !== null && { digest: isSame ? 'equal' : 'different' }),
  };
  if (action.output === 'json') output.line(shownJson({ ...summary, first: first ?? null }));
  else {
    output.line(
      `${report.events} events, ${report.plans} plans derived again, ${report.divergences.length} divergences; hash chain ${summary.chain}`,
    );
    output.line(`${status.items} items, ${status.atRest} at rest`);
    if (isBundle(log)) for (const line of log.bundle.about) output.line(escaped(`  ${line}`));
    if (digest !== null)
      output.line(
        isSame
          ? 'What is known at the end is what was known where the bundle was made'
          : 'What is known at the end differs from what was known where the bundle was made',
      );
    if (first !== undefined) {
      output.line(`First divergence at seq ${first.seq}:`);
      output.line(`  recorded ${shownJson(first.recorded)}`);
      output.line(`  derived  ${shownJson(first.derived)}`);
    }
  }
  if (!verdict.ok) return exitCodeOf('logDamaged', commandLine);
  return first === undefined && isSame ? 0 : exitCodeOf('failed', commandLine);
}
