/** What the client leaves alone, and its user takes away on one side: it is still wanted on the other side. */
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
    const before = [drive, disk].map((side) => files(side));
    const isOut = [drive, disk].map((side, index) =>
      before[index]?.filter((file) => isLeftAlone(run, side, drive, file)).map(({ content }) => content),
    );
    userActs();
    for (const [index, side] of [drive, disk].entries()) {
      const left = new Set(files(side).map(({ content }) => content));
      const other = new Set(files(side === drive ? disk : drive).map(({ content }) => content));
      for (const { content } of before[index] ?? []) {
        if (left.has(content)) continue;
        if (isOut[index]?.includes(content) === true && other.has(content)) this.contents.add(content);
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

/** The client has noticed that it is to leave the file alone. */
function isLeftAlone({ state: { trees, outOfScope } }: ModelRun, side: Side, drive: Side, { id }: File) {
  const ids: ReadonlyMap<string, Parameters<typeof outOfScope.get>[0]> =
    side === drive ? trees.byRemoteId : trees.byLocalId;
  const item = ids.get(id);
  return item !== undefined && outOfScope.has(item);
}
