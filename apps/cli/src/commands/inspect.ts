/** `inspect`: a page in the browser on this machine that shows a log, our own or a saved one. It goes on until it is ended. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type EventLog, seq } from '@tidemark/contracts';
import { askStatus, giveOrder, stateFolderOf, type StatusReport } from '@tidemark/control';
import {
  fileInTrash,
  loadStatus,
  logFolder,
  openLogToRead,
  type PastFacts,
  stateFromLog,
} from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { initialState, type RulesFor, type State } from '@tidemark/engine';
import { isBundle } from '@tidemark/event-log';
import type { IncidentBundle, IncidentWish, Inspector, InspectorOptions } from '@tidemark/inspector';
import { openInspector } from '@tidemark/inspector';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { incidentBundle, incidentTitles, rangeAround } from '../incident-bundle.ts';
import { otherPolicy } from '../other-policy.ts';
import { pageChanges } from '../page-changes.ts';
import { foldBegin, logOf, readLog, rulesOf } from '../read-log.ts';
import { roomOf } from '../room.ts';

const itemsMax = 1_000;

export async function inspect(context: CommandContext): Promise<number> {
  const { commandLine } = context;
  const { action } = commandLine;
  if (action.type !== 'inspect') return 2;
  const path = logOf(context, action.log);
  if (path === null) return exitCodeOf('configuration', commandLine);
  return readLog(context, path, async (log) => {
    const rulesFor = await rulesOf(context, log);
    const begin = await foldBegin(context, log, rulesFor);
    const isOwn = action.log === undefined;
    const inspector = await openInspector({
      ...{ log, rulesFor, version: context.version, source: sourceOf(log, path, isOwn) },
      first: begin.first ?? log.first,
      begin: begin.from ?? (async () => initialState()),
      early: async () =>
        (await log.latestSnapshot()) === null ? null : (await stateFromLog(log, rulesFor)).state,
      reopen: isBundle(log) ? null : whenGrown(path),
      status: (head, past) => statusOf(context, isOwn, path, { head, past }),
      otherPolicy: (wish) => otherPolicy(wish, context, rulesFor),
      incident: (grown, wish) =>
        incidentOf(grown, wish, { rulesFor, version: context.version, first: begin.first ?? log.first }),
      fileInTrash: (trash) => (isOwn ? fileInTrash(context.profile, trash) : null),
      ...(action.port !== undefined && { port: action.port }),
      room: isOwn ? () => roomOf(context.profile) : null,
      changes: isOwn ? pageChanges(context) : null,
      order: isOwn ? (name, query) => order(context, name, query) : null,
    });
    await untilEnded(context, inspector);
    return 0;
  });
}

const sourceOf = (log: EventLog, path: string, isOwn: boolean): InspectorOptions['source'] => ({
  kind: isBundle(log) ? 'bundle' : isOwn ? 'live' : 'log',
  path,
  about: isBundle(log) ? log.bundle.about : [],
});

async function incidentOf(
  log: EventLog,
  { part, keepsNames }: IncidentWish,
  { first, ...made }: { readonly rulesFor: RulesFor; readonly version: string; readonly first: number },
): Promise<IncidentBundle> {
  const range = 'around' in part ? rangeAround(part.around, first) : { from: seq(first), to: seq(part.to) };
  const title = incidentTitles['around' in part ? 'around' : part.to === log.head ? 'whole' : 'until'];
  const { bundle, events, content } = await incidentBundle({ log, ...made, range, keepsNames, title });
  return { events, content, about: bundle.about };
}

/** The witness of the log's end is written with each commit. */
function whenGrown(path: string): () => Promise<EventLog | null> {
  const stampOf = async (): Promise<string> => {
    const { mtimeMs, size } = await stat(join(path, 'head'));
    return `${mtimeMs} ${size}`;
  };
  let known: string | null = null;
  return async () => {
    const stamp = await stampOf();
    if (stamp === known) return null;
    const log = await openLogToRead(path);
    known = stamp;
    return log;
  };
}

/** Of the daemon, if one runs and this is its log. */
async function statusOf(
  { profile }: CommandContext,
  isOwn: boolean,
  path: string,
  { head, past }: { readonly head: State; readonly past: PastFacts },
): Promise<StatusReport> {
  const live = isOwn ? await askStatus(stateFolderOf(logFolder(profile)), itemsMax).catch(() => null) : null;
  if (live !== null) return live;
  const { statusReport } = await loadStatus();
  const report = statusReport(profile, head, null, itemsMax, past);
  return isOwn ? report : { ...report, logFolder: path, folder: '' };
}

async function order(
  { profile }: CommandContext,
  name: Parameters<typeof giveOrder>[1],
  query: URLSearchParams,
): Promise<readonly string[]> {
  const answer = await giveOrder(stateFolderOf(logFolder(profile)), name, Object.fromEntries(query));
  return answer === null ? ['No monitor runs any more'] : answer.lines;
}

/** On a terminal each line that is typed gives another address: one is good for one tab. */
async function untilEnded({ output }: CommandContext, inspector: Inspector): Promise<void> {
  const tell = (): void => output.line(`  ${inspector.address()}`);
  output.line(escaped('Open this in a browser on this machine; it is good for one tab:'));
  tell();
  const keyboard = process.stdin.isTTY ? createInterface({ input: process.stdin }) : null;
  output.line(
    keyboard === null
      ? 'SIGINT or SIGTERM ends it'
      : 'Enter gives another address, Ctrl+C ends the inspector',
  );
  keyboard?.on('line', tell);
  await new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve());
  });
  keyboard?.close();
  await inspector.close();
}
