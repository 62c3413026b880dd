/**
 * What watching costs: time until it has begun, memory, and how soon a save is told. One size a process, for clean figures:
 * `node libs/disk/src/watch.bench.ts 20000` and the same with 100000.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryDisk } from './testing/temporary-disk.ts';

const files = Number(process.argv[2] ?? 20_000);
const folders = 5_000;
const saves = 200;
const megabytes = (): number => Math.round(process.memoryUsage().rss / 2 ** 20);

await using temporary = await createTemporaryDisk();
const { disk, root } = temporary;
const folderAt = (index: number): string => join(`d${index % 50}`, `s${index}`);
for (let folder = 0; folder < folders; folder++) {
  mkdirSync(join(root, folderAt(folder)), { recursive: true });
  for (let file = 0; file < files / folders; file++)
    writeFileSync(join(root, folderAt(folder), `f${file}`), 'x');
}

const before = megabytes();
const stopping = new AbortController();
let heard: (folders: readonly string[] | null) => void = () => {};
const start = performance.now();
const usedBefore = process.cpuUsage();
const report = await disk.watch((where) => heard(where), { signal: stopping.signal });
console.log(
  `${files} files in ${report.folders} folders: ready in ${Math.round(performance.now() - start)} ms (${processorMs(usedBefore)} ms of processor), ` +
    `${before} MB before, ${megabytes()} MB after; limit: ${report.limit ?? 'none'}`,
);

const ways: Readonly<Record<string, (path: string, index: number) => void>> = {
  'written in place': (path) => writeFileSync(path, `${Math.random()}`),
  created: (path, index) => writeFileSync(`${path}-${index}`, 'new'),
  'renamed over': (path) => {
    writeFileSync(`${path}~`, `${Math.random()}`);
    renameSync(`${path}~`, path);
  },
};
for (const [way, save] of Object.entries(ways)) {
  const latencies: number[] = [];
  for (let index = 0; index < saves; index++) {
    const folder = folderAt((index * 37) % folders);
    const told = new Promise<void>((resolve) => {
      heard = (where) => {
        if (where?.includes(folder) ?? true) resolve();
      };
    });
    await new Promise((resolve) => setTimeout(resolve, 25));
    const at = performance.now();
    save(join(root, folder, 'f0'), index);
    await told;
    latencies.push(performance.now() - at);
  }
  latencies.sort((one, other) => one - other);
  const at = (share: number): string => (latencies[Math.floor(share * latencies.length)] ?? 0).toFixed(1);
  console.log(`${way}: told after ${at(0.5)} ms (median), ${at(0.95)} ms (95 %)`);
}
console.log(`${megabytes()} MB at the end`);
stopping.abort();

function processorMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1000);
}
