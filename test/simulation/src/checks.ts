/** The laws, checked on a world that has come to rest. Nothing here asks the client what it believes. */
import { replay, serialise } from '@tidemark/engine';
import { openMemoryLog } from '@tidemark/event-log';
import { stateFromLog } from '@tidemark/daemon';
import { contentOf, stopPrefix } from './ledger.ts';
import { LawBroken } from './laws.ts';
import { rulesForLog } from './lister.ts';
import type { World } from './world.ts';

/** Every version that somebody saved is in a safe place, or a user overwrote or deleted it. Holds at any moment. */
export function checkNoLoss(world: Sides): void {
  const [content] = lostContents(world);
  if (content !== undefined) throw new LawBroken('L2', `the version "${content}" is gone`);
}

type Sides = Pick<World, 'ledger' | 'disk' | 'drive'>;

/** Wanted, and in no safe place. */
export function lostContents({ ledger, disk, drive }: Sides): string[] {
  const safe = new Set<string>();
  for (const { bytes } of disk.user.tree().values()) safe.add(contentOf(bytes));
  for (const bytes of disk.user.hiddenContents()) safe.add(contentOf(bytes));
  for (const bytes of disk.user.trashContents().values()) safe.add(contentOf(bytes));
  for (const { bytes } of drive.user.tree().values()) safe.add(contentOf(bytes));
  for (const bytes of drive.user.recycledContents()) safe.add(contentOf(bytes));
  return [...ledger.wanted].filter((content) => !safe.has(content));
}

/** Nothing is on either side that no user wrote. */
export function checkNoInvention({ ledger, disk, drive }: World): void {
  for (const [side, tree] of [
    ['disk', disk.user.tree()],
    ['drive', drive.user.tree()],
  ] as const) {
    for (const [path, { kind, bytes }] of tree) {
      const content = contentOf(bytes);
      if (kind === 'file' && content !== '' && !ledger.written.has(content))
        throw new LawBroken('L3', `on the ${side}, ${path} holds "${content}", which nobody wrote`);
      if (path.includes(stopPrefix) && ledger.borrowed.size === 0)
        throw new LawBroken('L3', `on the ${side}, ${path} is a stop in between and still there`);
    }
  }
}

/** Both trees are equal to the last item. */
export function checkConvergence({ disk, drive }: World): void {
  const local = disk.user.tree();
  const remote = drive.user.tree();
  const shown = (entry: { readonly kind: string; readonly bytes: Uint8Array } | undefined): string =>
    entry === undefined ? 'nothing' : entry.kind === 'file' ? `"${contentOf(entry.bytes)}"` : entry.kind;
  const differences = [...new Set([...local.keys(), ...remote.keys()])]
    .map((path) => ({ path, one: shown(local.get(path)), other: shown(remote.get(path)) }))
    .filter(({ one, other }) => one !== other)
    .map(({ path, one, other }) => `${path} is ${one} on disk and ${other} on the drive`);
  if (differences.length > 0) throw new LawBroken('L1', differences.join('; '));
}

/** Every plan in the log follows from what stands before it, and the fold gives the same state from zero and from a snapshot. */
export async function checkReplay(world: World): Promise<void> {
  const log = await openMemoryLog(world.files);
  const report = await replay({ batches: log.read(), rulesFor: rulesForLog(world.swarm) });
  const [first] = report.divergences;
  if (first !== undefined) {
    const { seq, recorded, derived } = first;
    throw new LawBroken(
      'L6',
      `replay plans otherwise at ${seq}: recorded ${JSON.stringify(recorded)}, derived ${JSON.stringify(derived)}`,
    );
  }
  const { state } = await stateFromLog(log, rulesForLog(world.swarm));
  const [one, other] = [[...serialise(report.state)].join('\n'), [...serialise(state)].join('\n')];
  if (one !== other) throw new LawBroken('L5', 'the state from a snapshot is not the one from the whole log');
}

/** Calls that change something, so far. */
export const changes = (world: Sides): number => changesOn('drive', world) + changesOn('disk', world);

/** The same of one side. */
export function changesOn(
  side: 'drive' | 'disk',
  { disk, drive }: Sides,
  copies: 'and copies' | 'but copies' = 'and copies',
): number {
  const of = <Operation>(counts: ReadonlyMap<Operation, number>, operations: readonly Operation[]): number =>
    operations.reduce((sum, operation) => sum + (counts.get(operation) ?? 0), 0);
  return side === 'drive'
    ? of(drive.counts, ['createFolder', 'upload', 'move', 'setModifiedAt', 'delete'])
    : of(disk.counts, [
        ...(['createFolder', 'place', 'move', 'remove', 'setModifiedAt'] as const),
        // What a conflict keeps beside the local version is a copy.
        ...(copies === 'and copies' ? (['placeAs'] as const) : []),
      ]);
}
