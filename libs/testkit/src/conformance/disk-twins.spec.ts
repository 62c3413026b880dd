/** The simulated disk is worth what it shares with a real one: the same operations lead to the same tree and the same refusals. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Disk, LocalRow } from '@tidemark/contracts';
import { createRealDisk } from '../disk/real-disk.ts';
import type { DiskUser } from '../disk/simulated-user.ts';
import { createSimulatedDisk } from '../simulated-disk.ts';
import { bytes, codeOf, contents, scanned, text } from './disk-harness.ts';

const path = fc.constantFrom('a', 'b', 'x', 'a/x', 'a/y', 'a/b', 'a/b/x');
const content = fc.constantFrom('', 'one', 'two', 'long content');
/** What the operation expects: what is there now, or what was there when a slot was filled. */
const slot = fc.constantFrom('now' as const, 'now' as const, 0, 1);
const keepAs = { prefix: 'kept-', suffix: '', from: 998 };

const operation = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('look' as const), path, slot: fc.constantFrom(0, 1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom('write' as const, 'save' as const), path, content }),
  },
  fc.record({ type: fc.constantFrom('makeFolder' as const, 'erase' as const, 'touch' as const), path }),
  fc.record({
    type: fc.constantFrom('rename' as const, 'rename' as const, 'link' as const),
    path,
    toPath: path,
  }),
  fc.record({
    type: fc.constantFrom('createFolder' as const, 'placeNew' as const, 'placeAs' as const),
    path,
    content,
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom('replace' as const, 'replaceKept' as const),
      path,
      slot,
      content,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('move' as const), path, toPath: path, slot }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('remove' as const, 'hash' as const, 'setTime' as const),
      path,
      slot,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('symlink' as const), path: fc.constantFrom('b', 'a/y') }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

test('the real and the simulated disk do the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 1, maxLength: 60, size: 'max' }),
      fc.constantFrom('auto' as const, 'never' as const),
      async (operations, exchange) => {
        const real = await createRealDisk({ exchange });
        try {
          const random = {
            bytes: (count: number) => new Uint8Array(count),
            uuid: () => '',
            fraction: () => 0,
          };
          const simulated = createSimulatedDisk({ random });
          const [one, other] = [await story(real, operations), await story(simulated, operations)];
          expect(other).toEqual(one);
        } finally {
          await real.dispose();
        }
      },
    ),
    { numRuns: Number(process.env['TIDEMARK_RUNS'] ?? 150) },
  );
}, 60_000);

type Slot = { readonly path: string; readonly row: LocalRow } | null;

/** What happened at each step and what there is in the end, in words that both disks share. */
async function story(
  { disk, user }: { readonly disk: Disk; readonly user: DiskUser },
  operations: readonly Operation[],
): Promise<unknown> {
  const slots: Slot[] = [null, null];
  for (const folder of ['a', 'a/b']) user.makeFolder(folder);
  for (const file of ['x', 'a/x', 'a/b/x']) user.write(file, bytes('begin'));
  const steps: string[] = [];
  for (const [index, each] of operations.entries())
    steps.push(`${each.type} ${each.path}: ${await step(disk, user, slots, each, index)}`);
  const { rows, unreadable, oddities } = await scanned(disk);
  const names = new Map(rows.map((row) => [row.id, row.name]));
  return {
    steps,
    tree: Object.entries(contents(user)).sort(),
    trash: [...user.trashContents().values()].map(text).sort(),
    scan: rows
      .map((row) => `${names.get(row.parentId) ?? ''}/${row.name} ${row.kind} ${row.sizeBytes}`)
      .sort(),
    distinct: names.size === rows.length,
    oddities: oddities.map(({ path: at, code }) => `${at} ${code}`).sort(),
    unreadable: unreadable.length,
  };
}

async function step(
  disk: Disk,
  user: DiskUser,
  slots: Slot[],
  each: Operation,
  index: number,
): Promise<string> {
  switch (each.type) {
    case 'look':
      return codeOf(look(each.path, each.slot));
    case 'write':
      return byUser(() => user.write(each.path, bytes(each.content)));
    case 'save':
      return byUser(() => user.replace(each.path, bytes(each.content)));
    case 'makeFolder':
      return byUser(() => user.makeFolder(each.path));
    case 'erase':
      return byUser(() => user.remove(each.path));
    case 'symlink':
      return byUser(() => user.symlink(each.path, 'b'));
    case 'rename':
      return byUser(() => user.rename(each.path, each.toPath));
    case 'link':
      return byUser(() => user.link(each.path, each.toPath));
    case 'touch':
      return byUser(() => user.setModifiedAt(each.path, 1000 + index));
    case 'createFolder':
      return codeOf(disk.createFolder(each.path));
    case 'placeNew':
      return placing((staged) =>
        staged.place(each.path, { expected: null, keepAs: null, modifiedAt: index }),
      );
    case 'placeAs':
      return placing((staged) => staged.placeAs(each.path, keepAs, index));
    default:
      return expecting();
  }

  async function placing(
    work: (staged: Awaited<ReturnType<Disk['stage']>>) => Promise<unknown>,
  ): Promise<string> {
    if (!('content' in each)) return 'nothing to place';
    const staged = await disk.stage(`key ${index}`, each.content.length);
    await staged.write(bytes(each.content));
    return codeOf(work(staged));
  }

  async function look(path: string, slot: number): Promise<void> {
    const row = await disk.stat(path);
    if (row !== null) slots[slot] = { path, row };
  }

  async function expecting(): Promise<string> {
    if (!('slot' in each)) return 'nothing expected';
    if (each.slot === 'now') slots[2] = null;
    const code = each.slot === 'now' ? await codeOf(look(each.path, 2)) : 'ok';
    const expected = slots[each.slot === 'now' ? 2 : each.slot]?.row;
    if (expected === undefined) return `nothing expected: ${code}`;
    // A row that was seen is mostly expected where it was seen.
    const path = each.slot === 1 ? (slots[1]?.path ?? each.path) : each.path;
    switch (each.type) {
      case 'replace':
        return placing((staged) => staged.place(path, { expected, keepAs: null, modifiedAt: index }));
      case 'replaceKept':
        return placing((staged) => staged.place(path, { expected, keepAs, modifiedAt: index }));
      case 'move':
        return codeOf(disk.move(path, each.toPath, expected));
      case 'remove':
        return codeOf(disk.remove(path, expected.kind, expected));
      case 'hash':
        return codeOf(disk.hash(path, expected));
      case 'setTime':
        return codeOf(disk.setModifiedAt(path, expected, 2000 + index));
      default:
        return 'not with a slot';
    }
  }
}

/** Users get errors too; which one is between them and their system. */
function byUser(work: () => void): string {
  try {
    work();
    return 'ok';
  } catch {
    return 'refused';
  }
}
