/** `--single-directory` as people, units and containers write it: a path below `sync_dir`, or why it is none. */
import { checkName } from './filter/check-name.ts';

export type SingleDirectory =
  | { readonly ok: true; /** Relative, `/` separated, never empty. */ readonly path: string }
  /** Without the prefix `ERROR: `. */
  | { readonly ok: false; readonly problem: string };

/** @param syncDir absolute */
export function readSingleDirectory(typed: string, syncDir: string): SingleDirectory {
  // Quotes that a container's environment or a unit left around it; no name on the drive has one.
  const unquoted = typed.replaceAll(/^"+|"+$/g, '');
  const root = `${syncDir.replace(/\/+$/, '')}/`;
  const below = unquoted.startsWith(root) ? unquoted.slice(root.length) : unquoted;
  const segments = below.split('/').filter((segment) => segment !== '' && segment !== '.');
  const wrong = (why: string): SingleDirectory => ({
    ok: false,
    problem: `--single-directory takes a folder below sync_dir, as in Documents/Work; "${typed}" ${why}`,
  });
  if (segments.includes('..')) return wrong('leads out of it, or back');
  if (segments.length === 0) return wrong('is sync_dir itself. Leave the switch out to sync all of it');
  for (const [index, name] of segments.entries()) {
    const path = segments.slice(0, index + 1).join('/');
    const unfit = checkName(path, name, { accountKind: 'personal' });
    if (unfit !== undefined) return wrong(`can be no folder of the drive (${unfit.detail})`);
  }
  return { ok: true, path: segments.join('/') };
}
