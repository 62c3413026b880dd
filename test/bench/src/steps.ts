/** One profile of our client, brought up to date again and again: what each step costs. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ItemSpec } from '@tidemark/graph-simulator';
import { tidemark } from './clients/onedrive-like.ts';
import { cpuSecondsOf, measure } from './measure.ts';
import type { Options } from './options.ts';
import { kindsOf } from './report.ts';
import type { Service, Site } from './service.ts';
import { markdownTable } from './table.ts';

export interface Stage {
  readonly service: Service;
  readonly syncFolder: string;
  /** Runs the client with these flags beside `--sync`. Throws Error when it does not end with status 0. */
  step(title: string, flags?: readonly string[]): Promise<void>;
}

/** One row for each step, one table for each number of items. */
export async function measureSteps(
  site: Site,
  options: Options,
  say: (line: string) => void,
  work: (stage: Stage, items: number) => Promise<void>,
): Promise<void> {
  const client = tidemark(options);
  say(`${client.name}: ${client.version()}`);
  const rows: string[][] = [];
  for (const items of options.items) {
    const folder = await site.freshFolder();
    const syncFolder = join(folder, 'sync');
    await mkdir(syncFolder);
    const service = await site.startService(options.flavour, options.latenciesMs[0] ?? 0);
    const place = { folder, syncFolder, home: join(site.folder, 'home') };
    const { bringDown } = await client.profile(place, service);
    const step: Stage['step'] = async (title, flags = []) => {
      await service.control.resetCounters();
      const cpuBefore = cpuSecondsOf(service.pid);
      const program = { ...bringDown, args: [...bringDown.args, ...flags] };
      const cost = await measure(site.namespace, program, folder);
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
    try {
      await work({ service, syncFolder, step }, items);
    } finally {
      await service.stop();
    }
  }
  const head = ['items', 'step', 'wall s', 'CPU s', 'peak MiB', 'requests', 'service CPU s', 'by kind'];
  say('');
  say(markdownTable(head, rows, 2));
}

export type PathOf = (index: number) => string;

/** Files on the drive, with made-up content. */
export async function seed(
  service: Service,
  files: number,
  pathOf: PathOf,
  fileBytes: number,
): Promise<void> {
  for (let from = 0; from < files; from += seedAtOnce) {
    const count = Math.min(seedAtOnce, files - from);
    const specs = Array.from({ length: count }, (_, index): ItemSpec => {
      const content = { sizeBytes: fileBytes, seed: from + index };
      return { path: pathOf(from + index), content, modifiedAt: '2024-05-06T07:08:09Z' };
    });
    await service.control.seed(specs);
  }
}

const seedAtOnce = 5000;
