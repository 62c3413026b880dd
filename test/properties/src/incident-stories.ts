/** The incidents of `test/incidents`, played by the real engine against the model world. `make-incidents.ts` writes them down. */
import type { Policy } from '@tidemark/contracts';
import { createRulesFor } from '@tidemark/daemon';
import { ModelRun, policy } from './model-run.ts';
import type { Node, Side } from './model-world.ts';
import { root } from './model-world.ts';

export interface Story {
  readonly title: string;
  /** What happened, for the page beside the bundle. */
  readonly text: string;
  /** The commands that look at it best, and what they show. */
  readonly look: readonly string[];
  play(): ModelRun;
}

const t = 1_700_000_000;

export const stories: Readonly<Record<string, Story>> = {
  'deletion-during-downtime': {
    title: 'A file deleted while no sync was running',
    text: 'A user deleted `report.txt` in the sync folder between two runs. The first scan of the second run does not meet it, a second scan confirms that it is gone, and only then is it deleted on the drive.',
    look: ['log --type Planned', 'explain report.txt'],
    play() {
      const run = synced(['report.txt', 'plan.txt']);
      run.world.disk.remove(at(run.world.disk, 'report.txt'));
      return again(run);
    },
  },
  conflict: {
    title: 'A file changed on both sides',
    text: '`plan.txt` was changed on the drive and on disk between two runs. The local version is the younger one, so it keeps the name and goes up; the version of the drive is kept beside it.',
    look: ['log --type Planned', 'what-if --policy bypass_data_preservation=true'],
    play() {
      const run = synced(['plan.txt']);
      run.world.drive.write(at(run.world.drive, 'plan.txt'), 'changed online', t + 60);
      run.world.disk.write(at(run.world.disk, 'plan.txt'), 'changed here', t + 90);
      return again(run);
    },
  },
  'swap-of-names': {
    title: 'Two files exchanged their names',
    text: 'A user gave `a.txt` the name of `b.txt` and the other way round. Neither name is free on the drive, so one of the two gets a temporary name on the way; no content is sent.',
    look: ['log --type Planned', 'explain a.txt'],
    play() {
      const run = synced(['a.txt', 'b.txt']);
      const { disk } = run.world;
      const [a, b] = [at(disk, 'a.txt'), at(disk, 'b.txt')];
      disk.move(a, root, 'c.txt');
      disk.move(b, root, 'a.txt');
      disk.move(a, root, 'b.txt');
      return again(run);
    },
  },
  'case-change': {
    title: 'A name that changed only in its case',
    text: '`Report.txt` became `report.txt` on disk. The drive takes both for one name; it is a rename, not a deletion beside a new file.',
    look: ['log --type Planned', 'explain report.txt'],
    play() {
      const run = synced(['Report.txt']);
      run.world.disk.move(at(run.world.disk, 'Report.txt'), root, 'report.txt');
      return again(run);
    },
  },
  'mass-deletion-held': {
    title: 'Many deletions at once, held at the gate',
    text: 'Four of five files vanished from the disk. With a limit of three the deletions on the drive wait for a confirmation, and nothing is lost.',
    look: ['replay --state', 'what-if --policy classify_as_big_delete=10'],
    play() {
      const names = ['1.txt', '2.txt', '3.txt', '4.txt', '5.txt'];
      const run = synced(names, { massDeleteMax: 3, massDeleteConfirmed: false });
      for (const name of names.slice(1)) run.world.disk.remove(at(run.world.disk, name));
      return again(run);
    },
  },
  'quota-full': {
    title: 'The drive was full',
    text: 'The upload of `film.mkv` was refused for want of space. It waits, and goes up at a later attempt, when there is space.',
    look: ['log --type CommandFailed', 'explain film.mkv'],
    play() {
      const run = synced(['plan.txt']);
      run.world.disk.create(root, 'film.mkv', 'file', 'a film', t);
      run.start();
      until(run, () => run.state.inFlight.size > 0 && run.state.remote.look.command === null);
      run.refuse('UploadFile', {
        code: 'quotaReached',
        detail: 'Cannot upload "film.mkv": the drive is full',
      });
      run.settle();
      return run;
    },
  },
  nosync: {
    title: 'A folder left out by .nosync',
    text: 'A user put an empty file `.nosync` into `cache`, and removed what is in it to save space. With `check_nosync` the folder is out of scope, so what is on the drive stays.',
    look: ['explain cache', 'explain cache/big.bin', 'what-if --policy check_nosync=false'],
    play() {
      const run = synced([], { filter: { ...policy.filter, checkNosync: true } }, (world) => {
        const cache = world.disk.create(root, 'cache', 'folder', '', 0);
        world.disk.create(cache?.id ?? root, 'big.bin', 'file', 'big', t);
      });
      const cache = at(run.world.disk, 'cache');
      run.world.disk.create(cache.id, '.nosync', 'file', '', t);
      again(run);
      run.world.disk.remove(at(run.world.disk, 'cache/big.bin'));
      return again(run);
    },
  },
  'expired-delta-link': {
    title: 'The delta link had expired',
    text: 'The service refused the stored delta link. The whole drive is listed anew, and an item that the listing lacks is read by its id before anything follows from its absence.',
    look: ['log --type RemoteCursorLost', 'explain gone.txt'],
    play() {
      const run = synced(['gone.txt', 'stays.txt']);
      run.world.deleteRemote(at(run.world.drive, 'gone.txt'));
      run.world.cursorIsLost = true;
      return again(run);
    },
  },
  'lost-notification': {
    title: 'A notification that never came',
    text: 'A monitor was running, and nothing told it of a change on the drive. It found the change when the drive was due for a look.',
    look: ['log --type Woke', 'explain plan.txt'],
    play() {
      const pace = {
        ...policy.pace,
        mode: 'continuous',
        pollIntervalMs: 300_000,
        scanIntervalMs: 300_000,
      } as const;
      const run = new ModelRun({ pace });
      run.world.drive.create(root, 'plan.txt', 'file', 'plan', t);
      run.start();
      until(run, () => run.world.disk.byPath('plan.txt') !== undefined);
      for (let count = 0; count < 4; count += 1) run.step();
      run.world.drive.write(at(run.world.drive, 'plan.txt'), 'changed online', t + 60);
      until(run, () => run.world.disk.byPath('plan.txt')?.content === 'changed online');
      for (let count = 0; count < 2; count += 1) run.step();
      return run;
    },
  },
  'kill-in-a-replace': {
    title: 'Killed in the middle of a replace',
    text: 'The process was killed when the new version of `plan.txt` was on disk and the log did not know it yet. The next run finds the same bytes on both sides, and neither downloads nor keeps anything a second time.',
    look: ['log --type Started', 'explain plan.txt'],
    play() {
      const run = synced(['plan.txt']);
      run.world.drive.write(at(run.world.drive, 'plan.txt'), 'changed online', t + 60);
      run.start();
      until(run, () => run.world.disk.byPath('plan.txt')?.content === 'changed online');
      run.crash();
      run.settle();
      return run;
    },
  },
};

/** Files on disk that both sides agree on. */
function synced(
  names: readonly string[],
  overrides: Partial<Policy> = {},
  more: (world: ModelRun['world']) => void = () => undefined,
): ModelRun {
  const run = new ModelRun(overrides);
  run.rulesFor = createRulesFor();
  for (const name of names) run.world.disk.create(root, name, 'file', `content of ${name}`, t);
  more(run.world);
  return again(run);
}

/** One more run, to its rest. */
function again(run: ModelRun): ModelRun {
  run.start();
  run.settle();
  return run;
}

function until(run: ModelRun, isThere: () => boolean): void {
  for (let steps = 0; !isThere(); steps += 1)
    if (steps > 200 || !run.step()) throw new Error('the story does not come to its turn');
}

function at(side: Side, path: string): Node {
  const node = side.byPath(path);
  if (node === undefined) throw new Error(`the story lost ${path}`);
  return node;
}
