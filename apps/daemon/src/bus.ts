/** Which bus carries the messages is one setting. */
import type { Bus } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { connectNatsBus, createInProcessBus } from '@tidemark/bus';

/** `in-process`, or the address of a NATS server. */
export async function openBus(setting: string): Promise<Bus> {
  if (setting === 'in-process') return createInProcessBus();
  try {
    return await connectNatsBus({ servers: [setting], name: 'tidemark' });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Failure(
      { code: 'offline', detail: `Cannot reach the bus at ${setting}: ${detail}` },
      { cause: error },
    );
  }
}
