/** Loads the profile, runs the command, and turns whatever stands in the way into words and an exit code. */
import type { FailureDetails } from '@tidemark/contracts';
import type { Profile } from '@tidemark/daemon';
import type { Action } from '@tidemark/settings';
import { configurationLines } from './configuration-lines.ts';
import type { CommandContext, Invocation, Perform } from './context.ts';
import { asksForJson } from './for-programs.ts';
import { exitCodeOf, kindOf } from './exit-code.ts';
import { loadProfile } from './load-profile.ts';
import { createLoggedOutput } from './logged-output.ts';

export async function perform(invocation: Invocation): Promise<number> {
  const { commandLine, output: console } = invocation;
  const loaded = loadProfile(invocation);
  if (!loaded.ok) {
    for (const line of loaded.lines) console.errorLine(line);
    return loaded.exitCode;
  }
  const isOwnCommand =
    commandLine.face === 'subcommand' &&
    commandLine.action.type !== 'sync' &&
    commandLine.action.type !== 'monitor';
  const { output, follow } = createLoggedOutput(console, Date.now);
  if (!isOwnCommand) follow(loaded.profile);
  const hidesReading = commandLine.face === 'subcommand' && commandLine.verbosity === 0;
  for (const notice of loaded.notices)
    if (!asksForJson(commandLine) && !isOwnCommand && !(hidesReading && aboutReading.test(notice)))
      output.line(notice);
  const context: CommandContext = {
    ...invocation,
    profile: loaded.profile,
    output,
    console,
    followLog: follow,
  };
  if (
    isConfigurationShown(loaded.profile, commandLine.action.type) &&
    !asksForJson(commandLine) &&
    !isOwnCommand
  )
    for (const line of configurationLines(loaded.profile, 'running')) output.line(line);
  try {
    if (commandLine.reauthenticate === 'yes') await (await import('./log-in-anew.ts')).logInAnew(context);
    const command = await commandFor(commandLine.action.type);
    return await command(context);
  } catch (error) {
    return await explainError(error, context);
  }
}

/** Each command is loaded when it is wanted, so that none pays for the others. */
async function commandFor(type: Action['type']): Promise<Perform> {
  switch (type) {
    case 'sync':
      return (await import('./commands/sync.ts')).sync;
    case 'monitor':
      return (await import('./commands/monitor.ts')).monitor;
    case 'none':
      return (await import('./log-in-anew.ts')).logInOnly;
    case 'auth':
      return (await import('./commands/auth.ts')).auth;
    case 'plan':
      return (await import('./commands/plan.ts')).plan;
    case 'displaySyncStatus':
      return (await import('./commands/display-sync-status.ts')).displaySyncStatus;
    case 'displayConfig':
      return (await import('./commands/display-config.ts')).displayConfig;
    case 'log':
      return (await import('./commands/log.ts')).log;
    case 'explain':
      return (await import('./commands/explain.ts')).explain;
    case 'explainSpan':
      return (await import('./commands/explain-span.ts')).explainSpan;
    case 'whyExcluded':
      return (await import('./commands/why-excluded.ts')).whyExcluded;
    case 'replay':
      return (await import('./commands/replay.ts')).replay;
    case 'bisect':
      return (await import('./commands/bisect.ts')).bisect;
    case 'whatIf':
      return (await import('./commands/what-if.ts')).whatIf;
    case 'incident':
      return (await import('./commands/incident.ts')).incident;
    case 'plugin':
      return (await import('./commands/plugin.ts')).plugin;
    case 'doctor':
      return (await import('./commands/doctor.ts')).doctor;
    case 'status':
      return (await import('./commands/status.ts')).status;
    case 'pause':
      return (await import('./commands/pause.ts')).pause;
    case 'resume':
      return (await import('./commands/pause.ts')).resume;
    case 'apply':
      return (await import('./commands/apply.ts')).apply;
    case 'migrate':
      return (await import('./commands/migrate.ts')).migrate;
    case 'undo':
      return (await import('./commands/undo.ts')).undo;
    case 'conflicts':
      return (await import('./commands/conflicts.ts')).conflicts;
    case 'inspect':
      return (await import('./commands/inspect.ts')).inspect;
    case 'relay':
      return (await import('./commands/relay.ts')).relay;
    case 'displayQuota':
      return (await import('./commands/account/display-quota.ts')).displayQuota;
    case 'getFileLink':
      return (await import('./commands/account/file-facts.ts')).getFileLink;
    case 'modifiedBy':
      return (await import('./commands/account/file-facts.ts')).modifiedBy;
    case 'getSharepointDriveId':
      return (await import('./commands/account/sharepoint-drive-id.ts')).getSharepointDriveId;
    case 'listSharedItems':
      return (await import('./commands/account/list-shared-items.ts')).listSharedItems;
    case 'printAccessToken':
      return (await import('./commands/account/print-access-token.ts')).printAccessToken;
    case 'displayAdminConsentUrl':
      return (await import('./commands/account/admin-consent-url.ts')).displayAdminConsentUrl;
    case 'createShareLink':
      return (await import('./commands/account/create-share-link.ts')).createShareLink;
    case 'createDirectory':
      return (await import('./commands/account/online-directories.ts')).createDirectory;
    case 'removeDirectory':
      return (await import('./commands/account/online-directories.ts')).removeDirectory;
    case 'moveDirectory':
      return (await import('./commands/account/online-directories.ts')).moveDirectory;
    case 'downloadFile':
      return (await import('./commands/account/download-file.ts')).downloadFile;
    case 'help':
    case 'version':
      // Answered before any profile is read.
      return async () => 0;
  }
}

