/** What keeps a path out of the sync, in words: the rule, where it is written, and what would let the path in. */
import { configOptions, linesThatSet, splitList } from '@tidemark/settings';
import type { Cause } from './exclusions.ts';
import { includingLine } from './exclusions.ts';

/** A file of settings; the text is null when there is none. */
export interface SettingsText {
  readonly file: string;
  readonly text: string | null;
}

export interface SettingsTexts {
  readonly config: SettingsText;
  readonly syncList: SettingsText;
  readonly tidemarkConfig: SettingsText;
}

export interface Exclusion extends Cause {
  /** What keeps it out. */
  readonly sentence: string;
  /** The lines that say so; none for a default, for the command line of a run, and for what no setting changes. */
  readonly at: readonly { readonly file: string; readonly line: number }[];
  /** Where it comes from, when no line of a file says so. */
  readonly origin: string | null;
  /** Follows "To sync it". */
  readonly remedy: string;
}

export function exclusionInWords(cause: Cause, texts: SettingsTexts): Exclusion {
  const at = linesOf(cause, texts);
  const origin = at.length === 0 ? originOf(cause, texts) : null;
  const isDefault = origin === defaultOrigin;
  const remedy =
    isDefault && cause.rule === 'skip_file'
      ? withoutDefault(cause, texts)
      : remedies[cause.rule](cause, texts);
  return { ...cause, sentence: sentences[cause.rule](cause), at, origin, remedy };
}

/** `(FILE, line 3)`. */
export function placeText({ at, origin }: Pick<Exclusion, 'at' | 'origin'>): string {
  const places = at.map(({ file, line }) => `${file}, line ${line}`).join('; ');
  const text = places === '' ? origin : places;
  return text === null ? '' : ` (${text})`;
}

const sentences: Readonly<Record<Cause['rule'], (cause: Cause) => string>> = {
  skip_file: ({ detail }) => `skip_file has the pattern "${detail}"`,
  skip_dir: ({ detail }) => `skip_dir has the pattern "${detail}"`,
  skip_dotfiles: ({ detail }) => `skip_dotfiles is "true", and the name of "${detail}" begins with a dot`,
  skip_symlinks: ({ detail }) => `skip_symlinks is "true", and "${detail}" is a symbolic link`,
  skip_size: ({ detail }) => `skip_size leaves out new files of ${detail} and more`,
  check_nosync: ({ detail }) =>
    `check_nosync is "true", and there is "${detail === '' ? '' : `${detail}/`}.nosync"`,
  sync_list: (cause) =>
    excludesByLine(cause)
      ? `sync_list has the line "${cause.detail}"`
      : `sync_list has no line that includes it${cause.onTheWay === true ? ', nor anything in it' : ''}`,
  single_directory: ({ detail }) => `the run was restricted to the directory "${detail}"`,
  ownName: ({ path }) => `Tidemark keeps files of its own at "${path}"`,
  largestFile: ({ detail }) => `it is larger than the ${detail} that the drive takes`,
  name: ({ path, detail }) => `the drive does not take the name of "${path}": ${detail}`,
  download_only: () => 'download_only is "true", and it is on disk only',
  upload_only: () => 'upload_only is "true", and it is on the drive only',
  plugin: ({ plugin, path, detail }) => `the plugin "${plugin}" says of "${path}": ${detail}`,
};

const remedies: Readonly<Record<Cause['rule'], (cause: Cause, texts: SettingsTexts) => string>> = {
  skip_file: ({ detail }) => `take "${detail}" out of skip_file`,
  skip_dir: ({ detail }) => `take "${detail}" out of skip_dir`,
  skip_dotfiles: () => 'set skip_dotfiles = "false"',
  skip_symlinks: () => 'set skip_symlinks = "false"',
  skip_size: () => 'set skip_size to more megabytes than the file has, or to "0"',
  check_nosync: () => 'remove that file, or set check_nosync = "false"',
  sync_list: (cause, { syncList }) =>
    excludesByLine(cause)
      ? `remove the line "${cause.detail}" from sync_list`
      : `add the line "${includingLine(cause.path)}" to ${syncList.file}`,
  single_directory: () => 'sync without --single-directory',
  ownName: () => 'give it another name',
  largestFile: () => 'make smaller files of it',
  name: () => 'give it another name',
  download_only: () => 'set download_only = "false"',
  upload_only: () => 'set upload_only = "false"',
  plugin: ({ plugin }) => `change the plugin "${plugin}" or its settings, or take it out of plugins`,
};

const excludesByLine = ({ detail }: Cause): boolean => detail.startsWith('!') || detail.startsWith('-');

/** Rules that are options of `config`, and switches of the command line as well. */
const optionRules = [
  ...(['skip_file', 'skip_dir', 'skip_dotfiles', 'skip_symlinks'] as const),
  ...(['skip_size', 'check_nosync', 'download_only', 'upload_only'] as const),
] as const;

type OptionRule = (typeof optionRules)[number];

const isOption = (rule: Cause['rule']): rule is OptionRule => optionRules.some((one) => one === rule);

function linesOf({ rule, detail }: Cause, texts: SettingsTexts): Exclusion['at'] {
  const { config, syncList, tidemarkConfig } = texts;
  if (rule === 'sync_list')
    return numbered(syncList).flatMap(({ line, text }) =>
      text.trim() === detail ? [{ file: syncList.file, line }] : [],
    );
  if (rule === 'plugin')
    return linesThatSet('plugins', tidemarkConfig.text ?? '').map(({ number }) => ({
      file: tidemarkConfig.file,
      line: number,
    }));
  if (!isOption(rule)) return [];
  const lines = linesThatSet(rule, config.text ?? '');
  // Lists add up; of anything else the last line counts.
  const counting =
    configOptions[rule].type === 'list'
      ? lines.filter(({ value }) => splitList(value).includes(detail))
      : lines.slice(-1).filter(({ value }) => value === 'true' || `${value} MB` === detail);
  return counting.map(({ number }) => ({ file: config.file, line: number }));
}

const numbered = ({ text }: SettingsText): readonly { line: number; text: string }[] =>
  (text ?? '')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, index) => ({ line: index + 1, text: line }));

const defaultOrigin = 'the default, since no file sets skip_file';

function originOf({ rule, detail }: Cause, { config, syncList }: SettingsTexts): string | null {
  if (rule === 'single_directory') return 'its command line: --single-directory';
  if (rule === 'sync_list') return excludesByLine({ rule, detail, path: '' }) ? changedSince : syncList.file;
  if (!isOption(rule)) return null;
  if (rule === 'skip_file') {
    const isSet = linesThatSet(rule, config.text ?? '').length > 0;
    if (!isSet && configOptions.skip_file.default.some((pattern) => pattern === detail)) return defaultOrigin;
  }
  return `the command line of that run: --${configOptions[rule].cli}; or ${changedSince}`;
}

const changedSince = 'the file has been changed since';

function withoutDefault({ detail }: Cause, { config }: SettingsTexts): string {
  const rest = configOptions.skip_file.default.filter((pattern) => pattern !== detail);
  return `set skip_file = "${rest.join('|')}" in ${config.file}`;
}
