export type { Action, CommandLine, CommandLineResult, Login, Output } from './command-line/command-line.ts';
export { settingFrom } from './command-line/log-subcommands.ts';
export { parseCommandLine, tryHelp } from './command-line/parse-command-line.ts';
export { subcommands, type Subcommand } from './command-line/subcommands.ts';
export { switches, type Switch } from './command-line/switches.ts';
export { linesThatSet } from './config-file.ts';
export { configLocations, type ConfigLocations, type EnvironmentVariables } from './config-locations.ts';
export { fragmentBytes, modeOf } from './derived-values.ts';
export { checkName, LARGEST_FILE_BYTES, type AccountKind, type NameProblem } from './filter/check-name.ts';
export {
  createFilter,
  type Filter,
  type FilterItem,
  type FilterRule,
  type FilterSettings,
  type Verdict,
} from './filter/create-filter.ts';
export { parseSyncList } from './filter/sync-list-rules.ts';
export {
  loadSettings,
  type SettingsInput,
  type SettingSource,
  type SettingsResult,
} from './load-settings.ts';
export type { Option, OptionTable, OptionValue, Unit } from './option.ts';
export {
  configOptions,
  optionFamilies,
  tidemarkOptions,
  type ConfigKey,
  type ConfigValues,
  type Settings,
  type TidemarkKey,
  type TidemarkValues,
} from './options.ts';
export { isOwnPlugin, ownPlugins } from './own-plugins.ts';
export { renderConfiguration, type ConfigurationFacts } from './render/configuration.ts';
export { places, type Place } from './render/completion-places.ts';
export { renderCompletions, type Shell, shells } from './render/completions.ts';
export { renderHelp, renderMissingMode } from './render/help.ts';
export { renderManPage } from './render/man-page.ts';
export { oneLine } from './render/one-line.ts';
export { optionReferencePage } from './render/reference.ts';
export {
  detectResync,
  RESYNC_REQUIRED,
  resyncRequiredLines,
  type ResyncAnswer,
  type ResyncQuestion,
} from './resync.ts';
export { refusedBus } from './nats-servers.ts';
export { splitList } from './value.ts';
export { withSetting } from './with-setting.ts';
