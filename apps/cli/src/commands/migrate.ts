/** `migrate`: takes over what the `onedrive` client syncs, after it has said what it will do; and says how that client takes it back. */
import { holdPeerDatabase, type Wanted } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { createPlanCheck } from '@tidemark/engine';
import type { Action } from '@tidemark/settings';
import { confirmed } from '../confirm.ts';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import {
  type MigrationPlan,
  migrationPlan,
  type MigrationReport,
  migrationReport,
} from '../migration-report.ts';
import { backText, filesText, planText, reportText, takenOverText } from '../migration-text.ts';
import { isMonitorRunning } from '../user-changes.ts';
import { planNow } from './rehearse.ts';
import { sync } from './sync.ts';

type Migration = Action & { readonly type: 'migrate' };

/** Throws PeerRuns while the client runs with this profile, and Failure. */
export async function migrate(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'migrate') throw new Error('Not the command line of this command');
  if (await isMonitorRunning(context)) {
    output.errorLine('ERROR: Tidemark is syncing this profile: a monitor runs');
    output.errorLine('       Stop it first, as with: systemctl --user disable --now tidemark');
    return exitCodeOf('busy', commandLine);
  }
  const peer = await holdPeerDatabase(profile);
  try {
    const report = migrationReport(profile, peer);
    if (peer.type === 'none' && !report.login.isStored) {
      output.errorLine(`ERROR: There is nothing of the onedrive client in "${escaped(report.directory)}"`);
      output.errorLine(
        '       Name its configuration directory with --confdir, or begin anew: tidemark auth',
      );
      return exitCodeOf('configuration', commandLine);
    }
    if (action.direction === 'here' && action.output === 'text') say(context, reportText(report));
    // The client stays out while both sides are looked at.
    const ahead = await planNow(context);
    if (ahead === null) return exitCodeOf('interrupted', commandLine);
    const plan = migrationPlan(ahead);
    if (action.direction === 'back') return tellWayBack(context, action, report, plan);
    if (action.output === 'json')
      output.line(JSON.stringify({ type: 'migration', ...report, ...planJson(plan) }));
    else say(context, [...planText(plan), filesText(report)]);
    const refused = await consent(context, action);
    if (refused !== null) return refused;
    if (action.consent === 'dryRun') return 0;
    if (peer.type === 'held') peer.release();
    return await takeOver(context, action, plan);
  } finally {
    if (peer.type === 'held' && peer.database.isOpen) peer.release();
  }
}

/** Null: go on. */
async function consent(context: CommandContext, action: Migration): Promise<number | null> {
  const { commandLine, output } = context;
  if (action.consent === 'dryRun') {
    if (action.output === 'text') output.line('Nothing was done. To do it: tidemark migrate');
    return null;
  }
  if (action.consent === 'given') return null;
  const isAsked = process.stdin.isTTY === true && action.output === 'text';
  if (isAsked && (await confirmed({ lines: [], question: 'Take over? [y/N] ' }, context))) return null;
  output.errorLine(
    isAsked
      ? 'Nothing was done'
      : 'ERROR: Nothing was done: without a terminal to ask at, migrate needs --yes to go on',
  );
  return exitCodeOf('needsDecision', commandLine);
}

async function takeOver(context: CommandContext, action: Migration, plan: MigrationPlan): Promise<number> {
  const { commands, held } = plan.report;
  const wanted: Wanted = held === null ? 'nothing' : { hash: held.hash };
  // What was shown, and nothing else.
  const code = await sync(context, wanted, createPlanCheck([...commands, ...(held?.commands ?? [])]));
  if (code !== 0) return code;
  if (action.output === 'json')
    context.output.line(JSON.stringify({ type: 'takenOver', same: plan.same, changes: commands.length }));
  else say(context, takenOverText(plan));
  return 0;
}

/** Nothing is changed for it: the client's files are as it left them, and the login is always its. */
function tellWayBack(
  context: CommandContext,
  action: Migration,
  report: MigrationReport,
  plan: MigrationPlan,
): number {
  if (action.output === 'json')
    context.output.line(JSON.stringify({ type: 'migrationBack', ...report, ...planJson(plan) }));
  else say(context, backText(report, plan));
  const isReady = plan.report.commands.length === 0 && report.inSyncFolder.length === 0;
  return isReady ? 0 : exitCodeOf('needsDecision', context.commandLine);
}

const planJson = ({ same, bytes, report }: MigrationPlan): object => ({ same, bytes, plan: report });

function say({ output }: CommandContext, lines: readonly string[]): void {
  for (const line of lines) output.line(escaped(line));
}
