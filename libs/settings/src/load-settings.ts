/** Defaults, then `config`, then the command line: checked as a whole, as one typed value. */
import type { CommandLine } from './command-line/command-line.ts';
import { readConfigFile, type ConfigFileResult } from './config-file.ts';
import { refusedTidemarkValue } from './developer-settings.ts';
import { shadowedRule } from './filter/shadowed-rule.ts';
import { parseSyncList } from './filter/sync-list-rules.ts';
import type { Option, OptionTable, OptionValue } from './option.ts';
import { configOptions, tidemarkOptions, type Settings } from './options.ts';
import { refusedCombination } from './refused-combinations.ts';
import { readSingleDirectory } from './single-directory.ts';
import { defaultValue, parseValue } from './value.ts';

export interface SettingsInput {
  readonly commandLine: CommandLine;
  /** Contents of the files that exist. */
  readonly files: {
    readonly config?: { readonly path: string; readonly origin: 'user' | 'system'; readonly text: string };
    readonly tidemarkConfig?: { readonly path: string; readonly text: string };
    readonly syncList?: { readonly text: string };
  };
  /** Home directory as `configLocations` gives it, and our own version for the user agent, as `v1.2.3`. */
  readonly environment: { readonly home: string; readonly version: string };
}

export type SettingSource = 'default' | 'config' | 'tidemark.conf' | 'commandLine';

export type SettingsResult =
  | {
      readonly ok: true;
      readonly settings: Settings;
      /** Lines to print, in order, already chosen by verbosity. */
      readonly notices: readonly string[];
      /** Where each value that is not a default came from. */
      readonly sources: Readonly<Partial<Record<keyof Settings, SettingSource>>>;
      /** `--single-directory` as a path below `sync_dir`. */
      readonly singleDirectory?: string;
    }
  /** `lines` includes the notices that came before. Code 1 in the drop-in face, 2 or 3 with a subcommand. */
  | { readonly ok: false; readonly lines: readonly string[]; readonly exitCode: 1 | 2 | 3 };

export function loadSettings(input: SettingsInput): SettingsResult {
  const { commandLine, files, environment } = input;
  const isSubcommand = commandLine.face === 'subcommand';
  const notices: string[] = [];
  const note = (lines: readonly string[]): void => {
    for (const line of lines) notices.push(line);
  };
  const refuse = (lines: readonly string[], exitCode: 2 | 3): SettingsResult => ({
    ok: false,
    lines: [...notices, ...lines],
    exitCode: isSubcommand ? exitCode : 1,
  });

  if (files.config !== undefined) notices.push(`Reading configuration file: ${files.config.path}`);
  const config = readOptional(files.config?.text, configOptions, environment.home, TIDEMARK_FILE);
  if (config.type !== 'read') return refuse([...config.lines, ...configEnding(input, config.type)], 3);
  note(config.notices);
  note(configLoaded(input));

  const own = readOptional(files.tidemarkConfig?.text, tidemarkOptions, environment.home, CONFIG_FILE);
  if (own.type !== 'read') {
    return refuse([...own.lines, '', `${files.tidemarkConfig?.path} has errors - please check it`], 3);
  }
  note(own.notices);

  const overrides = readOverrides(commandLine, environment.home);
  if (overrides.type !== 'read') return refuse(overrides.lines, 2);
  note(overrides.notices);

  const settings = withCommandLineEffects(
    assemble([config.values, own.values, overrides.values], environment),
    commandLine,
  );
  const developer = refusedTidemarkValue(settings);
  if (developer !== undefined) return refuse([`ERROR: ${developer}`], 3);
  const combination = refusedCombination(settings, commandLine);
  if (combination !== undefined) return refuse([`ERROR: ${combination}`], 2);
  const single =
    commandLine.singleDirectory === undefined
      ? undefined
      : readSingleDirectory(commandLine.singleDirectory, settings.sync_dir);
  if (single?.ok === false) return refuse([`ERROR: ${single.problem}`], 2);
  note(effectless([config.values, own.values, overrides.values]));
  const filters = checkFilters(settings, files.syncList?.text);
  note(filters.notices);
  if (filters.fatal.length > 0) return refuse(filters.fatal, 3);

  return {
    ok: true,
    settings,
    notices,
    sources: {
      ...sourceOf(config.values, 'config'),
      ...sourceOf(own.values, 'tidemark.conf'),
      ...sourceOf(overrides.values, 'commandLine'),
    },
    ...(single !== undefined && { singleDirectory: single.path }),
  };
}

type Values = Readonly<Record<string, OptionValue>>;

const TIDEMARK_FILE = { fileName: 'tidemark.conf', table: tidemarkOptions };
const CONFIG_FILE = { fileName: 'config', table: configOptions };

