/** Our client with ever more items: what a first sync, no change and small changes cost. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Options } from './options.ts';
import type { Service, Site } from './service.ts';
import { measureSteps, type PathOf, seed } from './steps.ts';

/** A hundred items a folder. */
const foldersFor = (items: number): number => Math.max(1, Math.floor(items / 100));

export async function scale(site: Site, options: Options, say: (line: string) => void): Promise<void> {
  await measureSteps(site, options, say, async ({ service, syncFolder, step }, items) => {
    const folders = foldersFor(items);
    const files = items - folders;
    const pathOf = (index: number): string => `/folder ${index % folders}/file ${index}.txt`;
    await seed(service, files, pathOf, options.fileBytes);
    await step('first sync');
    await step('no change');
    await modify(service, pathOf, 1, 'once');
    await step('one file changed online');
    await appendFile(join(syncFolder, pathOf(1).slice(1)), 'more');
    await step('one file changed here');
    await modify(service, pathOf, Math.min(100, files), 'again');
    await step('100 files changed online');
  });
}

async function modify(service: Service, pathOf: PathOf, count: number, text: string): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await service.control.post('/modify', { path: pathOf(index), content: `${text} ${index}` });
  }
}
