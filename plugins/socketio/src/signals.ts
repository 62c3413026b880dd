/** Notifications become hints. While one is on its way, all that come become one more. */
import type { HintReceived, Notice } from '@tidemark/plugin-sdk';

export interface Signals {
  /** The service told of a change. */
  received(): void;
  /** Something may have been missed. */
  look(): void;
}

/** @param failed told when a hint can never be taken over, which is a bug */
export function createSignals(
  to: { report(hint: HintReceived): Promise<void>; tell(notice: Notice): void },
  failed: (error: unknown) => void,
): Signals {
  let isWanted = false;
  let isReporting = false;
  let count = 0;
  let toldCount = 0;

  return {
    received() {
      count += 1;
      want();
    },
    look: want,
  };

  function want(): void {
    isWanted = true;
    if (!isReporting) reportAll().catch(failed);
  }

  async function reportAll(): Promise<void> {
    isReporting = true;
    while (isWanted) {
      isWanted = false;
      if (count > toldCount) to.tell({ type: 'signalReceived', count });
      toldCount = count;
      await to.report({ type: 'HintReceived', side: 'remote', source: 'socketio' });
    }
    isReporting = false;
  }
}
