/** Signals: the first one ends the run in order, the second one at once. */
import type { Output } from '@tidemark/plugin-sdk';

export function interruption(output: Output): {
  readonly signal: AbortSignal;
  /** Ends the run in order for a reason of our own. */
  end(): void;
  release(): void;
} {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      output.errorLine('Termination signal received again, forcing immediate exit');
      process.exit(name === 'SIGINT' ? 130 : 143);
    }
    output.errorLine('Received termination signal, attempting to cleanly shutdown application');
    output.errorLine('Attempting to complete in-flight file transfers before attempting shutdown');
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    end: () => controller.abort(),
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
