/**
 * Programs that save in more than one step: by deleting a file and writing it anew a moment later, or by writing beside it and
 * renaming that over it. [identity]: as long as the file was the same on both sides before, and one run goes on until nobody does
 * anything else, the item on the drive is the one that it was, under the name that it had.
 */
import type { DriveItemId } from '@tidemark/contracts';
import type { SeededRandom, SimulatedDriveUser, SimulatedUser } from '@tidemark/testkit';
import { contentOf, type Ledger } from './ledger.ts';
import { LawBroken } from './laws.ts';
import { monitorPace } from './monitor.ts';

/** With a gap in which there is no such file; or beside it, in a file of another name. */
export type WayToSave = 'with a gap' | 'beside';

export interface Saves {
  /** A program begins to save a file. Says so; null when there is no file. */
  begin(way: WayToSave): string | null;
  /** How long until it has saved; null when none is saving. */
  readonly dueInMs: number | null;
  /** Something was done, and no time passed. Says that it has saved; null when it has not. */
  stepped(): string | null;
  /** Time passed, and not more than that. Says that it has saved; null when it has not. */
  passed(ms: number): string | null;
  /** It saves now. */
  finish(): string | null;
  /** @throws LawBroken when the drive's item is another one than before, or has another name */
  check(): void;
  /** Somebody is about to act, or the run is over: what becomes of the item now has another reason. */
  forget(): void;
}

export interface SavesOptions {
  readonly random: SeededRandom;
  readonly ledger: Pick<Ledger, 'next' | 'dismiss'>;
  readonly disk: Pick<SimulatedUser, 'tree' | 'write' | 'remove' | 'rename'>;
  readonly drive: Pick<SimulatedDriveUser, 'tree' | 'pathOf'>;
  /** What a run that goes on agrees on at that path, when that is what both sides show; else null. */
  readonly agreedAt: (path: string) => DriveItemId | null;
}

/** When a program goes on: after so long, and then after so many steps that take no time, or as soon as there are none. */
interface Due {
  ms: number;
  steps: number;
}

/** What a program does, with its waits in between. It throws when the program cannot go on. */
type Work = Generator<Due, void, void>;

export function createSaves(options: SavesOptions): Saves {
  const { random, ledger, disk, drive } = options;
  let open: { readonly path: string; readonly work: Work; due: Due; isHurried: boolean } | null = null;
  let kept: { readonly id: DriveItemId; readonly path: string } | null = null;

  function goOn(): string | null {
    if (open === null) return null;
    const { path, work } = open;
    try {
      const next = work.next();
      if (next.done !== true) {
        open.due = next.value;
        return null;
      }
      open = null;
      return `a program has saved ${path}`;
    } catch (error) {
      open = null;
      kept = null;
      return `a program cannot save ${path}: ${String(error)}`;
    }
  }

  /** A new version, if it can be written. */
  function write(path: string): Uint8Array {
    const bytes = ledger.next();
    try {
      disk.write(path, bytes);
    } catch (error) {
      ledger.dismiss(bytes);
      throw error;
    }
    return bytes;
  }

  function* withGap(path: string, before: Uint8Array): Work {
    disk.remove(path);
    ledger.dismiss(before);
    yield { ms: 1 + random.below((monitorPace.deletionDelayMs ?? 0) - 1), steps: 0 };
    if (disk.tree().has(path)) throw new Error('something has its name');
    write(path);
  }

  /** Again and again, as programs do that keep what is typed. */
  function* beside(path: string): Work {
    const other = `${path}~new`;
    for (let left = random.below(timesMax); left >= 0 && open?.isHurried !== true; left -= 1) {
      if (disk.tree().has(other)) throw new Error('something has the name beside it');
      const bytes = write(other);
      yield { ms: 0, steps: random.below(stepsMax) };
      const before = disk.tree().get(path);
      // It was sent under its other name already: an item of its own takes the name.
      const content = contentOf(bytes);
      if ([...drive.tree().values()].some((one) => contentOf(one.bytes) === content)) kept = null;
      disk.rename(other, path);
      if (before !== undefined) ledger.dismiss(before.bytes);
      yield { ms: random.below(monitorPace.deletionDelayMs ?? 0), steps: random.below(stepsMax) };
    }
  }

  return {
    begin(way) {
      const files = [...disk.tree()].filter(([, { kind }]) => kind === 'file');
      if (open !== null || files.length === 0) return null;
      const [path, { bytes }] = random.pick(files);
      const id = options.agreedAt(path);
      kept = id === null ? null : { id, path };
      const work = way === 'beside' ? beside(path) : withGap(path, bytes);
      open = { path, work, due: { ms: 0, steps: 0 }, isHurried: false };
      const said = goOn();
      if (said !== null) return said;
      return way === 'beside'
        ? `a program writes beside ${path}, to rename that over it`
        : `a program deletes ${path} to save it in ${open.due.ms} ms`;
    },
    get dueInMs() {
      return open?.due.ms ?? null;
    },
    stepped() {
      if (open === null || open.due.ms > 0) return null;
      open.due.steps -= 1;
      return open.due.steps > 0 ? null : goOn();
    },
    passed(ms) {
      if (open === null) return null;
      if (open.due.ms === 0) return goOn();
      open.due.ms -= ms;
      return open.due.ms > 0 || open.due.steps > 0 ? null : goOn();
    },
    finish() {
      if (open === null) return null;
      open.isHurried = true;
      let said: string | null = null;
      while (open !== null) said = goOn();
      return said;
    },
    check() {
      if (kept === null) return;
      const at = drive.pathOf(kept.id);
      if (at !== kept.path)
        throw new LawBroken(
          'identity',
          `${kept.id} is ${at === null ? 'not on the drive any more' : `now ${at}`}: a program saved ${kept.path}`,
        );
    },
    forget: () => void (kept = null),
  };
}

const stepsMax = 8;
const timesMax = 6;
