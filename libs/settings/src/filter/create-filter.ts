/** The filters of the settings as one pure question about one item. A filter never deletes: it only says in or out. */
import type { Settings } from '../options.ts';
import { baseName, compileSkipDirectory, compileSkipFile, withAncestors } from './skip-patterns.ts';
import { parseSyncList } from './sync-list-rules.ts';
import {
  compileDotfilesNamed,
  compileSyncList,
  type SyncListQuestion,
  type SyncListVerdict,
} from './sync-list.ts';

export interface FilterItem {
  /** From the root of `sync_dir`, without leading slash; empty for the root itself. */
  readonly path: string;
  /** Last segment of the path. */
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** Bytes; of no meaning for folders. */
  readonly sizeBytes: number;
  /** Decides only which of several rules is named; local unless said. */
  readonly side?: 'local' | 'remote';
  /** Symbolic links exist locally only. */
  readonly link?: 'symbolic';
  /** Whether a directory on the way to the item, or the folder itself, holds `.nosync`. */
  readonly marker?: '.nosync';
  /** skip_size holds for new files only; say `known` for one that was synced before. */
  readonly history?: 'new' | 'known';
}

export type FilterRule =
  'check_nosync' | 'skip_dotfiles' | 'skip_symlinks' | 'skip_dir' | 'skip_file' | 'sync_list' | 'skip_size';

export type Verdict =
  /** `line` is for verbose output, where the peer says why an item is in. */
  | { readonly included: true; readonly line?: string }
  | {
      readonly included: false;
      readonly rule: FilterRule;
      /** The pattern, limit or rule text that decided. */
      readonly detail: string;
      /** The peer's line for verbose output. */
      readonly line: string;
      /** For a folder: items below may still be included, so look on; make the folder only for their sake. */
      readonly mayContainIncluded: boolean;
    };

export type Filter = (item: FilterItem) => Verdict;

/** The settings that filters are made of. */
export type FilterSettings = Pick<
  Settings,
  | 'skip_file'
  | 'skip_dir'
  | 'skip_dir_strict_match'
  | 'skip_dotfiles'
  | 'skip_symlinks'
  | 'skip_size'
  | 'check_nosync'
  | 'sync_root_files'
>;

/** @param syncListText content of `sync_list`; lines that cannot be used are left out, as `loadSettings` reported. */
export function createFilter(settings: FilterSettings, syncListText?: string): Filter {
  const checks = compileChecks(settings, syncListText ?? '');
  return (item) => {
    if (item.path === '') return { included: true };
    for (const rule of ORDER[item.side ?? 'local']) {
      const verdict = checks[rule](item);
      if (verdict !== undefined) return verdict;
    }
    return checks.inclusion(item);
  };
}

const ORDER: Readonly<Record<'local' | 'remote', readonly FilterRule[]>> = {
  local: [
    'check_nosync',
    'skip_dotfiles',
    'skip_symlinks',
    'skip_dir',
    'skip_file',
    'sync_list',
    'skip_size',
  ],
  remote: [
    'skip_dir',
    'skip_file',
    'sync_list',
    'skip_dotfiles',
    'skip_symlinks',
    'check_nosync',
    'skip_size',
  ],
};

const BYTES_PER_MEGABYTE = 1_048_576;

type Check = (item: FilterItem) => Verdict | undefined;
type Checks = Readonly<Record<FilterRule, Check>> & { readonly inclusion: Filter };

