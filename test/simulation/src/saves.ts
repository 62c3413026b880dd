/**
 * Programs that save by deleting a file and writing it anew a moment later. [identity]: as long as the file was the same on both sides before,
 * and one run goes on until nobody does anything else, the item on the drive is the one that it was.
 */
import type { DriveItemId } from '@tidemark/contracts';
import type { SeededRandom, SimulatedUser } from '@tidemark/testkit';
import { LawBroken } from './laws.ts';
import type { Ledger } from './ledger.ts';
import { monitorPace } from './monitor.ts';

export interface Saves {
  /** A program deletes a file that it is about to write. Says so; null when there is no file. */
  begin(): string | null;
  /** How long until it writes; null when none is saving. */
  readonly dueInMs: number | null;
  /** Time passed, and not more than that. Says that it wrote; null when it did not. */
  passed(ms: number): string | null;
  /** It writes now. */
  finish(): string | null;
  /** @throws LawBroken when the drive's item is another one than before */
  check(): void;
  /** Somebody is about to act, or the run is over: what becomes of the item now has another reason. */
  forget(): void;
}

export interface SavesOptions {
  readonly random: SeededRandom;
  readonly ledger: Pick<Ledger, 'next' | 'dismiss'>;
  readonly disk: Pick<SimulatedUser, 'tree' | 'write' | 'remove'>;
  readonly isOnDrive: (id: DriveItemId) => boolean;
  /** What a run that goes on agrees on at that path, when that is what both sides show; else null. */
  readonly agreedAt: (path: string) => DriveItemId | null;
}

export function createSaves({ random, ledger, disk, isOnDrive, agreedAt }: SavesOptions): Saves {
  let open: { readonly path: string; dueInMs: number } | null = null;
  let kept: { readonly id: DriveItemId; readonly path: string } | null = null;

  function finish(): string | null {
    if (open === null) return null;
    const { path } = open;
    open = null;
    const bytes = ledger.next();
    const text = new TextDecoder().decode(bytes);
    try {
      if (disk.tree().has(path)) throw new Error('something has its name');
      disk.write(path, bytes);
      return `a program has saved ${path} = "${text}"`;
    } catch (error) {
      ledger.dismiss(bytes);
      kept = null;
      return `a program cannot save ${path}: ${String(error)}`;
    }
  }

  return {
    begin() {
      const files = [...disk.tree()].filter(([, { kind }]) => kind === 'file');
      if (open !== null || files.length === 0) return null;
      const [path, { bytes }] = random.pick(files);
      const id = agreedAt(path);
      kept = id === null ? null : { id, path };
      open = { path, dueInMs: 1 + random.below((monitorPace.deletionDelayMs ?? 0) - 1) };
      disk.remove(path);
      ledger.dismiss(bytes);
      return `a program deletes ${path} to save it in ${open.dueInMs} ms`;
    },
    get dueInMs() {
      return open?.dueInMs ?? null;
    },
    passed(ms) {
      if (open === null) return null;
      open.dueInMs -= ms;
      return open.dueInMs > 0 ? null : finish();
    },
    finish,
    check() {
      if (kept !== null && !isOnDrive(kept.id))
        throw new LawBroken(
          'identity',
          `${kept.id} is not on the drive any more: a program saved ${kept.path}`,
        );
    },
    forget: () => void (kept = null),
  };
}
