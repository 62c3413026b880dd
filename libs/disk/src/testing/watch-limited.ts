/** A process with few inotify watches: says what the disk reports, and whether changes are told all the same. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryDisk } from './temporary-disk.ts';

await using temporary = await createTemporaryDisk();
const { disk, root } = temporary;
for (let index = 0; index < 20; index++) mkdirSync(join(root, `folder-${index}`));
const stopping = new AbortController();
let heard: (folders: readonly string[] | null) => void = () => undefined;
let limited: (limit: string | null) => void = () => undefined;
const saidLater = new Promise<string | null>((resolve) => (limited = resolve));
const report = await disk.watch((folders) => heard(folders), {
  signal: stopping.signal,
  limited: ({ limit }) => limited(limit),
});
const toldInside = await told(
  (folders) => folders?.includes('') === true,
  () => writeFileSync(join(root, 'x'), 'x'),
);
// A new folder that cannot be watched: from now on anything may happen in it.
const toldLater = await told(
  (folders) => folders === null,
  () => mkdirSync(join(root, 'another')),
);
const limitLater = await saidLater;
stopping.abort();
console.log(JSON.stringify({ report, toldInside, toldLater, limitLater }));

function told(
  isWanted: (folders: readonly string[] | null) => boolean,
  change: () => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    heard = (folders) => {
      if (isWanted(folders)) resolve(true);
    };
    change();
  });
}
