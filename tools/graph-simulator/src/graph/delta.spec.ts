import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Flavour } from '../model/flavour.ts';
import { Refusal } from '../model/refusal.ts';
import { startWithClient, type Row, type TestClient } from '../testing/test-client.ts';

let client: TestClient;

afterEach(async () => {
  await client.close();
});

/** What a client knows after reading rows: by id, parent and name; the last occurrence wins. */
class Mirror {
  readonly #rows = new Map<string, { readonly name: string; readonly parentId: string | undefined }>();

  fold(rows: readonly Row[]): void {
    for (const row of rows) {
      if (row.deleted !== undefined) this.#rows.delete(row.id);
      else this.#rows.set(row.id, { name: row.name, parentId: row.parentReference.id });
    }
  }

  paths(): string[] {
    const pathOf = (id: string): string => {
      const row = this.#rows.get(id);
      if (row === undefined) return '(orphan)';
      return row.parentId === undefined ? '' : `${pathOf(row.parentId)}/${row.name}`;
    };
    return [...this.#rows.keys()]
      .map(pathOf)
      .filter((path) => path !== '')
      .toSorted();
  }
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`);
const change = fc.oneof(
  fc.record({ type: fc.constant('file' as const), path, to: path }),
  fc.record({ type: fc.constantFrom('folder' as const, 'move' as const, 'remove' as const), path, to: path }),
);

function perform(wanted: { readonly type: string; readonly path: string; readonly to: string }): void {
  const drive = client.simulator.drive();
  try {
    if (wanted.type === 'file') drive.create(wanted.path, 'x');
    if (wanted.type === 'folder') drive.create(wanted.path);
    if (wanted.type === 'move') drive.move(wanted.path, wanted.to);
    if (wanted.type === 'remove') drive.remove(wanted.path);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

describe('a client that folds delta rows', () => {
  it.each<Flavour>(['personal', 'business'])(
    'knows the whole %s drive after a quiet run, whatever changed between pages',
    async (flavour) => {
      client = await startWithClient({ flavour, settings: { deltaPageSize: 3 } });
      await fc.assert(
        fc.asyncProperty(
          fc.array(change, { maxLength: 40 }),
          fc.integer({ min: 1, max: 5 }),
          async (changes, pace) => {
            const mirror = new Mirror();
            const pending = [...changes];
            let next = '/me/drive/root/delta';
            for (;;) {
              const page = await client.get(next);
              mirror.fold(page.json.value);
              for (const wanted of pending.splice(0, pace)) perform(wanted);
              const isDone = page.json['@odata.deltaLink'] !== undefined;
              next = page.json['@odata.deltaLink'] ?? page.json['@odata.nextLink'];
              if (isDone && pending.length === 0) break;
            }
            mirror.fold((await client.deltaRun(next)).rows);
            const expected = client.simulator
              .drive()
              .dump()
              .map((item) => item.path);
            expect(mirror.paths()).toEqual(expected.toSorted());
          },
        ),
        { numRuns: 25 },
      );
    },
  );
});

describe('the delta feed', () => {
  it('repeats ancestors before their children on every page and ends with a deltaLink', async () => {
    client = await startWithClient({ settings: { deltaPageSize: 2 } });
    const drive = client.simulator.drive();
    drive.seed(Array.from({ length: 5 }, (_, index) => ({ path: `/f/g/${index}`, content: 'x' })));
    const first = await client.get('/me/drive/root/delta');
    expect(first.json.value.map((row: Row) => row.name)).toEqual(['root', 'f']);
    const second = await client.get(first.json['@odata.nextLink']);
    expect(second.json.value.map((row: Row) => row.name)).toEqual(['root', 'f', 'g', '0']);
    const { deltaLink } = await client.deltaRun(second.json['@odata.nextLink']);
    expect((await client.deltaRun(deltaLink)).rows).toEqual([]);
  });

  it('keeps $select and $top in its links', async () => {
    client = await startWithClient({
      tree: [
        { path: '/a', content: 'a' },
        { path: '/b', content: 'b' },
      ],
    });
    const page = await client.get('/me/drive/root/delta?$select=id,name&$top=1');
    expect(page.json['@odata.nextLink']).toContain('$select=id,name&$top=1&token=');
    expect(Object.keys(page.json.value[0]).toSorted()).toEqual(['id', 'name']);
  });

  it('shows a rename as the folder alone, and a tombstone without what the flavour omits', async () => {
    client = await startWithClient({ flavour: 'business', tree: [{ path: '/f/a', content: 'a' }] });
    const { deltaLink } = await client.deltaRun('/me/drive/root/delta?token=latest');
    client.simulator.drive().rename('/f', 'g');
    const renamed = await client.deltaRun(deltaLink);
    expect(renamed.rows.map((row) => row.name)).toEqual(['root', 'g']);
    client.simulator.drive().remove('/g');
    const removed = await client.deltaRun(renamed.deltaLink);
    const tombstones = removed.rows.filter((row) => row.deleted !== undefined);
    expect(tombstones).toHaveLength(2);
    for (const row of tombstones) {
      expect(row).not.toHaveProperty('name');
      expect(row).not.toHaveProperty('cTag');
    }
    client.simulator.set({ tombstoneDescendants: 'omitted' });
    const again = await client.deltaRun(renamed.deltaLink);
    expect(again.rows.filter((row) => row.deleted !== undefined)).toHaveLength(1);
  });

  it('enumerates without tombstones when it is asked without a token', async () => {
    client = await startWithClient({ flavour: 'personal', tree: [{ path: '/a', content: 'a' }] });
    client.simulator.drive().remove('/a');
    const { rows } = await client.deltaRun('/me/drive/root/delta');
    expect(rows.map((row) => row.name)).toEqual(['root']);
    expect(rows[0].folder.childCount).toBe(0);
  });

  it('answers 410 with a usable Location once its tokens are expired or too old', async () => {
    client = await startWithClient({ tree: [{ path: '/a', content: 'a' }] });
    const { deltaLink } = await client.deltaRun('/me/drive/root/delta');
    client.simulator.expireDeltaTokens();
    const gone = await client.get(deltaLink);
    expect(gone.status).toBe(410);
    expect(gone.json.error).toMatchObject({
      code: 'resyncRequired',
      innerError: { code: 'resyncChangesApplyDifferences' },
    });
    const fresh = await client.deltaRun(gone.headers.get('location') ?? '');
    expect(fresh.rows.map((row) => row.name)).toEqual(['root', 'a']);
    client.simulator.advance(31 * 24 * 3_600_000);
    client.simulator.expireAccessTokens();
    expect((await client.get(fresh.deltaLink)).status).toBe(401);
  });

  it('refuses a token that was edited or comes from another drive', async () => {
    client = await startWithClient();
    const { deltaLink } = await client.deltaRun('/me/drive/root/delta');
    expect((await client.get(deltaLink.replace(/.$/, 'x'))).status).toBe(400);
    const library = client.simulator.driveIds()[1] ?? '';
    const token = new URL(deltaLink).searchParams.get('token');
    expect((await client.get(`/drives/${library}/root/delta?token=${token}`)).status).toBe(400);
  });

  it('starts at a time on SharePoint, and understands the function form', async () => {
    client = await startWithClient({
      now: () => Date.parse('2025-01-01T00:00:00Z'),
      settings: { accessTokenLifetimeMs: 1e12 },
    });
    client.simulator.drive().create('/old', 'x');
    client.simulator.advance(3_600_000);
    client.simulator.drive().create('/new', 'x');
    const { rows } = await client.deltaRun(`/me/drive/root/delta(token='2025-01-01T00:30:00Z')`);
    expect(rows.map((row) => row.name)).toEqual(['root', 'new']);
  });
});
