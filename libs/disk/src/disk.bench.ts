/** How long a scan of 100,000 entries takes, and how long 2,000 small files take to be staged and placed, sixteen at once. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asNew, createTemporaryDisk } from './testing/temporary-disk.ts';

const entries = 100_000;
const folders = 2_000;
const small = 2_000;

for (const exchange of ['auto', 'never'] as const) {
  // For five seconds ext4 steps over the inodes of deleted files one by one: an earlier run would be measured with this one.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  await using temporary = await createTemporaryDisk({ exchange });
  const { disk } = temporary;
  for (let folder = 0; folder < 20; folder++) await disk.createFolder(`f${folder}`);
  const content = Buffer.alloc(4000, 1);
  let next = 0;
  const one = async (): Promise<void> => {
    for (let index = next++; index < small; index = next++) {
      const staged = await disk.stage(`${index}`, content.length);
      await staged.write(content);
      await staged.finish();
      await staged.place(`f${index % 20}/n${index}`, asNew);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: 16 }, one));
  console.log(`${small} small files (exchange: ${exchange}): ${Math.round(performance.now() - start)} ms`);
}

await using temporary = await createTemporaryDisk();
for (let folder = 0; folder < folders; folder++) {
  const path = join(temporary.root, `d${folder % 40}`, `s${folder}`);
  mkdirSync(path, { recursive: true });
  for (let file = 0; file < entries / folders - 1; file++) writeFileSync(join(path, `file-${file}.txt`), 'x');
}
for (let round = 0; round < 4; round++) {
  const start = performance.now();
  let rows = 0;
  let longestMs = 0;
  let last = start;
  for await (const part of temporary.disk.scan()) {
    if ('folders' in part) for (const folder of part.folders) rows += folder.rows.length;
    longestMs = Math.max(longestMs, performance.now() - last);
    last = performance.now();
  }
  console.log(
    `scan of ${rows} rows: ${Math.round(last - start)} ms, longest batch ${Math.round(longestMs)} ms`,
  );
}
