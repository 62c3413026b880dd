/** What the clients are asked to do. Each scenario starts with a fresh service, profile and folder. */
import { mkdir, open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWitness } from '@tidemark/event-log';
import { type Flavour, generatedContent, type ItemSpec, wholeContent } from '@tidemark/graph-simulator';
import type { Client, Profile } from './clients/client.ts';
import { cpuSecondsOf, measure, type Program } from './measure.ts';
import type { Measurement, RowName } from './measurement.ts';
import type { Service, Site } from './service.ts';

export type Shape = {
  readonly files: number;
  readonly folders: number;
  readonly fileBytes: number;
  readonly largeBytes: number;
  readonly changes: number;
};

export type Wanted = {
  readonly rows: ReadonlySet<RowName>;
  readonly client: Client;
  readonly latencyMs: number;
  readonly flavour: Flavour;
  readonly run: number;
  readonly shape: Shape;
};

/** All wanted rows of one client at one latency. */
export async function runScenarios(site: Site, wanted: Wanted): Promise<Measurement[]> {
  const { rows } = wanted;
  const isWanted = (...names: RowName[]): boolean => names.some((name) => rows.has(name));
  const results: Measurement[] = [];
  if (isWanted('first-download', 'no-change', 'remote-changes'))
    results.push(...(await manyDown(site, wanted)));
  if (isWanted('first-upload')) results.push(...(await manyUp(site, wanted)));
  if (isWanted('large-download')) results.push(...(await largeDown(site, wanted)));
  if (isWanted('large-upload')) results.push(...(await largeUp(site, wanted)));
  return results;
}

const manyDown = (site: Site, wanted: Wanted): Promise<Measurement[]> =>
  withStage(site, wanted, async ({ service, profile, syncFolder, step }) => {
    const { shape, rows } = wanted;
    await service.control.seed(manyFiles(shape));
    const results = [await step('first-download', profile.bringDown)];
    await expectFiles(syncFolder, shape.files, shape.files * shape.fileBytes);
    if (rows.has('no-change')) results.push(await step('no-change', profile.bringDown));
    if (rows.has('remote-changes')) {
      for (let index = 0; index < shape.changes; index += 1) {
        const path = pathOf(shape, index * Math.floor(shape.files / shape.changes));
        const content = { sizeBytes: shape.fileBytes + 1, seed: index };
        await service.control.post('/modify', { path, content, modifiedAt: '2025-06-07T08:09:10Z' });
      }
      results.push(await step('remote-changes', profile.bringDown));
      await expectFiles(syncFolder, shape.files, shape.files * shape.fileBytes + shape.changes);
    }
    return results;
  });

const manyUp = (site: Site, wanted: Wanted): Promise<Measurement[]> =>
  withStage(site, wanted, async ({ service, profile, syncFolder, step }) => {
    const { shape } = wanted;
    for (const { path } of manyFiles(shape)) {
      await mkdir(join(syncFolder, path, '..'), { recursive: true });
      await writeFile(join(syncFolder, path), wholeContent(generatedContent(shape.fileBytes, path.length)));
    }
    const results = [await step('first-upload', profile.bringUp)];
    await expectOnline(service, shape.files, shape.files * shape.fileBytes);
    return results;
  });

const largeDown = (site: Site, wanted: Wanted): Promise<Measurement[]> =>
  withStage(site, wanted, async ({ service, profile, syncFolder, step }) => {
    const { largeBytes } = wanted.shape;
    await service.control.seed([{ path: '/large.bin', content: { sizeBytes: largeBytes, seed: 1 } }]);
    const results = [await step('large-download', profile.bringDown)];
    await expectFiles(syncFolder, 1, largeBytes);
    return results;
  });

const largeUp = (site: Site, wanted: Wanted): Promise<Measurement[]> =>
  withStage(site, wanted, async ({ service, profile, syncFolder, step }) => {
    const { largeBytes } = wanted.shape;
    const file = await open(join(syncFolder, 'large.bin'), 'w');
    for (const slice of generatedContent(largeBytes, 1).slices(0, largeBytes)) await file.write(slice);
    await file.sync();
    await file.close();
    const results = [await step('large-upload', profile.bringUp)];
    await expectOnline(service, 1, largeBytes);
    return results;
  });

type Stage = {
  readonly service: Service;
  readonly profile: Profile;
  readonly syncFolder: string;
  readonly step: (row: RowName, program: Program) => Promise<Measurement>;
};

async function withStage<Result>(
  site: Site,
  { client, latencyMs, flavour, run }: Wanted,
  work: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const folder = await site.freshFolder();
  const syncFolder = join(folder, 'sync');
  await mkdir(syncFolder);
  const service = await site.startService(flavour, latencyMs);
  try {
    const profile = await client.profile({ folder, syncFolder, home: join(site.folder, 'home') }, service);
    const step = async (row: RowName, program: Program): Promise<Measurement> => {
      await service.control.resetCounters();
      const cpuBefore = cpuSecondsOf(service.pid);
      const commitsBefore = await commitsIn(profile.log);
      const cost = await measure(site.namespace, program, folder);
      const serviceCpuSeconds = cpuSecondsOf(service.pid) - cpuBefore;
      const { total, byKind } = await service.control.counters();
      const requestsByKind = Object.fromEntries(Object.entries(byKind).filter(([, count]) => count > 0));
      return {
        ...cost,
        ...{ row, latencyMs, client: client.name, run, requests: total, requestsByKind, serviceCpuSeconds },
        commits: commitsBefore === null ? null : ((await commitsIn(profile.log)) ?? 0) - commitsBefore,
      };
    };
    return await work({ service, profile, syncFolder, step });
  } finally {
    await service.stop();
  }
}

/** As the witness of the log's end counts them; null without a log. */
async function commitsIn(log: string | undefined): Promise<number | null> {
  if (log === undefined) return null;
  const reading = await readWitness(join(log, 'head'));
  return reading.state === 'found' ? reading.position.commit : 0;
}

function manyFiles(shape: Shape): ItemSpec[] {
  return Array.from({ length: shape.files }, (_, index) => ({
    path: pathOf(shape, index),
    content: { sizeBytes: shape.fileBytes, seed: index },
    modifiedAt: '2024-05-06T07:08:09Z',
  }));
}

const pathOf = ({ folders }: Shape, index: number): string => `/folder ${index % folders}/file ${index}.bin`;

/** A client that did not do the work is no client that was fast. */
async function expectFiles(folder: string, count: number, bytes: number): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  // Ours marks the folder with a file of its own.
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  let sum = 0;
  for (const file of files) sum += (await stat(join(file.parentPath, file.name))).size;
  if (files.length !== count || sum !== bytes)
    throw new Error(`Expected ${count} files with ${bytes} bytes, found ${files.length} with ${sum}`);
}

async function expectOnline(service: Service, count: number, bytes: number): Promise<void> {
  const files = (await service.control.tree()).filter(({ kind }) => kind === 'file');
  const sum = files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  if (files.length !== count || sum !== bytes)
    throw new Error(`Expected ${count} files with ${bytes} bytes online, found ${files.length} with ${sum}`);
}
