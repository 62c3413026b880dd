/** Which bus carries the messages is one setting. */
import type { Bus } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { connectNatsBus, createInProcessBus } from '@tidemark/bus';
import { isPluginSubject } from '@tidemark/plugin-host';

/**
 * `in-process`, or the address of a NATS server. `onError`: a message may not have arrived; the run should end, since the
 * next one finds every difference again. Throws Failure `offline`.
 */
export async function openBus(setting: string, onError: (detail: string) => void): Promise<Bus> {
  const tell = (error: unknown, subject = ''): void => {
    // What another process sends may be anything; whoever sent it is answered, and nothing of ours was lost.
    if (isPluginSubject(subject)) return;
    onError(error instanceof Error ? error.message : String(error));
  };
  if (setting === 'in-process') return createInProcessBus({ onError: tell });
  let grace: NodeJS.Timeout | undefined;
  try {
    const bus = await connectNatsBus({
      servers: [setting],
      name: 'tidemark',
      onError: tell,
      onStatus: (status) => {
        clearTimeout(grace);
        // Whoever waits for the server is let go, and learns that the message was not taken over.
        if (status === 'disconnected') grace = setTimeout(() => void bus.close(), graceMs);
      },
    });
    return { ...bus, close: () => bus.close().finally(() => clearTimeout(grace)) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Failure(
      { code: 'offline', detail: `Cannot reach the bus at ${setting}: ${detail}` },
      { cause: error },
    );
  }
}

/** A server that restarts is back within this time. */
const graceMs = 10_000;