function compileChecks(settings: FilterSettings, syncListText: string): Checks {
  const strictness = settings.skip_dir_strict_match ? 'whole path' : 'any segment';
  const skipDirectory = rememberLast(compileSkipDirectory(settings.skip_dir, strictness));
  const skipFile = compileSkipFile(settings.skip_file);
  const { rules } = parseSyncList(syncListText);
  const syncList = rules.length === 0 ? undefined : rememberLast(compileSyncList(rules));
  const namesDotfile = compileDotfilesNamed(rules);

  /** A dotfile that a rule of sync_list names is wanted. The peer says so on the local side only; we on both. */
  const isNamed: SyncListQuestion<boolean> = (path, kind) => {
    const verdict = syncList?.(path, kind);
    if (verdict === undefined || !namesDotfile(path, kind)) return false;
    return verdict.type === 'included' || verdict.below === 'maybe something';
  };

  return {
    check_nosync: (item) =>
      settings.check_nosync && item.marker === '.nosync'
        ? excluded('check_nosync', '.nosync', nosyncLine(item))
        : undefined,
    skip_dotfiles: ({ path, kind }) => {
      if (!settings.skip_dotfiles) return undefined;
      const dotted = withAncestors(path).find(
        (ancestor) => isDotted(ancestor) && !isNamed(ancestor, ancestor === path ? kind : 'folder'),
      );
      return dotted === undefined
        ? undefined
        : excluded('skip_dotfiles', dotted, `Skipping item - .file or .folder: ${walked(path)}`);
    },
    skip_symlinks: ({ path, link }) =>
      settings.skip_symlinks && link === 'symbolic'
        ? excluded('skip_symlinks', path, `Skipping item - skip symbolic links configured: ${walked(path)}`)
        : undefined,
    skip_dir: ({ path, kind }) => {
      const directory = kind === 'folder' ? path : parentOf(path);
      const pattern = directory === '' ? undefined : skipDirectory(directory, 'folder');
      if (pattern === undefined) return undefined;
      const subject = kind === 'folder' ? 'path - ' : 'file - file path is ';
      return excluded('skip_dir', pattern, `Skipping ${subject}excluded by skip_dir config: ${walked(path)}`);
    },
    skip_file: ({ path, kind }) => {
      const pattern = kind === 'file' ? skipFile(path) : undefined;
      return pattern === undefined
        ? undefined
        : excluded('skip_file', pattern, `Skipping file - excluded by skip_file config: ${walked(path)}`);
    },
    sync_list: (item) => {
      const verdict = syncList?.(item.path, item.kind);
      if (verdict?.type !== 'excluded' || isKeptInRoot(settings, item)) return undefined;
      return syncListExclusion(item, verdict);
    },
    skip_size: ({ path, kind, sizeBytes, history }) => {
      const limitBytes = settings.skip_size * BYTES_PER_MEGABYTE;
      if (limitBytes === 0 || kind !== 'file' || history === 'known' || sizeBytes < limitBytes)
        return undefined;
      const megabytes = Math.floor(sizeBytes / BYTES_PER_MEGABYTE);
      const line = `Skipping file - excluded by skip_size config: ${walked(path)} (${megabytes} MB)`;
      return excluded('skip_size', `${settings.skip_size} MB`, line);
    },
    inclusion: (item) => {
      if (syncList === undefined) return { included: true };
      const path = walked(item.path);
      if (syncList(item.path, item.kind).type === 'excluded') {
        const line = `Path retained due to 'sync_root_files' override for logical root file: ${path}`;
        return { included: true, line };
      }
      const subject = item.kind === 'folder' ? 'path' : 'file';
      return { included: true, line: `Including ${subject} - included by sync_list config: ${path}` };
    },
  };
}

/** A scan asks for all files of one directory in a row, and about one path more than once. */
function rememberLast<Answer, Kind>(
  ask: (path: string, kind: Kind) => Answer,
): (path: string, kind: Kind) => Answer {
  let last: { readonly path: string; readonly kind: Kind; readonly answer: Answer } | undefined;
  return (path, kind) => {
    if (last?.path !== path || last.kind !== kind) last = { path, kind, answer: ask(path, kind) };
    return last.answer;
  };
}

function excluded(rule: FilterRule, detail: string, line: string): Verdict {
  return { included: false, rule, detail, line, mayContainIncluded: false };
}

function syncListExclusion(
  { path, kind }: FilterItem,
  verdict: Extract<SyncListVerdict, { type: 'excluded' }>,
): Verdict {
  const subject = kind === 'folder' ? 'path' : 'file';
  return {
    included: false,
    rule: 'sync_list',
    detail: verdict.rule?.text ?? 'no rule includes it',
    line: `Skipping ${subject} - excluded by sync_list config: ${walked(path)}`,
    mayContainIncluded: kind === 'folder' && verdict.below === 'maybe something',
  };
}

function nosyncLine({ path, side }: FilterItem): string {
  return side === 'remote'
    ? `Skipping downloading item - .nosync found in parent folder & --check-for-nosync is enabled: ${walked(path)}`
    : `Skipping item - .nosync found & --check-for-nosync enabled: ${walked(path)}`;
}

const isKeptInRoot = (settings: FilterSettings, { path, kind }: FilterItem): boolean =>
  settings.sync_root_files && kind === 'file' && !path.includes('/');

const isDotted = (path: string): boolean => baseName(path).startsWith('.');

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Paths are printed as the peer walks them, from the current directory. */
const walked = (path: string): string => `./${path}`;
