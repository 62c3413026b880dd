/** The simulated drive is worth what it shares with the Graph adapter: the same operations lead to the same drive, refusals and rows. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Drive, DriveItemId, RemoteRow, RemoteUnread } from '@tidemark/contracts';
import { createRealDrive } from '../drive/real-drive.ts';
import type { DriveUser } from '../drive/simulated-drive-user.ts';
import { createSeededRandom } from '../random.ts';
import { createSimulatedDrive } from '../simulated-drive.ts';
import { bytes, codeOf, text } from './disk-harness.ts';
import { round, type Row, sinkWith, sourceOf } from './drive-harness.ts';

const path = fc.constantFrom('a', 'b', 'x', 'X', 'a/x', 'a/y', 'a/b', 'a/b/x');
const content = fc.constantFrom('', 'one', 'two', 'long content');
const slot = fc.constantFrom('now' as const, 'now' as const, 'stale' as const);

const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('write' as const), path, content }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('moved' as const), path, toPath: path }) },
  fc.record({ type: fc.constantFrom('folderMade' as const, 'removed' as const, 'timed' as const), path }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('remember' as const), path }) },
  fc.record({ type: fc.constant('createFolder' as const), path }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('uploadNew' as const), path, content }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('uploadVersion' as const), path, content, slot }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('move' as const), path, toPath: path, slot }) },
  fc.record({
    type: fc.constantFrom('setTime' as const, 'delete' as const, 'download' as const),
    path,
    slot,
  }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('round' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('ask' as const), path }) },
  fc.record({ type: fc.constant('expire' as const) }),
);
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

test('the Graph adapter and the simulated drive do the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 1, maxLength: 25, size: 'max' }),
      fc.constantFrom('business' as const, 'personal' as const),
      fc.constantFrom(3, 200),
      async (operations, flavour, pageSize) => {
        const real = await createRealDrive({ flavour, pageSize });
        try {
          const simulated = createSimulatedDrive({ random: createSeededRandom(1), kind: flavour, pageSize });
          const [one, other] = [await story(real, operations), await story(simulated, operations)];
          expect(other).toEqual(one);
        } finally {
          await real.dispose();
        }
      },
    ),
    { numRuns: Number(process.env['TIDEMARK_RUNS'] ?? 12) },
  );
}, 60_000);

/** What happened at each step and what there is in the end, in words that both drives share: ids and tags become numbers. */
async function story(
  { drive, user }: { readonly drive: Drive; readonly user: DriveUser },
  operations: readonly Operation[],
): Promise<readonly string[]> {
  const { rootId } = await drive.info();
  const numbers = new Map<string, number>();
  const number = (word: string): number => {
    const known = numbers.get(word) ?? numbers.size;
    numbers.set(word, known);
    return known;
  };
  const shown = (row: Row | RemoteUnread): string =>
    'unread' in row
      ? `${number(row.id)} unread`
      : 'deleted' in row
        ? `${number(row.id)} gone`
        : `${number(row.id)} in ${number(row.parentId)} ${row.name} ${row.kind} ${row.sizeBytes} ${row.hash ?? '-'} tag ${number(row.eTag)}`;
  const ids = new Map<string, RemoteRow>();
  const met = new Set<DriveItemId>();
  let stale: RemoteRow | null = null;
  let link: string | null = null;
  const steps: string[] = [];
  number(rootId);

  for (const [index, each] of operations.entries()) steps.push(`${each.type}: ${await step(each, index)}`);
  steps.push(await round(drive, null).then(({ rows }) => rows.map(shown).join(', ')));
  const tree = [...user.tree()].map(([at, { kind, bytes: held }]) => `${at} ${kind} ${text(held) ?? ''}`);
  steps.push(...tree.sort());
  steps.push(user.recycled().join(', '));
  return steps;

  async function step(each: Operation, index: number): Promise<string> {
    const modifiedAt = 1_500_000_000 + index;
    switch (each.type) {
      case 'write':
        return byUser(() => user.write(each.path, bytes(each.content), modifiedAt));
      case 'moved':
        return byUser(() => user.move(each.path, each.toPath));
      case 'folderMade':
        return byUser(() => user.makeFolder(each.path));
      case 'removed':
        return byUser(() => user.remove(each.path));
      case 'timed':
        return byUser(() => user.setModifiedAt(each.path, modifiedAt));
      case 'expire':
        user.expireLinks();
        return 'done';
      case 'remember':
        stale = await rowAt(each.path);
        return stale === null ? 'nothing' : shown(stale);
      case 'round':
        return told();
      case 'ask':
        return pointRead(each.path);
      default:
        return asked(each, modifiedAt);
    }
  }

  async function told(): Promise<string> {
    try {
      const { rows, deltaLink } = await round(drive, link);
      link = deltaLink;
      return rows.map(shown).join(', ');
    } catch (error) {
      link = null;
      return codeOf(Promise.reject(error));
    }
  }

  /** Every item that was ever met, by id, and one by its name. */
  async function pointRead(wanted: string): Promise<string> {
    const known = await drive.items([...met]);
    const parentId = await folderOf(wanted);
    const name = wanted.slice(wanted.lastIndexOf('/') + 1);
    const child = parentId === null ? null : await drive.child(parentId, name);
    return `${known.map(shown).join(', ')}; ${child === null ? 'free' : shown(child)}`;
  }

  async function asked(
    each: Exclude<
      Operation,
      {
        type:
          'write' | 'moved' | 'folderMade' | 'removed' | 'timed' | 'expire' | 'remember' | 'round' | 'ask';
      }
    >,
    modifiedAt: number,
  ): Promise<string> {
    const parentId = await folderOf(each.path);
    const name = each.path.slice(each.path.lastIndexOf('/') + 1);
    if (each.type === 'createFolder' || each.type === 'uploadNew') {
      if (parentId === null) return 'no folder';
      if (each.type === 'createFolder') return outcome(drive.createFolder(parentId, name));
      return outcome(drive.upload({ as: 'new', parentId, name }, sourceOf(bytes(each.content)), modifiedAt));
    }
    const row = each.slot === 'stale' ? stale : await rowAt(each.path);
    if (row === null) return 'nothing there';
    switch (each.type) {
      case 'uploadVersion':
        if (row.kind === 'folder') return 'a folder';
        return outcome(
          drive.upload(
            { as: 'version', id: row.id, ifMatch: row.eTag },
            sourceOf(bytes(each.content)),
            modifiedAt,
          ),
        );
      case 'move': {
        const toParent = await folderOf(each.toPath);
        if (toParent === null) return 'no folder';
        const toName = each.toPath.slice(each.toPath.lastIndexOf('/') + 1);
        return outcome(drive.move(row.id, { parentId: toParent, name: toName, modifiedAt }, row.eTag));
      }
      case 'setTime':
        return outcome(drive.setModifiedAt(row.id, modifiedAt, row.eTag));
      case 'delete':
        return codeOf(drive.delete(row.id, row.eTag));
      case 'download': {
        const sink = sinkWith();
        return `${await codeOf(drive.download(row.id, sink))} ${sink.content()}`;
      }
    }
  }

  async function outcome(written: Promise<{ readonly row: RemoteRow }>): Promise<string> {
    const code = await codeOf(written);
    if (code !== 'ok') return code;
    const { row } = await written;
    // A folder's time is the service's own.
    return row.kind === 'folder' ? shown(row) : `${shown(row)} at ${row.modifiedAt}`;
  }

  /** Found by walking the feed: the port has no paths. */
  async function rowAt(wanted: string): Promise<RemoteRow | null> {
    ids.clear();
    for (const row of (await round(drive, null)).rows) {
      if ('deleted' in row) continue;
      ids.set(row.id, row);
      met.add(row.id);
    }
    let parentId: DriveItemId = rootId;
    let found: RemoteRow | null = null;
    for (const name of wanted.split('/')) {
      found = [...ids.values()].find((row) => row.parentId === parentId && row.name === name) ?? null;
      if (found === null) return null;
      parentId = found.id;
    }
    return found === null ? null : drive.item(found.id);
  }

  async function folderOf(wanted: string): Promise<DriveItemId | null> {
    const slash = wanted.lastIndexOf('/');
    return slash < 0 ? rootId : ((await rowAt(wanted.slice(0, slash)))?.id ?? null);
  }
}

/** Users get errors too; which one is between them and their service. */
function byUser(work: () => void): string {
  try {
    work();
    return 'ok';
  } catch {
    return 'refused';
  }
}
