/** `incident create`: writes the part of a log that an incident is about into one file, without names and secrets. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { EventLog, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { makeBundle } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { explainPath, type RulesFor } from '@tidemark/engine';
import { encodeBundle } from '@tidemark/event-log';
import type { Action } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
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
    const { keepNames } = action;
    const made = await makeBundle({
      ...{ log, rulesFor, version, keepsNames: keepNames === 'yes', salt: randomBytes(32).toString('hex') },
      ...range,
      title: titleOf(action),
    });
    const { head } = made.bundle;
    const file = action.file ?? `tidemark-incident-${head.before + 1}-${head.last}.gz`;
    const content = encodeBundle(made.bundle);
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
          events: made.events,
          lost: made.lost,
          ...head,
          rules: undefined,
        }),
      );
    else {
      output.line(
        escaped(`Wrote ${file}: ${made.events} events, ${content.length} bytes. It says of itself:`),
      );
      for (const line of made.bundle.about) output.line(escaped(`  ${line}`));
    }
    return 0;
  });
}

/** No path and no time of day: the person who reads the bundle is told what kind of part it is. */
const titleOf = ({ around, since }: IncidentAction): string =>
  around !== undefined
    ? 'the events around one path'
    : since !== undefined
      ? 'the events since a time'
      : 'a whole log';

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
  let from: number = first;
  let to: number = log.head;
  if (around !== undefined) {
    const range = { from: first };
    const { explanations } = await explainPath(around, {
      read: () => log.read(range),
      rulesFor,
      from: begin.from,
    });
    const told = explanations.flatMap(({ timeline }) => timeline.map((one) => one.seq));
    if (told.length === 0) return `No event of the log is about "${escaped(around)}"`;
    to = told.reduce((one, other) => (one > other ? one : other));
    from = Math.max(
      told.reduce((one, other) => (one < other ? one : other)),
      to - eventsAroundMax,
      first,
    );
  }
  if (since !== null) {
    const after = await firstSince(log, seq(from), since);
    if (after === null || after > to) return 'No event of the log is that young';
    from = after;
  }
  return { from: seq(from), to: seq(to) };
}

/** What lies further back is in the snapshot before the first event. */
const eventsAroundMax = 5000;

async function firstSince(log: EventLog, from: Seq, since: number): Promise<Seq | null> {
  for await (const batch of log.read({ from }))
    for (const recorded of batch) if (recorded.at >= since) return recorded.seq;
  return null;
}
