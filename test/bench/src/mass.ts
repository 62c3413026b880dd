/** Everything of one folder at once, in both directions: new online, deleted online, new on disk, removed from disk. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Options } from './options.ts';
import type { Site } from './service.ts';
import { measureSteps, seed } from './steps.ts';

export async function mass(site: Site, options: Options, say: (line: string) => void): Promise<void> {
  await measureSteps(site, options, say, async ({ service, syncFolder, step }, items) => {
    const onDisk = join(syncFolder, 'here');
    const down = join(syncFolder, 'online');
    const expectNames = async (folder: string, count: number): Promise<void> => {
      const names = await readdir(folder).catch(() => []);
      if (names.length !== count) throw new Error(`${folder} has ${names.length} names, not ${count}`);
    };
    await seed(service, 1, () => '/stays.txt', 1);
    await seed(service, items, (index) => `/online/file ${index}.txt`, options.fileBytes);
    await step('new online');
    await expectNames(down, items);
    await service.control.post('/remove', { path: '/online' });
    await step('deleted online', ['--force']);
    await expectNames(down, 0);
    await mkdir(onDisk);
    const content = Buffer.alloc(options.fileBytes);
    for (let index = 0; index < items; index++) await writeFile(join(onDisk, `file ${index}.txt`), content);
    await step('new on disk');
    await rm(onDisk, { recursive: true });
    await step('removed from disk', ['--force']);
    await step('no change');
    await expectNames(syncFolder, 1);
  });
}
