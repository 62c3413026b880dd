/** Which bus carries the messages is one setting. */
import type { Bus } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { connectNatsBus, createInProcessBus } from '@tidemark/bus';

/**
 * `in-process`, or the address of a NATS server. `onError`: a message may not have arrived; the run should end, since the
 * next one finds every difference again. Throws Failure `offline`.
 */
export async function openBus(setting: string, onError: (detail: string) => void): Promise<Bus> {
  const tell = (error: unknown): void => onError(error instanceof Error ? error.message : String(error));
  if (setting === 'in-process') return createInProcessBus({ onError: tell });
  try {
    return await connectNatsBus({ servers: [setting], name: 'tidemark', onError: tell });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Failure(
      { code: 'offline', detail: `Cannot reach the bus at ${setting}: ${detail}` },
      { cause: error },
    );
  }
}
