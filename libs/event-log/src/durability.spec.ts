/** What has to be on the disk before anybody is told that it is done. */
import { constants, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type FileHandle, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seq } from '@tidemark/contracts';
import { Level } from 'level';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { archiveFolder } from './archive-files.ts';
import { openLevelStore } from './level-store.ts';
import { openEventLog } from './open-event-log.ts';
import { createWitness } from './witness.ts';

const parent = await mkdtemp(join(tmpdir(), 'tidemark-durability-'));
afterAll(() => rm(parent, { recursive: true }));
afterEach(() => void vi.restoreAllMocks());

const newFolder = (): Promise<string> => mkdtemp(join(parent, 'log-'));
const pathOf = (fd: number | string): string => readlinkSync(`/proc/self/fd/${fd}`);

test('LevelDB is asked to flush each commit', async () => {
  const other = new Level<string, string>(await newFolder());
  await other.open();
  const write = vi.spyOn(Object.getPrototypeOf(other.batch()) as ReturnType<typeof other.batch>, 'write');
  let prototype: object = Object.getPrototypeOf(other);
  while (!Object.hasOwn(prototype, 'batch')) prototype = Object.getPrototypeOf(prototype);
  const batch = vi.spyOn(prototype as typeof other, 'batch');
  await other.close();
  const store = await openLevelStore(await newFolder(), true);
  await store.commit([{ key: Buffer.from('key'), value: Buffer.from('value') }]);
  await store.commit([], [Buffer.from('key')]);
  // In one call, and as a batch that is written later.
  expect(batch.mock.calls.map((given: readonly unknown[]) => given[1])).toEqual([{ sync: true }, undefined]);
  expect(write.mock.calls).toEqual([[{ sync: true }]]);
  await store.close();
});

test('a witness that gets no name is left closed', async () => {
  const path = join(await newFolder(), 'witness');
  await mkdir(path);
  await expect(createWitness(path, { head: seq(0), chain: Buffer.alloc(32), commit: 0 })).rejects.toThrow(
    'EISDIR',
  );
  const open = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return pathOf(fd);
    } catch {
      return 'closed since';
    }
  });
  expect(open).not.toContain(`${path}.new`);
});

test('the witness is written through to the disk, by the first process and by later ones', async () => {
  const folder = await newFolder();
  for (let opening = 0; opening < 2; opening++) {
    const log = await openEventLog({ folder, clock: { now: () => 0 } });
    expect(flagsOf(join(folder, 'head')).map((flags) => flags & constants.O_DSYNC)).toEqual([
      constants.O_DSYNC,
    ]);
    await log.close();
  }
});

test('an archive is durable before it has its name, and the name is before events leave the log', async () => {
  const folder = await newFolder();
  const flushed = await recordFlushes(folder);
  await archiveFolder(folder).write('events', Buffer.from('content'));
  expect(flushed).toEqual([join(folder, 'events.new'), folder]);
});

/** Of each descriptor of this process that is open on the file. */
function flagsOf(path: string): number[] {
  return readdirSync('/proc/self/fd')
    .filter((fd) => isOn(fd, path))
    .map((fd) => {
      const [, flags = ''] =
        /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
      return Number.parseInt(flags, 8);
    });
}

function isOn(fd: string, path: string): boolean {
  try {
    return pathOf(fd) === path;
  } catch {
    // It listed the folder of descriptors, and is closed by now.
    return false;
  }
}

/** The paths that are flushed from now on, in order, each as it is at that moment. */
async function recordFlushes(folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  const handle = await open(folder);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { sync } = prototype;
  vi.spyOn(prototype, 'sync').mockImplementation(function (this: FileHandle) {
    paths.push(pathOf(this.fd));
    return sync.call(this);
  });
  return paths;
}
