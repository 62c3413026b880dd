/** `status`: how both sides are. A running daemon is asked; without one the log tells the same as of the last run. */
import { existsSync } from 'node:fs';
import type { StatusReport } from '@tidemark/control';
import { askHealth, askStatus, stateFolderOf } from '@tidemark/control';
import { Failure } from '@tidemark/contracts';
import {
  createRulesFor,
  factsOf,
  loadStatus,
  logFolder,
  stateFromLog,
  settingsRules,
  sharedReportFromLogs,
} from '@tidemark/daemon';
import type { CommandContext } from '../context.ts';
import { clock } from '../open.ts';
import { readLog } from '../read-log.ts';
import { renderStatus } from '../render-status.ts';

/** Lines for people; a program that wants all of a million items reads the JSON. */
const itemsMax = { text: 1_000, json: 1_000_000 };

export async function status(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  if (commandLine.action.type === 'status' && commandLine.action.check === 'yes') return check(context);
  const form = commandLine.action.type === 'status' && commandLine.action.output === 'json' ? 'json' : 'text';
  const show = (report: StatusReport): number => {
    if (form === 'json') output.line(JSON.stringify(report));
    else for (const line of renderStatus(report, clock.now())) output.line(line);
    return 0;
  };
  const live = await fromDaemon(context, itemsMax[form]);
  if (live !== null) return show(live);
  const { statusReport } = await loadStatus();
  const folder = logFolder(profile);
  if (!existsSync(folder)) return show(statusReport(profile, null, null, itemsMax[form]));
  return readLog(context, folder, async (log) => {
    const { state } = await stateFromLog(log, createRulesFor(await settingsRules(profile)));
    const past = await factsOf(log, state);
    return show(
      statusReport(profile, state, null, itemsMax[form], past, await sharedReportFromLogs(profile)),
    );
  });
}

/** For health checks: quiet when all is well. */
async function check({ profile, output }: CommandContext): Promise<number> {
  const health = await askHealth(stateFolderOf(logFolder(profile)));
  if (health?.isAlive === true) return 0;
  output.errorLine(`ERROR: ${health === null ? 'No monitor runs' : (health.detail ?? 'It stands still')}`);
  return 1;
}

async function fromDaemon(
  { profile, output }: CommandContext,
  itemsMost: number,
): Promise<StatusReport | null> {
  try {
    return await askStatus(stateFolderOf(logFolder(profile)), itemsMost);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    output.errorLine(`WARNING: ${error.message}`);
    output.errorLine('         What follows is from the log');
    return null;
  }
}
