/**
 * Gathers where something happened. The first word goes out at the end of the turn in which it came, since a user
 * waits for a saved file; what follows within a moment goes out together.
 */
export interface ToldFolders {
  /** `null`: anywhere. */
  add(folder: string | null): void;
}

export interface ToldFoldersOptions {
  readonly told: (folders: readonly string[] | null) => void;
  /** Runs the work once: at the end of this turn of the event loop when the delay is 0. */
  readonly later: (delayMs: number, work: () => void) => void;
}

/** Rest after each word. */
const gatherMs = 20;
/** More folders than this are as good as everywhere. */
const foldersMax = 5_000;

export function createToldFolders({ told, later }: ToldFoldersOptions): ToldFolders {
  let waiting = new Set<string>();
  let isAnywhere = false;
  let isDue = false;

  return {
    add(folder) {
      if (folder === null || waiting.size >= foldersMax) {
        isAnywhere = true;
        waiting.clear();
      }
      if (!isAnywhere && folder !== null) waiting.add(folder);
      if (isDue) return;
      isDue = true;
      later(0, tell);
    },
  };

  function tell(): void {
    const folders = isAnywhere ? null : [...waiting];
    waiting = new Set();
    isAnywhere = false;
    later(gatherMs, rested);
    told(folders);
  }

  function rested(): void {
    isDue = false;
    if (!isAnywhere && waiting.size === 0) return;
    isDue = true;
    tell();
  }
}
