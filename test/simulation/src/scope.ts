/** What users exclude: a few filters, one at a time, changed between runs as an edited configuration is. */
import type { FilterPolicy } from '@tidemark/contracts';
import { createFilter } from '@tidemark/settings';

export type Scope = Pick<FilterPolicy, 'skipFile' | 'skipDir' | 'syncList'>;

export const everything: Scope = { skipFile: '', skipDir: '', syncList: null };

/** Names of the simulated users are in all of them. */
export const scopes: readonly Scope[] = [
  { ...everything, skipFile: '*.txt' },
  { ...everything, skipFile: 'a|d.docx' },
  { ...everything, skipDir: 'b' },
  { ...everything, skipDir: 'a|d.docx' },
  { ...everything, syncList: '/a\n/b\n' },
  { ...everything, syncList: '*.txt\n' },
];

export function isInScope({ skipFile, skipDir, syncList }: Scope, path: string, kind: string): boolean {
  if (kind !== 'file' && kind !== 'folder') return true;
  const filter = createFilter(
    {
      skip_file: split(skipFile),
      skip_dir: split(skipDir),
      ...{ skip_dir_strict_match: false, skip_dotfiles: false, skip_symlinks: false, skip_size: 0 },
      ...{ check_nosync: false, sync_root_files: false },
    },
    syncList ?? undefined,
  );
  const name = path.slice(path.lastIndexOf('/') + 1);
  return filter({ path, name, kind, sizeBytes: 0, side: 'local', history: 'known' }).included;
}

const split = (patterns: string): string[] => patterns.split('|').filter((pattern) => pattern !== '');
