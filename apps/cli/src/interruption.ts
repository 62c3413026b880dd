/** Signals: the first one ends the run in order, the second one at once. */
import type { Output } from '@tidemark/plugin-sdk';

const readerLimitMs = 3_000;

export function interruption(output: Output): {
  readonly signal: AbortSignal;
  /** The signal that ended the run; null while none did. */
  readonly by: NodeJS.Signals | null;
  /** Ends the run in order for a reason of our own. */
  end(): void;
  release(): void;
} {
  const controller = new AbortController();
  let by: NodeJS.Signals | null = null;
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      output.errorLine('Termination signal received again, forcing immediate exit');
      process.exit(name === 'SIGINT' ? 130 : 143);
    }
    output.errorLine('Received termination signal, attempting to cleanly shutdown application');
    output.errorLine('Attempting to complete in-flight file transfers before attempting shutdown');
    by = name;
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    get by() {
      return by;
    },
    end: () => controller.abort(),
    release() {
      // The program that reads our output may have stopped: what is left to say must not keep a command that was told to end.
      if (by !== null) setTimeout(() => process.exit(), readerLimitMs).unref();
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
