/** The way to NATS, loaded when it is wanted: its client is larger than all of ours, and few need it. */
import type { Bus } from '@tidemark/contracts';
import type { NatsBusOptions } from './connect-nats-bus.ts';

/** Throws BusError `disconnected` when no server can be reached now; later it reconnects for as long as it takes. */
export async function connectNatsBus(options: NatsBusOptions): Promise<Bus> {
  const loaded = await import('./connect-nats-bus.ts');
  return loaded.connectNatsBus(options);
}
