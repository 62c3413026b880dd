/** What a run publishes on the bus. A message that the bus did not take over ends the run; the next one finds every difference again. */
import type { Bus } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';

export interface RunPublisher {
  /** Never rejects. */
  publish(subject: string, payload: unknown): Promise<void>;
  readonly isLost: boolean;
  /** With the bus gone, what can no longer be told is no further fault. */
  unlessLost(step: Promise<void>): Promise<void>;
  /** @throws Failure `offline` when something was lost */
  check(): void;
}

/** @param onLost called with the first loss */
export function createRunPublisher(bus: Bus, onLost: () => void): RunPublisher {
  let loss: { readonly cause: unknown } | null = null;
  return {
    async publish(subject, payload) {
      try {
        await bus.publish(subject, payload);
      } catch (cause) {
        if (loss !== null) return;
        loss = { cause };
        onLost();
      }
    },
    get isLost() {
      return loss !== null;
    },
    async unlessLost(step) {
      await step.catch((error: unknown) => {
        if (loss === null) throw error;
      });
    },
    check() {
      if (loss === null) return;
      const { cause } = loss;
      const detail = cause instanceof Error ? cause.message : 'the connection is gone';
      throw new Failure({ code: 'offline', detail: `Cannot go on without the bus: ${detail}` }, { cause });
    },
  };
}
