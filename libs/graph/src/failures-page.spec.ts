import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failureGuide } from '@tidemark/contracts';
import { expect, it } from 'vitest';

it('docs/failures.md lists exactly the codes that the source can throw', async () => {
  const folder = import.meta.dirname;
  const files = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !/\.(spec|bench)\.ts$/.test(name) && !name.startsWith('testing'),
  );
  const known = new Set<string>(Object.keys(failureGuide));
  const thrown = new Set<string>();
  for (const name of files) {
    const text = await readFile(join(folder, name), 'utf8');
    for (const [, word] of text.matchAll(/'([a-zA-Z]+)'/g))
      if (word !== undefined && known.has(word)) thrown.add(word);
  }
  const page = await readFile(join(folder, '../docs/failures.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code);
  expect(listed).toEqual([...thrown].toSorted());
});
