/** Thins out what a transfer says about itself: a few messages a second are enough for any view. */
import type { Bus, Clock, Command } from '@tidemark/contracts';
import type { TransferProgress } from '@tidemark/plugin-sdk';

const quietMs = 100;

/** The returned function publishes the first figure, then at most one per `quietMs`, and always the last one. */
export function createProgressTap(options: {
  readonly bus: Bus;
  readonly subject: string;
  readonly clock: Clock;
  readonly command: Command;
  readonly stopped: () => boolean;
}): (doneBytes: number, totalBytes: number) => void {
  const { bus, subject, clock, command, stopped } = options;
  const startedAt = clock.monotonic();
  let nextAt = startedAt;
  return (doneBytes, totalBytes) => {
    const now = clock.monotonic();
    if (stopped() || (now < nextAt && doneBytes < totalBytes)) return;
    nextAt = now + quietMs;
    const progress: TransferProgress = {
      command: command.id,
      type: command.type,
      path: command.path,
      doneBytes,
      totalBytes,
      elapsedMs: now - startedAt,
    };
    // A lost figure is followed by a newer one: nothing waits for it or depends on it.
    bus.publish(subject, progress).catch(() => undefined);
  };
}
