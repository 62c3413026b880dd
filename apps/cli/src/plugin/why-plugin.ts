/** `plugin why`: what a plugin was granted, what it did and how long that took, and what went wrong last. */
import { existsSync } from 'node:fs';
import type { RecordedEvent } from '@tidemark/contracts';
import type { DaemonReport } from '@tidemark/control';
import { askStatus, stateFolderOf } from '@tidemark/control';
import { logFolder } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { readLog } from '../read-log.ts';

interface Why {
  readonly name: string;
  readonly version: string | null;
  /** Where the figures are from: the run of a daemon, or the whole log. */
  readonly of: 'run' | 'log';
  /** Null: the log does not tell. */
  readonly needs: Readonly<Record<string, unknown>> | null;
  readonly startMs: number | null;
  readonly commands: readonly Figures[];
  /** Null: the log does not tell. */
  readonly reactions: readonly Figures[] | null;
  readonly requests: Omit<Figures, 'type'> | null;
  readonly faults: number | null;
  readonly last: string | null;
}

interface Figures {
  readonly type: string;
  readonly succeeded: number;
  readonly failed: number;
  /** Milliseconds; null where only the log is there. */
  readonly totalMs: number | null;
}

/** Throws Failure. */
export async function whyPlugin(
  context: CommandContext,
  action: { readonly reference: string; readonly output: 'text' | 'json' },
): Promise<number> {
  const { profile, output, commandLine } = context;
  const name = action.reference;
  const folder = logFolder(profile);
  const daemon = (await askStatus(stateFolderOf(folder), 0))?.daemon ?? null;
  const show = (why: Why | null): number => {
    if (why === null) {
      output.errorLine(`ERROR: Neither a running monitor nor the log at ${folder} knows a plugin "${name}"`);
      output.errorLine(
        "       'tidemark plugin list' shows those that a run would have; 'plugin dev' prints its own --confdir",
      );
      return exitCodeOf('failed', commandLine);
    }
    if (action.output === 'json') output.line(JSON.stringify(why));
    else for (const line of inWords(why, daemon !== null)) output.line(escaped(line));
    return 0;
  };
  const live = daemon === null ? null : ofDaemon(name, daemon);
  if (live !== null || !existsSync(folder)) return show(live);
  return readLog(context, folder, async (log) => show(await ofLog(name, log.read())));
}

function ofDaemon(name: string, { plugins = [], remotePlugins }: DaemonReport): Why | null {
  const here = plugins.find((plugin) => plugin.name === name);
  if (here !== undefined)
    return {
      ...{ ...here, of: 'run', last: here.lastFailure ?? here.lastFault },
      // A monitor of an earlier version does not count them.
      ...{ reactions: here.reactions ?? null, requests: here.requests ?? null },
    };
  const away = remotePlugins.find((plugin) => plugin.name === name);
  if (away === undefined) return null;
  const { version, absence, lastFault, needs = null, work = null } = away;
  return {
    ...{ name, version, of: 'run', needs, startMs: work?.startMs ?? null, commands: work?.commands ?? [] },
    ...{ reactions: work?.reactions ?? null, requests: work?.requests ?? null },
    faults: away.faults + (work?.faults ?? 0),
    last: absence?.detail ?? lastFault ?? work?.lastFailure ?? work?.lastFault ?? null,
  };
}

async function ofLog(name: string, batches: AsyncIterable<readonly RecordedEvent[]>): Promise<Why | null> {
  const types = new Map<string, string>();
  const figures = new Map<string, { succeeded: number; failed: number }>();
  let version: string | null = null;
  let last: string | null = null;
  for await (const batch of batches) {
    for (const { event, source, at } of batch) {
      if (event.type === 'Started')
        version = event.plugins.find((plugin) => plugin.name === name)?.version ?? version;
      if (event.type === 'Planned') for (const { id, type } of event.commands) types.set(id, type);
      if (event.type !== 'CommandSucceeded' && event.type !== 'CommandFailed') continue;
      const type = types.get(event.command) ?? 'unknown';
      types.delete(event.command);
      if (source !== name) continue;
      const figure = figures.get(type) ?? { succeeded: 0, failed: 0 };
      figures.set(type, figure);
      if (event.type === 'CommandSucceeded') figure.succeeded += 1;
      else {
        figure.failed += 1;
        last = `${new Date(at).toISOString()} ${event.failure.code}: ${event.failure.detail}`;
      }
    }
  }
  if (version === null) return null;
  return {
    ...{ name, version, of: 'log', needs: null, startMs: null, faults: null, last },
    ...{ reactions: null, requests: null },
    commands: [...figures].map(([type, figure]) => ({ type, ...figure, totalMs: null })),
  };
}

const inWords = (
  { name, version, of, needs, startMs, commands, reactions, requests, faults, last }: Why,
  isMonitored: boolean,
): readonly string[] => [
  `${name} ${version ?? ''}, ${of === 'run' ? 'in the monitor that runs' : `in the log: ${isMonitored ? 'the monitor that runs does not have it' : 'no monitor runs'}`}`,
  ...(needs === null ? [] : [row('granted', Object.keys(needs).join(', ') || 'nothing')]),
  ...(startMs === null ? [] : [row('ready', `after ${startMs.toFixed(1)} ms`)]),
  ...commands.map((one) => row('handled', `${one.type}: ${one.succeeded} done, ${ending(one)}`)),
  ...(reactions ?? []).map((one) => row('reacted', `${one.type}: ${one.succeeded} done, ${ending(one)}`)),
  ...(requests !== null && requests.succeeded + requests.failed > 0
    ? [row('requests', `${requests.succeeded} answered, ${ending(requests)}`)]
    : []),
  ...(faults === null ? [] : [row('faults', String(faults))]),
  row('last', last ?? 'nothing failed'),
];

const ending = ({ succeeded, failed, totalMs }: Omit<Figures, 'type'>): string =>
  totalMs === null
    ? `${failed} failed`
    : `${failed} failed, ${(totalMs / Math.max(1, succeeded + failed)).toFixed(1)} ms on average`;

const row = (title: string, text: string): string => `  ${title.padEnd(9)} ${text}`;
