/** The simulated disk is worth what it shares with a real one: the same operations lead to the same tree and the same refusals. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Disk, LocalRow } from '@tidemark/contracts';
import { createRealDisk } from '../disk/real-disk.ts';
import type { DiskUser } from '../disk/simulated-user.ts';
import { createSimulatedDisk } from '../simulated-disk.ts';
import { bytes, codeOf, contents, scanned, text } from './disk.ts';

const path = fc.constantFrom('a', 'b', 'A', 'a/x', 'a/y', 'b/x', 'a/b', 'a/b/x', 'b/a');
const content = fc.constantFrom('', 'one', 'two', 'long content');
const slot = fc.nat({ max: 3 });
const keepAs = { prefix: 'kept-', suffix: '', from: 998 };

const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('look' as const), path, slot }) },
  fc.record({ type: fc.constantFrom('write' as const, 'save' as const), path, content }),
  fc.record({ type: fc.constantFrom('makeFolder' as const, 'erase' as const, 'symlink' as const), path }),
  fc.record({ type: fc.constantFrom('rename' as const, 'link' as const), path, toPath: path }),
  fc.record({ type: fc.constantFrom('touch' as const), path }),
  fc.record({ type: fc.constantFrom('createFolder' as const, 'placeNew' as const), path, content }),
  fc.record({ type: fc.constantFrom('replace' as const, 'replaceKept' as const), path, slot, content }),
  fc.record({ type: fc.constantFrom('placeAs' as const), path, content }),
  fc.record({ type: fc.constant('move' as const), path, toPath: path, slot }),
  fc.record({ type: fc.constantFrom('remove' as const, 'hash' as const, 'setTime' as const), path, slot }),
);
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

test('the real and the simulated disk do the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 1, maxLength: 40 }),
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
    { numRuns: 150 },
  );
}, 60_000);

/** What happened at each step and what there is in the end, in words that both disks share. */
async function story(
  { disk, user }: { readonly disk: Disk; readonly user: DiskUser },
  operations: readonly Operation[],
): Promise<unknown> {
  const slots: (LocalRow | null)[] = [null, null, null, null];
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
  slots: (LocalRow | null)[],
  each: Operation,
  index: number,
): Promise<string> {
  switch (each.type) {
    case 'look':
      return codeOf(disk.stat(each.path).then((row) => (slots[each.slot] = row)));
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
      return withSlot(slots[each.slot] ?? null);
  }

  async function placing(
    work: (staged: Awaited<ReturnType<Disk['stage']>>) => Promise<unknown>,
  ): Promise<string> {
    if (!('content' in each)) return 'nothing to place';
    const staged = await disk.stage(`key ${index}`, each.content.length);
    await staged.write(bytes(each.content));
    return codeOf(work(staged));
  }

  async function withSlot(expected: LocalRow | null): Promise<string> {
    if (expected === null) return 'nothing expected';
    switch (each.type) {
      case 'replace':
        return placing((staged) => staged.place(each.path, { expected, keepAs: null, modifiedAt: index }));
      case 'replaceKept':
        return placing((staged) => staged.place(each.path, { expected, keepAs, modifiedAt: index }));
      case 'move':
        return codeOf(disk.move(each.path, each.toPath, expected));
      case 'remove':
        return codeOf(disk.remove(each.path, expected.kind, expected));
      case 'hash':
        return codeOf(disk.hash(each.path, expected));
      case 'setTime':
        return codeOf(disk.setModifiedAt(each.path, expected, 2000 + index));
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
