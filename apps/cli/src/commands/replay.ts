/**
 * `replay`: folds a log again and derives every plan anew. A difference is a defect or a changed rule, and is shown where it begins.
 * With `--state`, `--tree` or `--diff` it shows what was known after an event.
 */
import type { EventLog } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { RulesFor } from '@tidemark/engine';
import { digestOf, replay as replayLog, statusOf } from '@tidemark/engine';
import { isBundle } from '@tidemark/event-log';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { foldBegin, logOf, readLog, rulesOf } from '../read-log.ts';
import { showDifferences, showState, showTree } from '../replay/show-moment.ts';

export async function replay(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const { action } = commandLine;
  if (action.type !== 'replay') return 2;
  const folder = logOf(context, action.log);
  if (folder === null) return exitCodeOf('configuration', commandLine);
  return readLog(context, folder, async (log) => {
    const rulesFor = await rulesOf(context, log);
    const { toSeq = log.head, show, diff } = action;
    const beyond = [toSeq, diff?.from ?? 0, diff?.to ?? 0].find((at) => at > log.head);
    if (beyond !== undefined) {
      output.errorLine(`ERROR: There is no event ${beyond}: the log ends at event ${log.head}`);
      return exitCodeOf('usage', commandLine);
    }
    const showing = { log, rulesFor, output, form: action.output, drained: context.drained };
    if (diff !== undefined) await showDifferences(showing, seq(diff.from), seq(diff.to));
    else if (show === 'tree') await showTree(showing, seq(toSeq));
    else if (show === 'state') await showState(showing, seq(toSeq));
    else return report(context, folder, log, rulesFor);
    return 0;
  });
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
  if (action.output === 'json') output.line(JSON.stringify({ ...summary, first: first ?? null }));
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
      output.line(`  recorded ${JSON.stringify(first.recorded)}`);
      output.line(`  derived  ${JSON.stringify(first.derived)}`);
    }
  }
  if (!verdict.ok) return exitCodeOf('logDamaged', commandLine);
  return first === undefined && isSame ? 0 : exitCodeOf('failed', commandLine);
}
