/** How the daemon's plugins talk to each other, and whether they reach other processes, is one setting. */
import type { Bus } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { NatsAccess } from '@tidemark/bus';
import { connectNatsBus, createInProcessBus } from '@tidemark/bus';
import type { Settings } from '@tidemark/settings';
import { isPluginSubject } from '@tidemark/plugin-host';
import { createOutwardBus } from './outward-bus.ts';

/** The settings that say where the bus is. */
export type BusSettings = Pick<Settings, 'bus' | 'bus_ca_file' | 'bus_nkey_file'>;

export const inProcess: BusSettings = { bus: 'in-process', bus_ca_file: '', bus_nkey_file: '' };

export interface BusTrouble {
  /** A message inside may not have arrived: the run should end, since the next one finds every difference again. */
  readonly onError: (detail: string) => void;
  /** The server outside is not reached, or is again. Called once for each change. */
  readonly onOutside: (detail: string) => void;
}

/** `in-process`, or the address of a NATS server beside it. Throws Failure `offline` when it is not reached at the start. */
export async function openBus(
  { bus: server, bus_ca_file: caFile, bus_nkey_file: nkeyFile }: BusSettings,
  { onError, onOutside }: BusTrouble,
): Promise<Bus> {
  const inside = createInProcessBus({ onError: (error) => onError(textOf(error)) });
  if (server === 'in-process') return inside;
  let told = '';
  const tell = (detail: string): void => {
    if (detail !== told) onOutside(detail);
    told = detail;
  };
  try {
    const outside = await connectNatsBus({
      servers: [server],
      name: 'tidemark',
      access: natsAccess(caFile, nkeyFile),
      // What another process sends may be anything. It is answered, and nothing of ours was lost.
      onError: (error, subject) => {
        if (!isPluginSubject(subject)) tell(`The bus at ${server}: ${textOf(error)}`);
      },
      onStatus: (status) =>
        tell(
          status === 'connected'
            ? `The bus at ${server} is there again`
            : `The bus at ${server} is away: plugins in other processes are not reached until it is back`,
        ),
    });
    return createOutwardBus(inside, outside);
  } catch (error) {
    throw new Failure(
      { code: 'offline', detail: `Cannot reach the bus at ${server}: ${textOf(error)}` },
      { cause: error },
    );
  }
}

/** As the settings have it: empty means none. */
export function natsAccess(caFile: string, nkeyFile: string): NatsAccess {
  return { ...(caFile === '' ? {} : { caFile }), ...(nkeyFile === '' ? {} : { nkeyFile }) };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
