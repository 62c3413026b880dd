/** Our client with ever more items: what a first sync, no change and small changes cost. */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ItemSpec } from '@tidemark/graph-simulator';
import { tidemark } from './clients/onedrive-like.ts';
import { cpuSecondsOf, measure } from './measure.ts';
import { kindsOf } from './report.ts';
import type { Options } from './options.ts';
import type { Service, Site } from './service.ts';
import { markdownTable } from './table.ts';

/** A hundred items a folder. */
const foldersFor = (items: number): number => Math.max(1, Math.floor(items / 100));
const seedAtOnce = 5000;

export async function scale(site: Site, options: Options, say: (line: string) => void): Promise<void> {
  const client = tidemark(options);
  say(`${client.name}: ${client.version()}`);
  const rows: string[][] = [];
  for (const items of options.items) rows.push(...(await scaleTo(site, options, items)));
  const head = ['items', 'step', 'wall s', 'CPU s', 'peak MiB', 'requests', 'service CPU s', 'by kind'];
  say('');
  say(markdownTable(head, rows, 2));
}

async function scaleTo(site: Site, options: Options, items: number): Promise<string[][]> {
  const folder = await site.freshFolder();
  const syncFolder = join(folder, 'sync');
  await mkdir(syncFolder);
  const service = await site.startService(options.flavour, options.latenciesMs[0] ?? 0);
  const rows: string[][] = [];
  try {
    const folders = foldersFor(items);
    const files = items - folders;
    const pathOf = (index: number): string => `/folder ${index % folders}/file ${index}.txt`;
    await seed(service, files, pathOf, options.fileBytes);
    const place = { folder, syncFolder, home: join(site.folder, 'home') };
    const { bringDown } = await tidemark(options).profile(place, service);
    const step = async (title: string): Promise<void> => {
      await service.control.resetCounters();
      const cpuBefore = cpuSecondsOf(service.pid);
      const cost = await measure(site.namespace, bringDown, folder);
      const { total, byKind } = await service.control.counters();
      const requestsByKind = Object.fromEntries(Object.entries(byKind).filter(([, count]) => count > 0));
      rows.push([
        items.toLocaleString('en'),
        title,
        cost.wallSeconds.toFixed(2),
        cost.cpuSeconds.toFixed(2),
        cost.peakMebibytes.toFixed(0),
        String(total),
        (cpuSecondsOf(service.pid) - cpuBefore).toFixed(2),
        kindsOf({ requestsByKind }),
      ]);
    };
    await step('first sync');
    await step('no change');
    await modify(service, pathOf, 1, 'once');
    await step('one file changed online');
    await appendFile(join(syncFolder, pathOf(1).slice(1)), 'more');
    await step('one file changed here');
    await modify(service, pathOf, Math.min(100, files), 'again');
    await step('100 files changed online');
  } finally {
    await service.stop();
  }
  return rows;
}

type PathOf = (index: number) => string;

async function seed(service: Service, files: number, pathOf: PathOf, fileBytes: number): Promise<void> {
  for (let from = 0; from < files; from += seedAtOnce) {
    const count = Math.min(seedAtOnce, files - from);
    const specs = Array.from({ length: count }, (_, index): ItemSpec => {
      const content = { sizeBytes: fileBytes, seed: from + index };
      return { path: pathOf(from + index), content, modifiedAt: '2024-05-06T07:08:09Z' };
    });
    await service.control.seed(specs);
  }
}

async function modify(service: Service, pathOf: PathOf, count: number, text: string): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await service.control.post('/modify', { path: pathOf(index), content: `${text} ${index}` });
  }
}
