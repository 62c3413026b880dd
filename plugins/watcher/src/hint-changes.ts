/**
 * Turns what the disk tells into hints. While one hint is on its way, what comes after it is gathered, so that a burst of
 * ten thousand files becomes as many hints as the engine can take.
 */
import type { HintReceived } from '@tidemark/plugin-sdk';

export interface HintChanges {
  /** null: anywhere. */
  told(folders: readonly string[] | null): void;
}

/** More folders than this are looked into faster by one whole scan. */
const foldersMax = 500;

/**
 * @param report resolves when the hint was taken over
 * @param gathered resolves when what comes is to be told, with all that came meanwhile; null: at once
 */
export function createHintChanges(
  report: (hint: HintReceived) => Promise<void>,
  failed: (error: unknown) => void,
  gathered: () => Promise<void> | null = () => null,
): HintChanges {
  let waiting = new Set<string>();
  let isAnywhere = false;
  let isReporting = false;

  return {
    told(folders) {
      if (folders === null) isAnywhere = true;
      else if (!isAnywhere) for (const folder of folders) waiting.add(folder);
      if (waiting.size > foldersMax) isAnywhere = true;
      if (isAnywhere) waiting.clear();
      if (!isReporting) void reportAll().catch(failed);
    },
  };

  async function reportAll(): Promise<void> {
    isReporting = true;
    try {
      while (isAnywhere || waiting.size > 0) {
        const gathering = gathered();
        if (gathering !== null) await gathering;
        const folders = isAnywhere ? {} : { folders: [...waiting] };
        waiting = new Set();
        isAnywhere = false;
        await report({ type: 'HintReceived', side: 'local', source: 'watcher', ...folders });
      }
    } finally {
      isReporting = false;
    }
  }
}
