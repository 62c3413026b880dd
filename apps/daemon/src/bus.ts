/** Which bus carries the messages is one setting. */
import type { Bus } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { NatsAccess } from '@tidemark/bus';
import { connectNatsBus, createInProcessBus } from '@tidemark/bus';
import type { Settings } from '@tidemark/settings';

/** The settings that say where the bus is. */
export type BusSettings = Pick<Settings, 'bus' | 'bus_ca_file' | 'bus_nkey_file'>;

export const inProcess: BusSettings = { bus: 'in-process', bus_ca_file: '', bus_nkey_file: '' };

/**
 * `in-process`, or the address of a NATS server. `onError`: a message may not have arrived; the run should end, since the
 * next one finds every difference again. `onLost`: the server has not come back, and whoever sends learns so. Throws Failure
 * `offline`.
 */
export async function openBus(
  { bus: server, bus_ca_file: caFile, bus_nkey_file: nkeyFile }: BusSettings,
  onError: (detail: string) => void,
  onLost: () => void = () => undefined,
): Promise<Bus> {
  const tell = (error: unknown): void => onError(error instanceof Error ? error.message : String(error));
  if (server === 'in-process') return createInProcessBus({ onError: tell });
  let grace: NodeJS.Timeout | undefined;
  try {
    const bus = await connectNatsBus({
      servers: [server],
      name: 'tidemark',
      access: natsAccess(caFile, nkeyFile),
      onError: tell,
      onStatus: (status) => {
        clearTimeout(grace);
        // Whoever waits for the server is let go, and learns that the message was not taken over.
        if (status === 'disconnected') grace = setTimeout(() => void bus.close().finally(onLost), graceMs);
      },
    });
    return { ...bus, close: () => bus.close().finally(() => clearTimeout(grace)) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Failure(
      { code: 'offline', detail: `Cannot reach the bus at ${server}: ${detail}` },
      { cause: error },
    );
  }
}

/** As the settings have it: empty means none. */
export function natsAccess(caFile: string, nkeyFile: string): NatsAccess {
  return { ...(caFile === '' ? {} : { caFile }), ...(nkeyFile === '' ? {} : { nkeyFile }) };
}

/** A server that restarts is back within this time. */
const graceMs = 10_000;
