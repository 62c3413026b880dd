/** What the client leaves alone, and its user takes away on one side: it is still wanted on the other side. */
import type { ItemId } from '@tidemark/contracts';
import type { ModelRun } from './model-run.ts';
import type { Node, Side } from './model-world.ts';

/**
 * What a user removes or overwrites on one side while the client leaves it alone is still wanted on the other side, until it
 * is removed there or while it is in scope.
 */
export class Guard {
  readonly contents = new Set<string>();

  around(run: ModelRun, userActs: () => void): void {
    const { drive, disk } = run.world;
    const before = [drive, disk].map((side) =>
      files(side).map((file) => ({ ...file, counterpart: leftAlone(run, side, file) })),
    );
    userActs();
    for (const [index, side] of [drive, disk].entries()) {
      const after = new Map(files(side).map(({ id, content }) => [id, content]));
      const left = new Set(after.values());
      const { nodes } = side === drive ? disk : drive;
      for (const { id, content, counterpart } of before[index] ?? []) {
        if (after.get(id) === content) continue;
        const isOut = counterpart !== undefined;
        // In scope, the user wants it no more: another copy of it may be one that the client is about to replace.
        if (isOut && left.has(content)) continue;
        if (isOut && counterpart !== null && nodes.get(counterpart)?.content === content)
          this.contents.add(content);
        else this.contents.delete(content);
      }
    }
  }

  /** On either side. */
  contentsLeft({ world }: ModelRun): ReadonlySet<string> {
    return new Set([...files(world.drive), ...files(world.disk)].map(({ content }) => content));
  }
}

interface File {
  readonly id: string;
  readonly content: string;
}

const files = (side: Side): File[] =>
  [...side.nodes.values()]
    .filter(({ kind }: Node) => kind === 'file')
    .map(({ id, content }) => ({ id, content }));

/**
 * Which file on the other side it is of, null for none, when the client has noticed that it is to leave it alone. Another file there may
 * hold the same content, and have nothing to do with it.
 */
function leftAlone({ world, state: { trees, outOfScope } }: ModelRun, side: Side, { id }: File) {
  const isOnDrive = side === world.drive;
  const ids: ReadonlyMap<string, ItemId> = isOnDrive ? trees.byRemoteId : trees.byLocalId;
  const item = ids.get(id);
  if (item === undefined || !outOfScope.has(item)) return undefined;
  const { remote, local } = trees.items.get(item) ?? {};
  return (isOnDrive ? local : remote)?.id ?? null;
}
