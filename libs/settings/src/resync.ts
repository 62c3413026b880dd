/**
 * Finds the changes of settings that the peer answers with "--resync is required".
 *
 * Ask only when a token exists, --resync was not given and the command is not --list-shared-items.
 */
import type { CommandLine } from './command-line/command-line.ts';
import { readConfigFile } from './config-file.ts';
import type { Option, OptionValue } from './option.ts';
import { configOptions, tidemarkOptions, type ConfigKey } from './options.ts';
import { defaultValue, parseValue } from './value.ts';

export interface ResyncQuestion {
  /** What was kept at the last accepted start: `.config.backup` and `.sync_list.hash`, where they exist. */
  readonly previous: { readonly configText?: string; readonly syncListHash?: string };
  /** What there is now; `syncListHash` is the QuickXorHash of `sync_list`, absent without that file. */
  readonly current: { readonly configText?: string; readonly syncListHash?: string };
  readonly commandLine: Pick<CommandLine, 'overrides'>;
  readonly home: string;
}

export interface ResyncAnswer {
  /** Empty: go on. */
  readonly changed: readonly (ConfigKey | 'sync_list')[];
  /** Lines to print before the result. */
  readonly notices: readonly string[];
}

/** The two lines of the refusal, which exits with `RESYNC_REQUIRED`. */
export const resyncRequiredLines: readonly string[] = [
  'An application configuration change has been detected where a --resync is required',
  "Re-run the client with '--resync' appended to your normal '--sync' or '--monitor' command.",
];

/** `EX_CONFIG`. Versions of the peer up to 2.5.11 used 126. */
export const RESYNC_REQUIRED = 78;

export function detectResync(question: ResyncQuestion): ResyncAnswer {
  const { previous, current, home } = question;
  const changed = new Set<ConfigKey | 'sync_list'>();
  const notices: string[] = [];
  if (current.configText !== undefined && current.configText !== previous.configText) {
    notices.push('Application configuration file has been updated, checking if --resync needed');
    if (previous.configText === undefined) {
      notices.push('WARNING: no backup config file was found, unable to validate if any changes made');
    } else {
      changedKeys(previous.configText, current.configText, home).forEach((key) => changed.add(key));
    }
  }
  overriddenKeys(question).forEach((key) => changed.add(key));
  if (withoutPlaceholder(previous.syncListHash) !== withoutPlaceholder(current.syncListHash)) {
    changed.add('sync_list');
  }
  return { changed: [...changed], notices };
}

/** The peer writes this where it has never seen the file. */
const withoutPlaceholder = (hash: string | undefined): string | undefined =>
  hash === 'initial-hash' || hash?.trim() === '' ? undefined : hash?.trim();

function changedKeys(previousText: string, currentText: string, home: string): readonly ConfigKey[] {
  const previous = valuesIn(previousText, home);
  const current = valuesIn(currentText, home);
  return watchedKeys.filter((key) => {
    const isDifferent = !isEqual(effective(previous, key, home), effective(current, key, home));
    const isNew = !Object.hasOwn(previous, key) && Object.hasOwn(current, key);
    return isDifferent && (optionOf(key).resync === 'onChange' || isNew);
  });
}

/** Only if there is a file to differ from. */
function overriddenKeys({ current, commandLine, home }: ResyncQuestion): readonly ConfigKey[] {
  if (current.configText === undefined) return [];
  const values = valuesIn(current.configText, home);
  return [...commandLine.overrides]
    .filter(([key]) => optionOf(key).resync !== undefined)
    .filter(([key, text]) => {
      const parsed = parseValue(key, optionOf(key), text, 'commandLine', home);
      return parsed.type === 'value' && !isEqual(parsed.value, effective(values, key, home));
    })
    .map(([key]) => key);
}

type Values = Readonly<Record<string, OptionValue>>;

/** A file that cannot be read was refused before; a backup that cannot be read says nothing. */
function valuesIn(text: string, home: string): Values {
  const elsewhere = { fileName: 'tidemark.conf', table: tidemarkOptions };
  const result = readConfigFile(text, configOptions, home, elsewhere);
  return result.type === 'read' ? result.values : {};
}

const effective = (values: Values, key: ConfigKey, home: string): OptionValue =>
  values[key] ?? defaultValue(optionOf(key), home);

const isEqual = (left: OptionValue, right: OptionValue): boolean => String(left) === String(right);

const optionOf = (key: ConfigKey): Option => configOptions[key];

/** In the order of the table. */
const watchedKeys: readonly ConfigKey[] = (Object.keys(configOptions) as ConfigKey[]).filter(
  (key) => optionOf(key).resync !== undefined,
);
