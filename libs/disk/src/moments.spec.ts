/** [I-17] A user acts before each single step of a change, one after the other: nothing that was saved is taken away. */
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalRow } from '@tidemark/contracts';
import { describe, expect, test } from 'vitest';
import { actingBefore, saveOver } from './testing/acting-user.ts';
import type { DiskOptions } from './options.ts';
import type { FolderDisk } from './index.ts';
import type { TemporaryDisk } from './testing/temporary-disk.ts';

const { codeOf, createTemporaryDisk, filesBelow, rowAt, stagedWith } =
  await import('./testing/temporary-disk.ts');

const keepAs = { prefix: 'x-kept-', suffix: '', from: 1 };

const download =
  (keep: boolean) =>
  async (disk: FolderDisk, expected: LocalRow): ReturnType<Change> => {
    const staged = await stagedWith(disk, 'key', 'remote');
    return (await staged.place('x', { expected, keepAs: keep ? keepAs : null, modifiedAt: 5 })).row;
  };

type Change = (disk: FolderDisk, expected: LocalRow) => Promise<{ readonly hash?: string | null }>;

const changes: Readonly<Record<string, Change>> = {
  'a replace': download(false),
  'a replace that keeps the old version': download(true),
  'a deletion': async (disk, expected) => {
    await disk.remove('x', 'file', expected);
    return {};
  },
};

interface Played {
  readonly temporary: TemporaryDisk;
  readonly code: string;
  readonly hash: string | null;
}

/** Plays the change with the user before each of its steps. */
async function beforeEachStep(
  change: Change,
  options: Partial<DiskOptions>,
  user: (root: string) => void,
  check: (played: Played) => void,
): Promise<void> {
  for (let step = 0; ; step++) {
    await using temporary = await createTemporaryDisk(options);
    const { disk, root } = temporary;
    writeFileSync(join(root, 'x'), 'local');
    const expected = await rowAt(disk, 'x');
    let played = { code: '', hash: null as string | null };
    const hasActed = await actingBefore(
      step,
      () => user(root),
      async () => {
        const doing = change(disk, expected);
        const code = await codeOf(doing);
        played = { code, hash: code === 'ok' ? ((await doing).hash ?? null) : null };
      },
    );
    if (!hasActed) {
      expect(step).toBeGreaterThan(0);
      return;
    }
    check({ temporary, ...played });
  }
}

const visible = ({ root }: TemporaryDisk): string[] => [...filesBelow(root).values()];

for (const options of [{ exchange: 'auto' }, { exchange: 'never' }, { links: 'never' }] as const)
  describe(JSON.stringify(options), () => {
    test.each(Object.entries(changes))(
      'what is saved before a step of %s stays in the folder',
      (_name, change) =>
        beforeEachStep(
          change,
          options,
          (root) => saveOver(join(root, 'x'), 'saved'),
          ({ temporary }) => expect(visible(temporary)).toContain('saved'),
        ),
    );

    test.each(Object.entries(changes))(
      'what is written into the file before a step of %s is not lost',
      (_name, change) => {
        let hasWritten = false;
        return beforeEachStep(
          change,
          options,
          (root) => {
            hasWritten = readdirSync(root).includes('x');
            if (hasWritten) appendFileSync(join(root, 'x'), ' and more');
          },
          ({ temporary, hash }) => {
            const all = [...visible(temporary), ...filesBelow(join(temporary.state, 'trash')).values()];
            const written = all.filter((content) => content.endsWith(' and more'));
            expect(written.length > 0).toBe(hasWritten);
            expect(all.some((content) => content.startsWith('local'))).toBe(true);
            if (filesBelow(temporary.root).get('x') === 'remote and more') expect(hash).toBeNull();
          },
        );
      },
    );

    test('the old version survives when its second name is taken away before it is replaced', () =>
      beforeEachStep(
        download(true),
        options,
        (root) => {
          if (readFileSync(join(root, 'x'), 'utf8') === 'remote') return;
          for (const name of readdirSync(root)) if (name.startsWith('x-kept-')) rmSync(join(root, name));
        },
        ({ temporary }) => {
          const all = [...visible(temporary), ...filesBelow(temporary.state).values()];
          expect(all).toContain('local');
        },
      ));
  });