/** Users of our own commands read it with `--verbose`. */
const aboutReading =
  /^(?:Reading configuration file: |(?:System configuration|Configuration) file successfully loaded$)/;

/** At the start of whatever else it does. */
const isConfigurationShown = ({ settings }: Profile, type: Action['type']): boolean =>
  settings.display_running_config && type !== 'displayConfig';

/** Failures speak for themselves; anything else is a bug, and says so without a stack unless one was asked for. */
async function explainError(error: unknown, { commandLine, output }: CommandContext): Promise<number> {
  const details = failureDetailsOf(error);
  if (details !== null) {
    const { failureLines } = await import('./failure-lines.ts');
    for (const line of failureLines(details, commandLine, Date.now())) output.errorLine(line);
    return exitCodeOf(kindOf(details.code), commandLine);
  }
  if (error instanceof Error && error.name === 'SetupError') {
    output.errorLine(`ERROR: ${error.message}`);
    return exitCodeOf('configuration', commandLine);
  }
  if (error instanceof Error && error.name === 'UnfitArgument') {
    output.errorLine(`ERROR: ${error.message}`);
    return exitCodeOf('usage', commandLine);
  }
  if (error instanceof Error && (error.name === 'LogBusy' || error.name === 'PeerRuns')) {
    output.errorLine(
      "ERROR: The 'onedrive' application is already running - please check system process list for active application instances",
    );
    output.errorLine(
      " - Use 'sudo ps aufxw | grep onedrive' to potentially determine active running process",
    );
    if (error.name === 'PeerRuns') {
      output.errorLine(`       It is the onedrive client itself: ${error.message}`);
      output.errorLine('       Stop it first, as with: systemctl --user disable --now onedrive');
    }
    return exitCodeOf('busy', commandLine);
  }
  output.errorLine(
    `ERROR: Something unexpected happened: ${error instanceof Error ? error.message : String(error)}`,
  );
  output.errorLine(
    '       This is a defect of Tidemark. Run again with --verbose --verbose for the details to report',
  );
  if (commandLine.verbosity >= 2 && error instanceof Error && error.stack !== undefined)
    for (const line of error.stack.split('\n')) output.errorLine(line);
  return exitCodeOf('failed', commandLine);
}

/** By shape: bundles may hold the class twice. */
function failureDetailsOf(error: unknown): FailureDetails | null {
  if (!(error instanceof Error) || error.name !== 'Failure' || !('details' in error)) return null;
  return error.details as FailureDetails;
}
