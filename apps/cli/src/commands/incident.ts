/** `incident create`: writes the part of a log that an incident is about into one file, without names and secrets. */
import { writeFile } from 'node:fs/promises';
import type { EventLog, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import { explainPath, type RulesFor } from '@tidemark/engine';
import type { Action } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { incidentBundle, incidentTitles, rangeAround } from '../incident-bundle.ts';
import { clock } from '../open.ts';
import { foldBegin, logOf, readLog, rulesOf } from '../read-log.ts';
import { parseSince, sinceForms } from '../since.ts';

type IncidentAction = Extract<Action, { type: 'incident' }>;

export async function incident(context: CommandContext): Promise<number> {
  const { commandLine, output, version } = context;
  const { action } = commandLine;
  if (action.type !== 'incident') return 2;
  const folder = logOf(context, action.log);
  if (folder === null) return exitCodeOf('configuration', commandLine);
  const refuse = (line: string): number => {
    output.errorLine(`ERROR: ${line}`);
    return exitCodeOf('usage', commandLine);
  };
  const since = action.since === undefined ? null : parseSince(action.since, clock.now());
  if (action.since !== undefined && since === null)
    return refuse(`Cannot read --since "${action.since}": ${sinceForms}`);
  return readLog(context, folder, async (log) => {
    const rulesFor = await rulesOf(context, log);
    const range = await rangeOf(context, log, rulesFor, since);
    if (typeof range === 'string') return refuse(range);
    const { bundle, events, lost, content } = await incidentBundle({
      ...{ log, rulesFor, version, range, keepsNames: action.keepNames === 'yes', title: titleOf(action) },
    });
    const { head, about } = bundle;
    const file = action.file ?? `tidemark-incident-${head.before + 1}-${head.last}.gz`;
    try {
      await writeFile(file, content, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      return refuse(`Cannot write "${file}": ${error instanceof Error ? error.message : String(error)}`);
    }
    if (action.output === 'json')
      output.line(
        JSON.stringify({
          file,
          bytes: content.length,
          events,
          lost,
          ...head,
          rules: undefined,
        }),
      );
    else {
      output.line(escaped(`Wrote ${file}: ${events} events, ${content.length} bytes. It says of itself:`));
      for (const line of about) output.line(escaped(`  ${line}`));
    }
    return 0;
  });
}

const titleOf = ({ around, since }: IncidentAction): string =>
  incidentTitles[around !== undefined ? 'around' : since !== undefined ? 'since' : 'whole'];

/** In words when there is nothing to take. */
async function rangeOf(
  context: CommandContext,
  log: EventLog,
  rulesFor: RulesFor,
  since: number | null,
): Promise<{ readonly from: Seq; readonly to: Seq } | string> {
  const { action } = context.commandLine;
  const around = action.type === 'incident' ? action.around : undefined;
  const begin = await foldBegin(context, log, rulesFor);
  const first = begin.first ?? log.first;
  let range = { from: seq(first), to: seq(log.head) };
  if (around !== undefined) {
    const all = { from: seq(first) };
    const { explanations } = await explainPath(around, {
      read: () => log.read(all),
      rulesFor,
      from: begin.from,
    });
    const told = explanations.flatMap(({ timeline }) => timeline.map((one) => one.seq));
    if (told.length === 0) return `No event of the log is about "${escaped(around)}"`;
    range = rangeAround(told, first);
  }
  if (since !== null) {
    const after = await firstSince(log, range.from, since);
    if (after === null || after > range.to) return 'No event of the log is that young';
    range = { ...range, from: after };
  }
  return range;
}

async function firstSince(log: EventLog, from: Seq, since: number): Promise<Seq | null> {
  for await (const batch of log.read({ from }))
    for (const recorded of batch) if (recorded.at >= since) return recorded.seq;
  return null;
}