function readOptional(
  text: string | undefined,
  table: OptionTable,
  home: string,
  elsewhere: typeof TIDEMARK_FILE | typeof CONFIG_FILE,
): ConfigFileResult {
  return text === undefined
    ? { type: 'read', values: {}, notices: [] }
    : readConfigFile(text, table, home, elsewhere);
}

function configLoaded({ commandLine, files }: SettingsInput): readonly string[] {
  if (files.config?.origin === 'system') return ['System configuration file successfully loaded'];
  if (files.config?.origin === 'user') return ['Configuration file successfully loaded'];
  return commandLine.verbosity > 0 ? ['No user or system config file found, using application defaults'] : [];
}

function configEnding({ files }: SettingsInput, type: 'failed' | 'stop'): readonly string[] {
  if (type === 'stop') return [];
  const subject = files.config?.origin === 'system' ? 'System configuration' : 'Configuration';
  return ['', `${subject} file has errors - please check your configuration`];
}

function readOverrides(commandLine: CommandLine, home: string): ConfigFileResult {
  const values: Record<string, OptionValue> = {};
  const notices: string[] = [];
  for (const [key, typed] of commandLine.overrides) {
    // Quotes that a container's environment or a unit left around it would make a folder `"~` where the command runs.
    const text = key === 'sync_dir' ? typed.replace(/^"(.*)"$/s, '$1') : typed;
    if (key === 'sync_dir' && text.trim() === '') {
      return { type: 'stop', lines: ['ERROR: --syncdir value cannot be empty'] };
    }
    const parsed = parseValue(key, configOptions[key], text, 'commandLine', home);
    if (parsed.type !== 'value') return parsed;
    values[key] = parsed.value;
    if (parsed.notice !== undefined) notices.push(parsed.notice);
  }
  return { type: 'read', values, notices };
}

/** Later layers win. The tables made every layer, so what comes out has the type that the tables describe. */
function assemble(layers: readonly Values[], environment: SettingsInput['environment']): Settings {
  const table: Readonly<Record<string, Option>> = { ...configOptions, ...tidemarkOptions };
  const defaults = Object.entries(table).map(([key, option]) => [
    key,
    defaultValue(option, environment.home),
  ]);
  const values: Record<string, OptionValue> = Object.assign({}, Object.fromEntries(defaults), ...layers);
  if (values['user_agent'] === configOptions.user_agent.default) {
    values['user_agent'] = configOptions.user_agent.default.replace('VERSION', environment.version);
  }
  return values as Settings;
}

/** What some switches do to the settings as a whole. */
function withCommandLineEffects(settings: Settings, commandLine: CommandLine): Settings {
  const isDebugging = commandLine.verbosity >= 2;
  const shown = isDebugging ? { ...settings, display_running_config: true } : settings;
  return commandLine.forceSync === 'yes'
    ? { ...shown, skip_file: configOptions.skip_file.default, skip_dir: configOptions.skip_dir.default }
    : shown;
}

/** A user must not believe that a setting has an effect when it has none. */
function effectless(layers: readonly Values[]): readonly string[] {
  const table: Readonly<Record<string, Option>> = { ...configOptions, ...tidemarkOptions };
  const given: Values = Object.assign({}, ...layers);
  return Object.entries(given).flatMap(([key, value]) => {
    const option = table[key];
    if (option?.withoutEffect === undefined || String(value) === String(option.default)) return [];
    return [`WARNING: '${key}' has no effect in this version: ${option.withoutEffect}`];
  });
}

function checkFilters(
  settings: Settings,
  syncListText: string | undefined,
): { readonly notices: readonly string[]; readonly fatal: readonly string[] } {
  const everything = (['skip_dir', 'skip_file'] as const).find((key) => settings[key].includes('.*'));
  if (everything !== undefined) {
    return { notices: [], fatal: [`ERROR: Invalid ${everything} entry '.*' detected.`] };
  }
  const { rules, problems } = parseSyncList(syncListText ?? '');
  const notices = [...missingDefaults(settings), ...problems];
  const shadowed = shadowedRule(settings, rules);
  return {
    notices,
    fatal:
      shadowed === undefined
        ? []
        : [
            'ERROR: Invalid Client Side Filtering configuration detected.',
            `       One or more 'sync_list' inclusion rules are shadowed by '${shadowed.by}' and will never be viable.`,
            `       Shadowed 'sync_list' rule: ${shadowed.rule}`,
          ],
  };
}

function missingDefaults({ skip_file }: Settings): readonly string[] {
  const missing = configOptions.skip_file.default.filter((entry) => !skip_file.includes(entry));
  return missing.length === 0
    ? []
    : [
        `WARNING: Your 'skip_file' configuration is missing important default entries. Please add: ${missing.join('|')}`,
      ];
}

function sourceOf(values: Values, source: SettingSource): Partial<Record<keyof Settings, SettingSource>> {
  return Object.fromEntries(Object.keys(values).map((key) => [key, source]));
}
