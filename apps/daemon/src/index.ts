export type { Account, AccountOptions } from './account.ts';
export { endpointsOf, openAccount } from './account.ts';
export type { BusSettings } from './bus.ts';
export { inProcess, natsAccess, openBus } from './bus.ts';
export type { Course, CreateRunOptions, Run, RunPorts } from './create-run.ts';
export { createRun } from './create-run.ts';
export { makeBundle } from './incident/make-bundle.ts';
export { type RecordedRules, rulesFromRecord } from './incident/recorded-rules.ts';
export { rulesBesideRecord, unfitForBundle } from './incident/rules-beside-record.ts';
export { openLogToRead, withLog } from './open-log.ts';
export { excludedReport, explainReport, inShared, type PathTold, tellPath } from './explain-report.ts';
export { beginOfFold, type FoldBegin } from './fold-begin.ts';
export { type Excluded, exclusionOf, renderExcluded } from './scope/excluded.ts';
export { leftOut, waysTo } from './scope/left-out.ts';
export { factsOf, LogFacts, nothingPast, type PastFacts } from './log-facts.ts';
export { type Ahead, createLookAhead, type LookAhead } from './plan/look-ahead.ts';
export { planReport } from './plan/plan-report.ts';
export { withFilter } from './plugins/filter-plugin.ts';
export { rulesAlone } from './plugins/rules-alone.ts';
export { pluginToTry, rulesOfRuns, rulesWithPlugin, settingsRules } from './settings-rules.ts';
export {
  loadCapabilities,
  loadMonitor,
  loadPluginApart,
  loadPluginKeys,
  loadSharedFolders,
  loadStatus,
} from './on-demand.ts';
export type { MonitorOptions } from './monitor/monitor-profile.ts';
export type { ReadAgain } from './monitor/settings-in-use.ts';
export type { OpenedRun, OpenRunOptions } from './open-run.ts';
export { diskOf, mountCheck } from './open-disk.ts';
export { openRun } from './open-run.ts';
export { refuseUnfitRoot } from './own-places.ts';
export { recogniseRoot, trustRoot } from './recognise-root.ts';
export type { ArrangedPlugins, ConfiguredPlugin } from './plugins/arrange-plugins.ts';
export { arrangePlugins, configuredPlugin, pluginsOfSettings } from './plugins/arrange-plugins.ts';
export { isPath, loadPlugin } from './plugins/load-plugin.ts';
export { decidesNothing, policyWith } from './policy-with.ts';
export { type Believed, believedItems, compareWithDisk, countBelieved } from './peer/believed-items.ts';
export { holdPeerDatabase, isOfDatabase, type PeerDatabase, PeerRuns } from './peer/hold-database.ts';
export type { Profile } from './profile.ts';
export { logFolder, secretsFolder } from './profile.ts';
export { fileInTrash, trashFolders } from './trash-places.ts';
export { createRulesFor } from './rules-for.ts';
export type { ProfileRun, RunEnd, RunHandle } from './profile-run.ts';
export { type Confirmation, createConfirmation } from './confirmation.ts';
export type { UserChangesEnd, UserChangesOptions } from './user-changes/carry-out.ts';
export { carryOut, planUserChanges } from './user-changes/carry-out.ts';
export { makeBetweenRuns } from './user-changes/between-runs.ts';
export { withContent } from './user-changes/content-between-runs.ts';
export type { UnfinishedChanges } from './user-changes/unfinished.ts';
export { unfinishedChanges, unfinishedLines } from './user-changes/unfinished.ts';
export { storyOf, storyReport } from './story-report.ts';
export { findSpan, undoPlan } from './user-changes/undo-plan.ts';
export type { Wanted } from './confirmation.ts';
export { runProfile } from './run-profile.ts';
export { createSnapshotKeeping } from './snapshot-keeping.ts';
export type { StateFolderWait } from './state-folder-wait.ts';
export { createStateFolderWait } from './state-folder-wait.ts';
export { oldestState, stateFromLog } from './state-from-log.ts';
export { UnfitArgument } from './unfit-argument.ts';
export { watchedFolders } from './watched-folders.ts';
export { webhookSetting } from './webhook-setting.ts';
export type { Border } from './shared-folders/border.ts';
export type { InSharedPlace } from './shared-folders/shared-places.ts';
export {
  sharedPlaceAt,
  sharedPlaceFrom,
  sharedPlacesWithLog,
  sharedReportFromLogs,
} from './shared-folders/shared-places.ts';
export type { SharedSync } from './shared-folders/sync-shared-folders.ts';
export type { KnownFiles, KnownPlace } from './shared-folders/known-folders.ts';
export { mayHaveShared, readKnownPlaces } from './shared-folders/known-folders.ts';
