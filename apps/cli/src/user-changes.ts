/** Changes that the user asked for: shown, agreed to, made, and carried to the other side by a run of their own. */
import { constants } from 'node:os';
import type { UserChange } from '@tidemark/contracts';
import { askHealth, stateFolderOf } from '@tidemark/control';
import { carryOut, logFolder, planUserChanges, withContent } from '@tidemark/daemon';
import type { ArrangedPlugins, UnfinishedChanges, UserChangesEnd } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { userChangeText } from '@tidemark/engine';
import { exitCodeOf } from './exit-code.ts';
import { handOver } from './hand-over.ts';
import { interruption } from './interruption.ts';
import { capabilitiesFor, runOnce } from './one-run.ts';
import type { CommandContext } from './context.ts';
import { clock, random } from './open.ts';
import type { Place } from './place.ts';
import { pluginsOfOneRun } from './plugins.ts';
import { borderOf } from './shared-folders.ts';
import { report } from './commands/sync.ts';

/** `asked`: in words, for the log. */
export type Asked = Parameters<typeof planUserChanges>[1] | UnfinishedChanges;

export interface Form {
  readonly source: 'undo' | 'conflicts';
  readonly json: boolean;
  /** A monitor runs, and has the log: it makes the changes. */
  readonly isLive: boolean;
}

export async function isMonitorRunning({ profile }: CommandContext): Promise<boolean> {
  return (await askHealth(stateFolderOf(logFolder(profile)))) !== null;
}

async function letMonitorMake(
  { context: { commandLine, output, profile }, shared }: Place,
  what: Asked,
  { source, json }: Form,
): Promise<number> {
  const { asked, changes, settled = [] } = 'planned' in what ? what.planned : what;
  const rest = 'planned' in what ? ({ isRest: true } as const) : {};
  const wanted = {
    source,
    asked,
    changes,
    settled,
    ...rest,
    ...(shared !== null && { below: shared.below }),
  };
  const { end, errors, line } = await handOver(shared?.around ?? profile, wanted);
  for (const error of errors) output.errorLine(`ERROR: ${escaped(error)}`);
  if (json && end !== null)
    output.line(JSON.stringify({ type: 'UserChangesEnded', ...end, isInterrupted: false }));
  else if (line !== null) output.line(line);
  return errors.length > 0 ? exitCodeOf('failed', commandLine) : 0;
}

/** Makes the changes and syncs. Resolves to the exit code. */
export async function makeAndSync(place: Place, what: Asked, form: Form): Promise<number> {
  const { context, opened, shared } = place;
  const { output } = context;
  if (form.isLive) return letMonitorMake(place, what, form);
  const interrupted = interruption(output);
  const isDetailed = context.commandLine.verbosity > 0 && !form.json;
  const { profile } = context;
  const { here, elsewhere } = await pluginsOfOneRun(profile, { mode: 'real', json: form.json });
  const options = {
    onEnded: (change: UserChange, failure: unknown) => {
      if (isDetailed && failure === null) output.line(`Made: ${escaped(userChangeText(change))}`);
    },
    ...{ log: opened.log, state: opened.state, clock, source: form.source },
    ...{ disk: opened.disk, drive: opened.account.drive, signal: interrupted.signal },
  };
  let end: UserChangesEnd;
  try {
    await opened.disk.root({ mark: false });
    end = await withContent(
      {
        ...{ profile, clock, random, output, plugins: here, disk: opened.disk, account: opened.account },
        capabilities: await capabilitiesFor(profile, opened, here),
      },
      async (content) =>
        'planned' in what
          ? carryOut({ ...options, content }, what)
          : planUserChanges({ ...options, content }, what),
    );
  } finally {
    interrupted.release();
  }
  for (const { failure } of end.failed) output.errorLine(`ERROR: ${escaped(failure.detail)}`);
  const changes = 'planned' in what ? what.planned.changes : what.changes;
  if (form.json) output.line(JSON.stringify({ type: 'UserChangesEnded', ...end }));
  else output.line(`${end.made} of ${changes.length} changes made`);
  if (end.isInterrupted) return 128 + constants.signals.SIGINT;
  // What is only downloaded has nothing to carry anywhere.
  const isCarried = shared === null || shared.isFolder;
  const exitCode = isCarried ? await syncThem(place, changes, { here, elsewhere }) : 0;
  return exitCode === 0 && end.failed.length > 0 ? exitCodeOf('failed', context.commandLine) : exitCode;
}

/** Deletions and replacements that come of these changes need no second consent. */
async function syncThem(
  { context, opened, shared }: Place,
  changes: readonly UserChange[],
  { here, elsewhere }: ArrangedPlugins,
): Promise<number> {
  const paths = new Set(
    changes.flatMap((change) => ('toPath' in change ? [change.path, change.toPath] : [change.path])),
  );
  const border = shared === null ? await borderOf(context.profile, elsewhere, opened) : null;
  const guard = shared?.guard ?? border?.guard('own');
  const end = await runOnce(context, opened, {
    ...{ mode: 'real', wanted: { paths }, elsewhere },
    plugins: guard === undefined ? here : [guard, ...here],
  });
  return report(context, end);
}
