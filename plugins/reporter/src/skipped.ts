/**
 * Items that are left alone. One inside a folder that is left alone goes without saying. With `--verbose` users read a line for
 * each of the others, and else a line for each reason, of what was not left alone before.
 */
import type { ItemVerdict } from '@tidemark/plugin-sdk';
import type { Line } from './line.ts';
import { info } from './line.ts';
import { dotted } from './paths.ts';
import { isRetained } from './retained.ts';

export interface Skipped {
  /** Paths, each once, without what is inside a folder that is among them. */
  readonly all: Set<string>;
  /** New ones by reason, not told yet. */
  readonly untold: Map<string, string[]>;
}

export const createSkipped = (): Skipped => ({ all: new Set(), untold: new Map() });

/** Takes in verdicts, folders before what is in them. Returns those that do not go without saying. */
export function followSkipped(skipped: Skipped, batch: readonly ItemVerdict[]): readonly ItemVerdict[] {
  const held = new Set<string>();
  return batch.filter((verdict) => {
    if (verdict.standing === 'held') {
      held.add(verdict.path);
      return !isInside(held, verdict.path);
    }
    if (!isSkipped(verdict)) return true;
    if (isInside(skipped.all, verdict.path)) return false;
    skipped.all.add(verdict.path);
    if (verdict.isNews !== false) {
      const reason = reasonOf(verdict);
      const paths = skipped.untold.get(reason);
      if (paths === undefined) skipped.untold.set(reason, [verdict.path]);
      else paths.push(verdict.path);
    }
    return true;
  });
}

/** As opposed to what waits for space, for a confirmation, for a user who mends it, or for a drive that tells enough of it. */
export const isSkipped = ({ standing, code }: ItemVerdict): boolean =>
  standing === 'ignored' && code !== 'quotaReached' && code !== 'incomplete';

/** A line for each reason, once. */
export function renderSkipped({ untold }: Skipped): readonly Line[] {
  const lines = [...untold].map(([reason, paths]) => skippedLine(reason, paths));
  untold.clear();
  return lines;
}

export function skippedLine(reason: string, paths: readonly string[]): Line {
  const shown = paths.slice(0, skippedShownMax).map(dotted).join(', ');
  const more = paths.length - skippedShownMax;
  const items = paths.length === 1 ? '1 item' : `${paths.length} items`;
  return info(
    `Skipped ${items} - ${reason}: ${shown}${more > 0 ? ` and ${more} more (--verbose names all)` : ''}`,
  );
}

/** How many of the same reason a line names. */
export const skippedShownMax = 3;

function isInside(folders: ReadonlySet<string>, path: string): boolean {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    if (folders.has(path.slice(0, end))) return true;
  return false;
}

/** What a filter's own line says between its first words and the path: `excluded by skip_dir config`. */
function reasonOf(verdict: ItemVerdict): string {
  if (isRetained(verdict)) return 'not online, in a folder that sync_list leaves out';
  const { path, detail } = verdict;
  const said = /^(?:[a-z][a-z0-9-]*: )?Skipping (?:item|file|path|downloading item) - (.*)$/s.exec(
    detail,
  )?.[1];
  if (said === undefined) return detail;
  const end = said.indexOf(`: ${dotted(path)}`);
  return end === -1 ? said : said.slice(0, end);
}
