/** What must hold at the end of every history. */
import { expect } from 'vitest';
import type { Guard } from './guard.ts';
import type { Played } from './history.ts';
import type { ModelRun } from './model-run.ts';
import type { Side } from './model-world.ts';

/**
 * Runs of one property. By hand: `TIDEMARK_PROPERTY_RUNS=30000 vitest run --project unit test/properties --testTimeout 600000`.
 * `share` for laws that are dear to check.
 */
export function runs(share = 1): { numRuns: number } {
  return { numRuns: Math.ceil(Number(process.env['TIDEMARK_PROPERTY_RUNS'] ?? 1000) * share) };
}

export function expectNothingLost({ run, ledger }: Played): void {
  const { drive, disk } = run.world;
  const safe = new Set([...contents(drive), ...contents(disk), ...drive.bin, ...disk.bin]);
  // Deleted or overwritten by a user on one side is that user's word; everything else must still be visible.
  for (const content of ledger.live) expect(safe, `${content} is gone`).toContain(content);
}

export function expectNothingInvented({ run, ledger }: Played): void {
  for (const content of [...contents(run.world.drive), ...contents(run.world.disk)])
    expect(ledger.all).toContain(content);
}

export function expectAgreement({ run }: Played): void {
  const { drive, disk } = run.world;
  if (hasCaseClash(disk)) return;
  expect(disk.tree()).toEqual(drive.tree());
}

/** What a user took away on one side while the client left it alone is still on the other. */
export function expectStillWanted({ run, guard }: { readonly run: ModelRun; readonly guard: Guard }): void {
  const left = guard.contentsLeft(run);
  for (const content of guard.contents) expect(left, `${content} is gone`).toContain(content);
}

const contents = (where: Side): Set<string> =>
  new Set([...where.nodes.values()].filter((node) => node.kind === 'file').map((node) => node.content));

/** Names that the drive cannot hold beside each other. */
export function hasCaseClash(where: Side): boolean {
  const seen = new Set<string>();
  for (const node of where.nodes.values()) {
    const key = `${node.parent}/${node.name.toLowerCase()}`;
    if (seen.has(key)) return true;
    seen.add(key);
  }
  return false;
}

/**
 * No user copies a file, and no two versions are equal: a version that is there twice was made twice by the client. Left out are
 * versions that met in a conflict, where both go on, and files that a look could not see.
 */
export function expectOnce({ run }: Played): void {
  if (hasCaseClash(run.world.disk)) return;
  const excused = new Set([...run.world.hidden].map((content) => `h:${content}`));
  for (const { event } of run.log.flat()) {
    if (event.type !== 'CommandSucceeded' || event.kept === undefined) continue;
    for (const row of [event.kept, event.local])
      if (row !== undefined && 'hash' in row && row.hash !== null) excused.add(row.hash);
  }
  for (const side of [run.world.disk, run.world.drive]) {
    const found = [...side.nodes.values()].flatMap(({ kind, content }) => (kind === 'file' ? [content] : []));
    const twice = found.filter((content, index) => found.indexOf(content) !== index);
    expect(twice.filter((content) => !excused.has(`h:${content}`))).toEqual([]);
  }
}
