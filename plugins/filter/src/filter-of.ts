/** What the settings leave alone: the filters, then the one directory that a run is restricted to. Pure, and asked of every item. */
import type { RuleItem } from '@tidemark/plugin-sdk';
import { z } from '@tidemark/plugin-sdk';
import type { FilterRule } from '@tidemark/settings';
import { createFilter } from '@tidemark/settings';

/** As the policy of a run has them: raw texts. */
export const filterConfig = z.strictObject({
  skipFile: z.string().default(''),
  skipDir: z.string().default(''),
  skipDirStrictMatch: z.boolean().default(false),
  skipDotfiles: z.boolean().default(false),
  skipSymlinks: z.boolean().default(false),
  checkNosync: z.boolean().default(false),
  /** Bytes; 0 is off. */
  skipSizeBytes: z.number().default(0),
  syncRootFiles: z.boolean().default(false),
  /** The `sync_list` file, or null when there is none. */
  syncList: z.string().nullable().default(null),
  /** Only this folder (relative to the root) is synced; null for everything. */
  singleDirectory: z.string().nullable().default(null),
});
export type FilterConfig = z.infer<typeof filterConfig>;

export interface Filtered {
  readonly rule: FilterRule | 'single_directory';
  /** The pattern, limit or line that decided. */
  readonly detail: string;
  /** As the log has it. */
  readonly line: string;
  /** A folder on the way to what the filters may let in: it is made for that alone. */
  readonly onTheWay?: true;
}

export const nosync = '.nosync';

/** Of an item, null when the settings let it in. */
export function filterOf(settings: Readonly<FilterConfig>): (item: RuleItem) => Filtered | null {
  const { checkNosync, singleDirectory } = settings;
  const filter = createFilter(
    {
      skip_file: split(settings.skipFile),
      skip_dir: split(settings.skipDir),
      skip_dir_strict_match: settings.skipDirStrictMatch,
      skip_dotfiles: settings.skipDotfiles,
      skip_symlinks: settings.skipSymlinks,
      skip_size: settings.skipSizeBytes / bytesPerMegabyte,
      check_nosync: checkNosync,
      sync_root_files: settings.syncRootFiles,
    },
    settings.syncList ?? undefined,
  );
  return (item) => {
    const verdict = filter({
      path: item.path,
      name: item.name,
      kind: item.kind,
      sizeBytes: item.sizeBytes,
      side: item.side,
      history: item.known ? 'known' : 'new',
      ...(checkNosync && item.markers.includes(nosync) ? { marker: nosync } : {}),
    });
    if (!verdict.included && !verdict.mayContainIncluded) return verdict;
    // Last, since it is no scope: what a filter says of an item outside holds in the next run as well.
    if (singleDirectory !== null && isOutside(item, singleDirectory))
      return { rule: 'single_directory', detail: singleDirectory, line: outside };
    return verdict.included ? null : { ...verdict, onTheWay: true };
  };
}

const bytesPerMegabyte = 1024 * 1024;

const outside = 'outside the directory that this run is restricted to';

/** The way down to the directory stays in scope, as far as folders go. */
function isOutside(item: RuleItem, directory: string): boolean {
  if (item.path === directory || item.path.startsWith(`${directory}/`)) return false;
  return !(item.kind === 'folder' && directory.startsWith(`${item.path}/`));
}

export const split = (patterns: string): string[] => patterns.split('|').filter((pattern) => pattern !== '');
