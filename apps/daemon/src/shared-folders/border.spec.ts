import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driveItemId } from '@tidemark/contracts';
import { folderKey } from '@tidemark/disk';
import { initialState } from '@tidemark/engine';
import { definePlugin } from '@tidemark/plugin-sdk';
import { createManualClock, createSeededRandom, type PluginRun, startPluginRun } from '@tidemark/testkit';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Profile } from '../profile.ts';
import { createWorld } from '../spec-world.ts';
import { createBorder, own, removalMs } from './border.ts';
import { keyOfTarget, writeKnownFolders } from './known-folders.ts';

const top = mkdtempSync(join(tmpdir(), 'tidemark-border-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const root = join(top, 'sync');
const profile = {
  ...{ settings: { sync_dir: root }, locations: { state: join(top, 'state') }, version: 'spec' },
} as unknown as Profile;
const target = { driveId: 'sam', itemId: 'team' };
const team = keyOfTarget(target);
const clock = createManualClock();
const seconds = Math.floor(clock.now() / 1000);

beforeEach(() => {
  rmSync(top, { recursive: true, force: true });
  mkdirSync(join(root, 'Team'), { recursive: true });
  const folder = folderKey(join(root, 'Team')) ?? '';
  writeKnownFolders(profile, [
    {
      ...{ shortcut: driveItemId('s'), target, path: 'Team', shownAt: 'Team', folder },
      ...{ standing: 'synced', isNew: false },
    },
  ]);
});

/** The sync folder, and the shared one in it, each with runs that end by themselves. */
async function createWorlds() {
  const border = createBorder({ profile, clock, monitoring: false });
  const mine = await createWorld(() => [border.guard(own).plugin]);
  const sams = await createWorld(() => [border.guard(team).plugin]);
  border.enter(own, mine.state);
  border.enter(team, sams.state);
  return { border, mine, sams };
}

/** On the disk that both are on. */
function write(path: string, content: string): void {
  writeFileSync(join(root, path), content);
  utimesSync(join(root, path), seconds, seconds);
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

it('a file that was moved goes from the one drive when the other one has it, and not before', async () => {
  const { border, mine, sams } = await createWorlds();
  mine.disk.write('plan.txt', bytesOf('a plan'), seconds);
  await mine.sync();
  mine.disk.remove('plan.txt');
  write('Team/plan.txt', 'a plan');
  await mine.sync();
  expect(mine.drive.read('plan.txt')).toEqual(bytesOf('a plan'));
  expect([...border.takeHeld()]).toEqual([own]);
  sams.disk.write('plan.txt', bytesOf('a plan'), seconds);
  await sams.sync();
  await mine.sync();
  expect(mine.drive.read('plan.txt')).toBeNull();
});

it('what the other drive has of the file that it replaced there is no copy of it', async () => {
  const { mine, sams } = await createWorlds();
  sams.disk.write('plan.txt', bytesOf('of Sam'), seconds - 60);
  await sams.sync();
  mine.disk.write('plan.txt', bytesOf('of mine'), seconds);
  await mine.sync();
  mine.disk.remove('plan.txt');
  // Renamed over it. The run of Sam has not seen that yet.
  write('Team/plan.txt', 'of mine');
  await mine.sync();
  expect(mine.drive.read('plan.txt')).toEqual(bytesOf('of mine'));
});

it('a file that was moved after the last look at the other place is found there', async () => {
  const { mine } = await createWorlds();
  mine.disk.write('old.txt', bytesOf('old'), seconds);
  mine.disk.write('plan.txt', bytesOf('a plan'), seconds);
  await mine.sync();
  mine.disk.remove('old.txt');
  await mine.sync();
  expect(mine.drive.read('old.txt')).toBeNull();
  mine.disk.remove('plan.txt');
  write('Team/plan.txt', 'a plan');
  await mine.sync();
  expect(mine.drive.read('plan.txt')).toEqual(bytesOf('a plan'));
});

describe('a monitor that misses a file in a shared folder', () => {
  /** Whether it is deleted on the drive of the owner when this happens meanwhile. */
  async function isDeleted(happen: (run: PluginRun) => Promise<void> | undefined): Promise<boolean> {
    const border = createBorder({ profile, clock, monitoring: true });
    border.enter(team, initialState());
    let isDone = false;
    const plugin = definePlugin({
      name: 'deletes',
      handle: {
        async DeleteRemote() {
          isDone = true;
          return { remote: { id: driveItemId('d'), deleted: true }, requestIds: [] };
        },
      },
    });
    const run = await startPluginRun({
      ...{ plugin: border.guard(team).plugin, clock, random: createSeededRandom(1), capabilities: {} },
      others: [{ plugin, config: {}, ours: true }],
    });
    const ended = run.perform({ type: 'DeleteRemote', path: 'plan.txt', itemCount: 1, driveItemId: 'd' });
    while (clock.sleeping.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const stopped = happen(run);
    await clock.advance(removalMs);
    await (stopped ?? ended);
    return isDone;
  }

  it('deletes it there after a while, when the folder stays', async () => {
    expect(await isDeleted(() => undefined)).toBe(true);
  });

  it('deletes nothing when the folder goes as a whole', async () => {
    expect(await isDeleted(() => void rmSync(join(root, 'Team'), { recursive: true }))).toBe(false);
  });

  it('deletes nothing when the folder and its shortcut are not known any more', async () => {
    expect(await isDeleted(() => void writeKnownFolders(profile, []))).toBe(false);
  });

  it('deletes nothing when its run ends before that can be told', async () => {
    expect(await isDeleted((run) => run.stop())).toBe(false);
  });
});
